import { domainToASCII } from 'node:url';
import { shortText } from './text.ts';

/** RFC 5321 4.5.3.1.3: a path has at most 256 octets, and two of them are its angle brackets. */
const EMAIL_LIMIT = 254;

/**
 * The HTML standard's "valid e-mail address", which graphql-scalars' EmailAddress asks for, letter by letter. It is
 * linear: the part before the @ can't contain one.
 */
const HTML_EMAIL =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

/** Letters, marks, digits, hyphens, joiners and the four characters IDNA reads as a dot. */
const DOMAIN_IN_ANY_SCRIPT = /^[\p{L}\p{M}\p{N}\-.\u3002\uff0e\uff61\u200c\u200d]+$/u;

/**
 * An email address: trimmed, the domain in lower case and in ASCII (IDNA), the part before the @ as written, because
 * only its owner's server knows whether case matters there (RFC 5321 2.4). At most 254 characters.
 *
 * Null for anything else: display names, several addresses, local parts beyond ASCII (RFC 6531), which the API's
 * EmailAddress can't carry.
 */
export function email(value: unknown): string | null {
  const written = shortText(value);
  if (written === null) return null;
  const at = written.lastIndexOf('@');
  if (at < 1) return null;
  const domain = asciiDomain(written.slice(at + 1));
  if (domain === null) return null;
  const address = `${written.slice(0, at)}@${domain}`;
  return address.length <= EMAIL_LIMIT && HTML_EMAIL.test(address) ? address : null;
}

function asciiDomain(domain: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is meant, all of it; the last check refuses the rest.
  if (/^[\x00-\x7f]*$/.test(domain)) return domain.toLowerCase();
  // domainToASCII reads a whole URL authority: it cuts at "/", undoes "%61", and turns "１.２" into 1.0.0.2.
  if (!DOMAIN_IN_ANY_SCRIPT.test(domain)) return null;
  const ascii = domainToASCII(domain);
  return ascii === '' || /(?:^|\.)\d+$/.test(ascii) ? null : ascii;
}
