import { z } from 'zod';
import type { Setting } from './provider.ts';

/** The kinds of setting that providers share. Problems are told without the value. */

const printable = /^[\x21-\x7e]+$/;

/** The provider's base URL; a path in it is kept, a query, fragment or credentials are refused. */
export function providerUrl(fallback: string): Setting<URL> {
  const schema = z
    .string()
    .default(fallback)
    .transform((value, context) => {
      const url = URL.parse(value);
      if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash)
        return url;
      context.addIssue({ code: 'custom', message: 'must be an http(s) URL without credentials, query or fragment' });
      return z.NEVER;
    });
  return { schema, about: 'Base URL.', fallback };
}

/** A credential that goes into a header or a body as it is. */
export function secret(about: string): Setting<string> {
  return { schema: text('must be printable characters without blanks'), about, secret: true };
}

/** A required name that goes into a header. */
export function name(about: string): Setting<string> {
  return { schema: text('must be printable characters without blanks'), about };
}

/** One of a few words. */
export function choice<const Word extends string>(words: readonly [Word, ...Word[]], about: string): Setting<Word> {
  const schema = z.enum(words, { error: `must be ${words.join(' or ')}` }).default(words[0]);
  return { schema: schema as z.ZodType<Word, string | undefined>, about, fallback: words[0] };
}

const text = (message: string): z.ZodType<string, string | undefined> =>
  z.string({ error: 'is missing' }).regex(printable, message) as z.ZodType<string, string | undefined>;
