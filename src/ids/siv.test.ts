import { aessiv } from '@noble/ciphers/aes.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSiv } from './siv.ts';

const hex = (digits: string) => new Uint8Array(Buffer.from(digits, 'hex'));
const key = fc.uint8Array({ minLength: 64, maxLength: 64 });
const text = fc
  .integer({ min: 1, max: 40 })
  .chain((blocks) => fc.uint8Array({ minLength: 16 * blocks, maxLength: 16 * blocks }))
  .map((bytes) => Buffer.from(bytes));

describe('AES-SIV', () => {
  it('is told by a library that gives the RFC’s own example', () => {
    // RFC 5297, appendix A.1: deterministic authenticated encryption.
    const cipher = aessiv(
      hex('fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'),
      hex('101112131415161718191a1b1c1d1e1f2021222324252627'),
    );
    const sealed = '85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c';
    expect(Buffer.from(cipher.encrypt(hex('112233445566778899aabbccddee'))).toString('hex')).toBe(sealed);
  });

  it('is what that library makes of the same key and text, and opens what it sealed', () => {
    fc.assert(
      fc.property(key, text, (someKey, some) => {
        const sealed = Buffer.from(aessiv(someKey).encrypt(some));
        const siv = createSiv(someKey);
        expect(siv.encrypt(some)).toEqual(sealed);
        expect(siv.decrypt(sealed)).toEqual(some);
      }),
    );
  });

  it('opens with no bit changed', () => {
    fc.assert(
      fc.property(key, text, fc.nat(), (someKey, some, anywhere) => {
        const siv = createSiv(someKey);
        const sealed = siv.encrypt(some);
        const bit = anywhere % (sealed.length * 8);
        sealed[bit >> 3] = (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(siv.decrypt(sealed)).toBeNull();
      }),
    );
  });

  it('opens nothing of another length', () => {
    const siv = createSiv(new Uint8Array(64));
    for (let length = 0; length < 100; length++) expect(siv.decrypt(Buffer.alloc(length))).toBeNull();
  });
});
