import { shortText, text } from './text.ts';

/**
 * A VAT or other tax registration number as written, in upper case and without any blanks; dots and hyphens stay,
 * since some countries count them in. Null without a digit: "n/a" is no number. Not checked against any register.
 */
export function taxId(value: unknown): string | null {
  const written = typeof value === 'number' ? text(value) : shortText(value);
  if (written === null) return null;
  // The upper case of some letters is decomposed, so NFC comes after it.
  const bare = text(written.replace(/[\s\u0085]+/g, '').toUpperCase());
  return bare !== null && /\d/.test(bare) ? bare : null;
}
