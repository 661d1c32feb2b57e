import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isMistyped, keyIdOf, newKey } from './keyText.ts';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

it('makes keys that nobody can tell beforehand: each digit of their secret is as often any other', () => {
  const keys = Array.from({ length: 2_000 }, newKey);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.every((key) => /^clientele_[0-9A-Za-z]{49}$/.test(key) && !isMistyped(key))).toBe(true);
  const secrets = keys.map((key) => key.slice('clientele_'.length, -6));
  // The first digit holds what is left of 256 bits: log2(62^43) is 256.03.
  for (let place = 1; place < 43; place++) {
    const counts = [...DIGITS].map((digit) => secrets.filter((each) => each[place] === digit).length);
    // 32 each are usual; were it uneven by half, this would be seen, and by chance it is once in many million runs.
    expect(Math.max(...counts)).toBeLessThan(80);
    expect(Math.min(...counts)).toBeGreaterThan(4);
  }
});

it('sees that a key was cut off, grew, or has another character anywhere', () => {
  const key = newKey();
  fc.assert(
    fc.property(fc.nat(key.length - 1), fc.constantFrom(...DIGITS), (place, digit) => {
      const changed = key.slice(0, place) + digit + key.slice(place + 1);
      // What has another prefix may be anybody's.
      expect(isMistyped(changed)).toBe(changed !== key && place >= 'clientele_'.length);
      expect(isMistyped(key.slice(0, place))).toBe(place >= 'clientele_'.length);
      expect(isMistyped(key + digit)).toBe(true);
    }),
    { endOnFailure: true },
  );
});

it('says nothing of keys that others made', () => {
  for (const key of ['', 'k', 'cl_live_0123456789', 'Clientele_1', 'x'.repeat(59)]) expect(isMistyped(key)).toBe(false);
});

it('calls a key by the beginning of its digest, however that is spelt', () => {
  for (const digest of ['0123456789abcdef', '0123456789ABCDEF']) expect(keyIdOf(digest)).toBe('0123456789ab');
});
