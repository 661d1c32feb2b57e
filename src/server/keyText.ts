import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** How the keys look that are made here; what others make may look as they like. */

/** Whoever finds one knows whose it is, and so do programs that look for keys in what is published. */
const PREFIX = 'clientele_';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BYTES = 32;
/** So many digits hold every number of 256 bits, and of 32. */
const SECRET_DIGITS = 43;
const CHECKSUM_DIGITS = 6;
const WHOLE = new RegExp(`^(${PREFIX}[0-9A-Za-z]{${SECRET_DIGITS}})([0-9A-Za-z]{${CHECKSUM_DIGITS}})$`);

/** A new key: the prefix, 256 random bits and a checksum of both, in letters and digits. */
export function newKey(): string {
  const text = PREFIX + inDigits(BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`), SECRET_DIGITS);
  return text + checksumOf(text);
}

/** Whether a key was made here and did not come as a whole: whoever sends it has cut it off or mistyped it. */
export function isMistyped(key: string): boolean {
  if (!key.startsWith(PREFIX)) return false;
  const [, text = '', checksum] = WHOLE.exec(key) ?? [];
  return checksumOf(text) !== checksum;
}

/** What the keys file knows a key by. */
export const digestOf = (key: string): string => hash('sha256', key);

/** What people call a key by, and the store: the beginning of its digest, which leads back to nothing. */
export const keyIdOf = (digest: string): string => digest.slice(0, 12).toLowerCase();

const checksumOf = (text: string): string => inDigits(BigInt(crc32(text)), CHECKSUM_DIGITS);

function inDigits(number: bigint, length: number): string {
  const base = BigInt(DIGITS.length);
  let text = '';
  for (let left = number; text.length < length; left /= base) text = DIGITS.charAt(Number(left % base)) + text;
  return text;
}
