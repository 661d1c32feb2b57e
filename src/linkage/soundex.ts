const CODES: Readonly<Record<string, string>> = Object.fromEntries(
  ['bfpv', 'cgjkqsxz', 'dt', 'l', 'mn', 'r'].flatMap((letters, index) =>
    Array.from(letters, (letter) => [letter, String(index + 1)]),
  ),
);

/**
 * How a folded name sounds, roughly: its first letter and up to three digits for the consonants after it (the American
 * Soundex of the National Archives). A name of another script is its first four letters.
 */
export function soundex(name: string): string {
  const letters = name.replace(/[^a-z]/g, '');
  if (letters === '') return name.slice(0, 4);
  let code = letters.charAt(0);
  let last = CODES[code];
  for (const letter of letters.slice(1)) {
    if (code.length === 4) break;
    const digit = CODES[letter];
    if (digit !== undefined && digit !== last) code += digit;
    // Equal sounds are one across h and w, and two across a vowel.
    if (letter !== 'h' && letter !== 'w') last = digit;
  }
  return code.padEnd(4, '0');
}
