import { createCipheriv, timingSafeEqual } from 'node:crypto';

const BLOCK = 16;

/** AES-SIV (RFC 5297) of texts of whole blocks, at least one, with no associated data. */
export interface Siv {
  encrypt(text: Buffer): Buffer;
  /** @returns null when this was not encrypted with this key, or was changed in any bit */
  decrypt(sealed: Buffer): Buffer | null;
}

/**
 * Put together of Node's own AES: every request opens an id, and a library's AES in JavaScript costs several times as much.
 * @param key 64 bytes: the first half authenticates, the second enciphers (2.6)
 */
export function createSiv(key: Uint8Array): Siv {
  const macBlocks = aesBlocks(key.subarray(0, 32));
  const cipherBlocks = aesBlocks(key.subarray(32, 64));

  // For one text of whole blocks S2V (2.4) is CMAC(text xorend CMAC(zero)), and CMAC (RFC 4493) is a CBC-MAC with a subkey
  // mixed into its last block: what both mix in at the end is the same for every text.
  const subkey = doubled(macBlocks(Buffer.alloc(BLOCK)));
  const mixedIn = macBlocks(subkey);
  xor(mixedIn, subkey, 0);

  function vectorOf(text: Buffer): Buffer {
    const last = text.length - BLOCK;
    let mac: Buffer = Buffer.alloc(BLOCK);
    for (let start = 0; start <= last; start += BLOCK) {
      xor(mac, text, start);
      if (start === last) xor(mac, mixedIn, 0);
      mac = macBlocks(mac);
    }
    return mac;
  }

  /** CTR (2.5): two bits of the vector are cleared, so that counting stays within its last word. */
  function enciphered(text: Buffer, vector: Buffer): Buffer {
    const counters = Buffer.allocUnsafe(text.length);
    const first = vector.readUInt32BE(12) & 0x7fff_ffff;
    for (let start = 0; start < text.length; start += BLOCK) {
      vector.copy(counters, start);
      counters.writeUInt32BE(vector.readUInt32BE(8) & 0x7fff_ffff, start + 8);
      counters.writeUInt32BE(first + start / BLOCK, start + 12);
    }
    const stream = cipherBlocks(counters);
    for (let index = 0; index < text.length; index++) stream[index] = (stream[index] ?? 0) ^ (text[index] ?? 0);
    return stream;
  }

  return {
    encrypt(text) {
      const vector = vectorOf(text);
      return Buffer.concat([vector, enciphered(text, vector)]);
    },
    decrypt(sealed) {
      if (sealed.length < 2 * BLOCK || sealed.length % BLOCK !== 0) return null;
      const vector = sealed.subarray(0, BLOCK);
      const text = enciphered(sealed.subarray(BLOCK), vector);
      return timingSafeEqual(vectorOf(text), vector) ? text : null;
    },
  };
}

/** AES itself, of each block by itself. ECB keeps no state between calls, so one cipher, set up once, serves them all. */
function aesBlocks(key: Uint8Array): (blocks: Buffer) => Buffer {
  const cipher = createCipheriv('aes-256-ecb', key, null);
  return (blocks) => cipher.update(blocks);
}

/** Mixes the block of `from` at `start` into `block`. */
function xor(block: Buffer, from: Buffer, start: number): void {
  for (let index = 0; index < BLOCK; index++) block[index] = (block[index] ?? 0) ^ (from[start + index] ?? 0);
}

/** A block times x in GF(2^128), as RFC 4493 makes its subkeys. */
function doubled(block: Buffer): Buffer {
  const shifted = BigInt(`0x${block.toString('hex')}`) << 1n;
  const reduced = shifted >> 128n ? BigInt.asUintN(128, shifted) ^ 0x87n : shifted;
  return Buffer.from(reduced.toString(16).padStart(2 * BLOCK, '0'), 'hex');
}
