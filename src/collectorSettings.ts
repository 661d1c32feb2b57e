import { z } from 'zod';

/** Where traces go and what goes with them, as OpenTelemetry's own settings spell it. */

export const collectorUrl = z.string().transform((value, context) => {
  const url = URL.parse(value);
  if (url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && isDecodable(url.username + url.password))
    return url;
  context.addIssue({ code: 'custom', message: 'must be an http(s) URL without query or fragment' });
  return z.NEVER;
});

/** Of a header (RFC 9110): its name, and a value as it may be sent. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** Written as W3C Baggage is: `name=value`, comma separated, values percent-encoded. */
export const collectorHeaders = z
  .string()
  .default('')
  .transform((text, context) => {
    const headers: Record<string, string> = {};
    for (const part of text.split(',')) {
      if (part.trim() === '') continue;
      const [name = '', ...rest] = part.split('=');
      const value = rest.join('=').trim();
      if (!NAME.test(name.trim()) || !isDecodable(value) || !VALUE.test(decodeURIComponent(value))) {
        context.addIssue({ code: 'custom', message: 'must be name=value, comma separated, values percent-encoded' });
        return z.NEVER;
      }
      headers[name.trim().toLowerCase()] = decodeURIComponent(value);
    }
    return headers;
  });

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
