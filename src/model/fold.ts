/** Letters that Unicode doesn't take apart into a plain one and its mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** Nobody's name is longer, and comparing two texts takes the time of their lengths multiplied. */
const LENGTH_LIMIT = 200;

/** Words that are folded already: of two letters at the least, so that no initials stand among them. */
const PLAIN = /^[a-z0-9]{2,}(?: [a-z0-9]{2,})*$/;

/**
 * The words of a text without what clerks differ in: case, accents and punctuation; joined by one blank. Initials are
 * one word: "J. P. O'Néill-Smith" is "jp oneill smith", "B.V." is "bv". Null when neither letter nor digit is left.
 */
export function fold(text: string | null): string | null {
  if (text === null) return null;
  const lower = text.slice(0, LENGTH_LIMIT).toLowerCase();
  // Most texts are, and are folded all the time.
  if (PLAIN.test(lower)) return lower;
  const words = lower
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}'’`´]/gu, '')
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    // What stands before the blank is looked at from behind: "j p m" has two blanks to close up.
    .replace(/(?<=(?:^| )\p{L}) (?=\p{L}(?: |$))/gu, '');
  return words === '' ? null : words;
}

/** Folded, and without blanks: "de Vries", "De-Vries" and "devries" are one. */
export const solid = (folded: string): string => (folded.includes(' ') ? folded.replaceAll(' ', '') : folded);
