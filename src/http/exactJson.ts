/**
 * JSON whose numbers survive being read and written again. A number that JavaScript can't hold (an integer beyond 2^53, too
 * many digits, too large) is kept as it was spelt, which JSON.stringify writes back: a whole-object write must not round
 * what it does not know. `JSON.isRawJSON` tells such a number, and `rawJSON` is its spelling.
 */

/** A value that begins like such a number; only a text that has one is read the slow way. */
const SUSPECT = /(?:^|[:,[])\s*-?(?:[\d.]{16}|[\d.]+[eE])/;

/** @throws SyntaxError as JSON.parse does */
export function parseExact(text: string): unknown {
  return SUSPECT.test(text) ? JSON.parse(text, keepExact) : JSON.parse(text);
}

function keepExact(_key: string, value: unknown, { source }: { readonly source: string }): unknown {
  if (typeof value !== 'number' || String(value) === source) return value;
  const digits = source
    .replace(/[eE].*$/, '')
    .replace(/\D/g, '')
    .replace(/^0+/, '');
  const isHeld = Number.isFinite(value) && digits.length <= 15 && (value !== 0 || digits === '');
  return isHeld ? value : JSON.rawJSON(source);
}
