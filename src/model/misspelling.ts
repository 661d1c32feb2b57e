/** Shorter words are each other's neighbours by chance: "ann" would find "jan". */
const SHORTEST = 4;

/** Whether a word can be meant by what looks a little different; a number can't. */
export const canBeMisspelt = (word: string): boolean => [...word].length >= SHORTEST && !/^\p{N}+$/u.test(word);

/** A word one edit away has one of its halves as it is, unless two neighbours were swapped across the middle. */
export interface Halves {
  readonly beginning: string;
  readonly ending: string;
  readonly swapped: string;
}

export function halves(word: string): Halves {
  const letters = [...word];
  const middle = letters.length >> 1;
  const [beginning, ending] = [letters.slice(0, middle), letters.slice(middle)];
  const swapped = [...beginning.slice(0, -1), ...ending.slice(0, 1), ...beginning.slice(-1), ...ending.slice(1)];
  return { beginning: beginning.join(''), ending: ending.join(''), swapped: swapped.join('') };
}
