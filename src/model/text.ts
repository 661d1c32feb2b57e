/**
 * Longest text read as a phone number, an email address, a country or another short value. Real ones are far below;
 * beyond it a value is refused before any work is done on it.
 */
export const SHORT_TEXT_LIMIT = 1000;

const BLANK = /[\s\u0085]/;

/**
 * Most marks in a row that are composed: to put them in order takes the time of their number squared, a hundred thousand
 * of them ten seconds. Unicode’s Stream-Safe Text Format (UAX #15, section 13) has the same limit, which is far beyond
 * what any language writes.
 */
const MOST_MARKS = 30;

/** Only marks (\p{M}) are put in order: Unicode gives no other character a combining class. */
const TOO_MANY_MARKS = new RegExp(`(?<!\\p{M})\\p{M}{${MOST_MARKS + 1}}`, 'u');
/** No mark comes before U+0300: where this finds nothing, there is no need to look closely, which takes longer. */
const FIRST_MARK = 0x300;
const MAYBE_TOO_MANY = new RegExp(`[\\u0300-\\uffff]{${MOST_MARKS + 1}}`);

/**
 * Trimmed NFC text, or null when nothing is left. A text with more than 30 combining marks in a row stays as it is
 * written: nothing is cut off, and it reads back the same. Finite numbers come out as their decimal digits, never with an
 * exponent, and one that JavaScript can't hold (`ExactNumber`) as it is spelt; every other type is null. Lone surrogates
 * become U+FFFD, since UTF-8 and JSON can't carry them.
 *
 * NUL and other control characters inside are kept: they are the provider's own.
 */
export function text(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? decimal(value) : null;
  if (JSON.isRawJSON(value)) return value.rawJSON;
  if (typeof value !== 'string' || value === '') return null;
  const wellFormed = value.toWellFormed();
  const trimmed = trim(isComposable(wellFormed) ? wellFormed.normalize('NFC') : wellFormed);
  return trimmed === '' ? null : trimmed;
}

/** As `text`, but only for strings of at most `SHORT_TEXT_LIMIT` UTF-16 units, blanks included. */
export function shortText(value: unknown): string | null {
  return typeof value === 'string' && value.length <= SHORT_TEXT_LIMIT ? text(value) : null;
}

/** So many marks in a row would cover one of these places: most texts have none there and are not gone through. */
function isComposable(value: string): boolean {
  for (let place = MOST_MARKS; place < value.length; place += MOST_MARKS + 1)
    if (value.charCodeAt(place) >= FIRST_MARK) return !(MAYBE_TOO_MANY.test(value) && TOO_MANY_MARKS.test(value));
  return true;
}

/** `String.trim` plus U+0085, which Unicode calls White_Space and ECMAScript does not. */
function trim(value: string): string {
  const trimmed = value.trim();
  if (!trimmed.startsWith('\u0085') && !trimmed.endsWith('\u0085')) return trimmed;
  let start = 0;
  let end = trimmed.length;
  while (start < end && BLANK.test(trimmed.charAt(start))) start += 1;
  while (end > start && BLANK.test(trimmed.charAt(end - 1))) end -= 1;
  return trimmed.slice(start, end);
}

/** String() writes numbers from 1e21 up and below 1e-6 with an exponent, which no reader of text expects. */
function decimal(value: number): string {
  const written = String(value);
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-])(\d+)$/.exec(written);
  if (parts === null) return written;
  const [, sign = '', whole = '', fraction = '', direction, exponent = '0'] = parts;
  const size = Number(exponent);
  if (direction === '-') return `${sign}0.${'0'.repeat(size - 1)}${whole}${fraction}`;
  return `${sign}${whole}${fraction.padEnd(size, '0')}`;
}
