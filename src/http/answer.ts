import { GatewayError } from '../errors.ts';
import { parseExact } from './exactJson.ts';

/** Deeper than any documented answer; a body nested beyond it is an attack on whoever walks it. */
const MAX_DEPTH = 32;

/**
 * A page of five hundred customers has a tenth of them. What the transport lets through has room for ten times as many, which
 * would keep everybody else waiting for seconds.
 */
const MAX_VALUES = 200_000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a provider's body as JSON (RFC 8259; a leading byte order mark is ignored, as its section 8.1 allows).
 * @throws GatewayError PROVIDER_BAD_RESPONSE when it is not JSON, not UTF-8, nested too deeply, of too many values, or has
 * a `__proto__` key.
 */
export function parseJson(provider: string, bytes: Uint8Array): unknown {
  if (countValues(bytes) > MAX_VALUES) throw badResponse(provider, 'an answer of too many values');
  let value: unknown;
  try {
    value = parseExact(utf8.decode(bytes));
  } catch (cause) {
    // The parser's own message quotes the body: it stays out of ours.
    throw badResponse(provider, 'an answer that is not JSON', cause instanceof RangeError ? cause : undefined);
  }
  if (!isHarmless(value, MAX_DEPTH)) throw badResponse(provider, 'an answer nested too deeply or with a forbidden key');
  return value;
}

/** At least as many as there are: every value but the first stands behind one of these, which a text may hold as well. */
function countValues(bytes: Uint8Array): number {
  let count = 1;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte === COMMA || byte === BRACKET || byte === BRACE) count++;
  }
  return count;
}

const [COMMA, BRACKET, BRACE] = Buffer.from(',[{');

function isHarmless(value: unknown, depth: number): boolean {
  if (value === null || typeof value !== 'object' || JSON.isRawJSON(value)) return true;
  if (depth === 0) return false;
  // for…in would make a text of every index.
  if (Array.isArray(value)) return value.every((item) => isHarmless(item, depth - 1));
  for (const key in value) {
    if (key === '__proto__') return false;
    if (!isHarmless((value as Record<string, unknown>)[key], depth - 1)) return false;
  }
  return true;
}

/** What is said of an answer that can't be trusted. `what` is ours, never the provider's text. */
export const badResponse = (provider: string, what: string, cause?: unknown): GatewayError =>
  new GatewayError('PROVIDER_BAD_RESPONSE', `The provider gave ${what}.`, { provider, delivery: 'unknown', cause });

/**
 * Reads `Retry-After` (RFC 9110, 10.2.3: seconds, or an HTTP date).
 * @returns milliseconds from `now`, between 0 and an hour; undefined when absent or unreadable
 */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  // Date.parse alone finds a date in the year 2001 in "next Tuesday 3".
  const isDate = /^\S+ .*\d\d:\d\d:\d\d GMT$/.test(header);
  const ms = /^\d{1,10}$/.test(header) ? Number(header) * 1000 : isDate ? Date.parse(header) - now : NaN;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), 3_600_000);
}

/**
 * The error that an HTTP status stands for, or null where the answer is to be read: 2xx, and a read's 404, which each
 * client reads as "no such record".
 */
export function problemOfStatus(
  provider: string,
  method: string,
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  now: number,
): GatewayError | null {
  if ((status >= 200 && status < 300) || (status === 404 && method === 'GET')) return null;
  if (status < 400) return badResponse(provider, `a redirect (status ${status}), which is never followed`);
  if (status === 401 || status === 403) {
    return new GatewayError('PROVIDER_AUTH_FAILED', 'The provider refused our credentials. Its settings want a look.', {
      provider,
      delivery: 'refused',
      status,
    });
  }
  if (status === 429) {
    return new GatewayError('PROVIDER_RATE_LIMITED', 'The provider is being asked too often. Try again later.', {
      provider,
      retryable: true,
      retryAfterMs: retryAfterMs(headers['retry-after'], now),
      delivery: 'refused',
      status,
    });
  }
  if (status >= 500 || status === 408) {
    return new GatewayError('PROVIDER_UNAVAILABLE', `The provider answered with status ${status}.`, {
      provider,
      retryable: true,
      retryAfterMs: retryAfterMs(headers['retry-after'], now),
      delivery: 'unknown',
      status,
    });
  }
  return new GatewayError('PROVIDER_REJECTED', `The provider refused the request (status ${status}).`, {
    provider,
    delivery: 'refused',
    status,
  });
}
