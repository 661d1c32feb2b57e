import { z } from 'zod';
import type { Setting } from './provider.ts';

/** The kinds of setting that providers share. Problems are told without the value. */

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
  return { schema: token, about, secret: true };
}

/** A user or password of Basic authentication (RFC 7617): encoded before it is sent, so it may hold blanks and any script. */
export function basicCredential(about: string): Setting<string> {
  return { schema: required.regex(/^\P{Cc}+$/u, 'must not hold control characters'), about, secret: true };
}

/** One of a few words. */
export function choice<const Word extends string>(words: readonly [Word, ...Word[]], about: string): Setting<Word> {
  const schema = z.enum(words, { error: `must be ${words.join(' or ')}` }).default(words[0]);
  return { schema, about, fallback: words[0] };
}

const required = z.string({ error: 'is missing' });
const token = required.regex(/^[\x21-\x7e]+$/, 'must be printable characters without blanks');
