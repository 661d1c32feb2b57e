import { hkdfSync } from 'node:crypto';
import { createSiv, type Siv } from './siv.ts';

/**
 * Seals short texts: deterministic authenticated encryption by AES-SIV (RFC 5297) with a 512-bit key. The same text and
 * secret always give the same seal, a seal tells nothing of its text but a length rounded up, and no other seal opens.
 */
export interface Sealer {
  seal(text: string): string;
  /** The same text's seals under every secret, the one of now first: what was kept by its seal is found by one of them. */
  seals(text: string): Seals;
  /** @returns the text, or null when this was not sealed here, or was changed in any character */
  open(sealed: string): string | null;
}

export type Seals = readonly [current: string, ...previous: string[]];

/**
 * Texts are filled up to a multiple of this, so that a seal's length does not tell one provider's ids from another's: the
 * longest that a provider makes (a UUID, with its provider's name before it) have less than one.
 */
const BLOCK_BYTES = 64;
const MAX_SEALED_LENGTH = 2_048;

/** So many seals are remembered: most that is sealed was just opened, and the same customers are asked for again. */
const REMEMBERED = 8_192;

/**
 * @param secret seals and opens
 * @param previous only opens and recognises: what was sealed before the secret was changed
 */
export function createSealer(secret: string, previous?: string): Sealer {
  const current = sivOf(secret);
  const former = previous === undefined ? [] : [sivOf(previous)];
  const seals = new Map<string, string>();
  const texts = new Map<string, string>();
  const seal = (text: string): string => seals.get(text) ?? remember(seals, text, sealed(current, text));
  return {
    seal,
    seals: (text) => [seal(text), ...former.map((siv) => sealed(siv, text))],
    open(seal) {
      if (seal.length > MAX_SEALED_LENGTH) return null;
      const known = texts.get(seal);
      if (known !== undefined) return known;
      const bytes = Buffer.from(seal, 'base64url');
      // Base64url has several spellings of the same bytes (spare bits, padding, line breaks): only ours opens.
      if (bytes.toString('base64url') !== seal) return null;
      for (const siv of [current, ...former]) {
        const text = opened(siv, bytes);
        if (text === null) continue;
        // What is opened is answered: the same record has the same seal.
        if (siv === current) remember(seals, text, seal);
        return remember(texts, seal, text);
      }
      return null;
    },
  };
}

function sealed(siv: Siv, text: string): string {
  const bytes = Buffer.from(text);
  const padded = Buffer.alloc(Math.ceil((bytes.length + 1) / BLOCK_BYTES) * BLOCK_BYTES);
  bytes.copy(padded);
  return siv.encrypt(padded).toString('base64url');
}

function opened(siv: Siv, bytes: Buffer): string | null {
  const padded = siv.decrypt(bytes);
  return padded === null ? null : padded.toString('utf8', 0, padded.indexOf(0));
}

/** Begins anew when there are too many: only what was really sealed or opened gets here. */
function remember(map: Map<string, string>, key: string, value: string): string {
  if (map.size >= REMEMBERED) map.clear();
  map.set(key, value);
  return value;
}

const sivOf = (secret: string): Siv =>
  createSiv(new Uint8Array(hkdfSync('sha256', secret, '', 'clientele sealed ids 1', 64)));
