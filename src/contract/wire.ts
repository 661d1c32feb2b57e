import { z } from 'zod';
import { badResponse } from '../http/answer.ts';
import { text } from '../model/text.ts';

/** Helpers for the wire schemas (`api.ts`) and mappings of every provider. */

/** A number that JavaScript can't hold (src/http/exactJson.ts), as it was spelt. */
export const exactNumber = z.custom<ExactNumber>(JSON.isRawJSON).transform(({ rawJSON }) => rawJSON);

/**
 * A scalar that a document calls a string: a number is taken as well, whatever its size, absent is null. An object or a
 * list in its place is another answer than the documented one.
 */
export const wireText = z.union([z.string(), z.number(), exactNumber]).nullish();

export type WireText = z.infer<typeof wireText>;

/** @throws GatewayError PROVIDER_BAD_RESPONSE when the answer has not the documented shape; zod's own words stay inside */
export function parseWire<T>(provider: string, schema: z.ZodType<T>, json: unknown): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw badResponse(provider, 'an answer of another shape than documented', parsed.error);
}

/** @throws GatewayError PROVIDER_BAD_RESPONSE when this is another record than the one asked for */
export function sameRecord<T extends { readonly id: string | number }>(provider: string, record: T, id: string): T {
  if (String(record.id) === id) return record;
  throw badResponse(provider, 'another customer than the one asked for');
}

const SECRET_KEY = /token|secret|password|api_?key|site_key/i;

/**
 * A copy of a provider's JSON without the keys named, at any depth and in any case, and without any whose name says that it
 * is a secret.
 * @param keys in lower case
 */
export function withoutKeys(json: object, keys: readonly string[]): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(json)) {
    if (!isSecret(key) && !keys.includes(key.toLowerCase())) copy[key] = stripped(value, keys);
  }
  return copy;
}

/** A provider's records have the same few keys; what else a hostile one sends is not remembered. */
function isSecret(key: string): boolean {
  const known = verdicts.get(key);
  if (known !== undefined) return known;
  const verdict = SECRET_KEY.test(key);
  if (verdicts.size < MOST_VERDICTS && key.length < 100) verdicts.set(key, verdict);
  return verdict;
}

const verdicts = new Map<string, boolean>();
const MOST_VERDICTS = 500;

function stripped(value: unknown, keys: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => stripped(item, keys));
  return value !== null && typeof value === 'object' && !JSON.isRawJSON(value) ? withoutKeys(value, keys) : value;
}

/** What `read` can't read is told as it stands, so that overwriting or clearing it shows. */
export const orText =
  (read: (value: unknown) => string | null) =>
  (value: unknown): string | null =>
    read(value) ?? text(value);

/** What of these values is there, trimmed and each once; for `searched`. */
export const stated = (values: readonly unknown[]): readonly string[] => [
  ...new Set(values.map(text).filter((value) => value !== null)),
];

/** Verbatim, but for the empty string, which is how providers say null. */
export function verbatim(value: WireText | ExactNumber): string | null {
  if (value === undefined || value === null || value === '') return null;
  return typeof value === 'object' ? value.rawJSON : String(value);
}
