/** Shorter words are each other's neighbours by chance: "ann" would find "jan". */
const SHORTEST = 4;

/** Whether a word can be meant by what looks a little different; a number can't. */
export const canBeMisspelt = (word: string): boolean => [...word].length >= SHORTEST && !/^\p{N}+$/u.test(word);

/** Whether one letter too many, too few or wrong, or two neighbours swapped tell two words apart; false for the same word. */
export function isMisspelling(one: string, other: string): boolean {
  if (one === other) return false;
  const [short, long] = [[...one], [...other]].sort((first, second) => first.length - second.length) as [
    string[],
    string[],
  ];
  if (long.length - short.length > 1) return false;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start += 1;
  const sameFrom = (inShort: number, inLong: number): boolean =>
    short.slice(inShort).join('') === long.slice(inLong).join('');
  if (short.length < long.length) return sameFrom(start, start + 1);
  if (sameFrom(start + 1, start + 1)) return true;
  return short[start] === long[start + 1] && short[start + 1] === long[start] && sameFrom(start + 2, start + 2);
}

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
