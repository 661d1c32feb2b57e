import { createHmac, hkdfSync } from 'node:crypto';

/**
 * Makes what stands for a name where others may look: the same for the same name and secret, and without the secret it tells
 * nothing of the name, whoever tries out all there are.
 * @returns 16 hexadecimal digits
 */
export function createPseudonyms(secret: string): (name: string) => string {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'clientele pseudonyms 1', 32));
  return (name) => createHmac('sha256', key).update(name).digest('hex').slice(0, 16);
}
