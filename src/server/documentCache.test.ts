import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDocumentCache } from './documentCache.ts';

it('gives back what was kept, and forgets what was used longest ago when the texts grow too long together', () => {
  // Sixteen documents of four characters, each with what the shortest takes.
  const cache = createDocumentCache<number>(16 * (4 + 64));
  for (const [index, text] of ['aaaa', 'bbbb', 'cccc'].entries()) cache.set(text, index);
  expect(['aaaa', 'bbbb', 'cccc'].map((text) => cache.get(text))).toEqual([0, 1, 2]);
  for (let index = 0; index < 13; index++) cache.set(`x${index}`.padEnd(4), index);
  cache.get('aaaa');
  cache.set('dddd', 3);
  expect(cache.get('aaaa')).toBe(0);
  expect(cache.get('bbbb')).toBeUndefined();
  expect(cache.get('dddd')).toBe(3);
});

it('keeps no text that would push out most of the others', () => {
  const cache = createDocumentCache<number>(16 * (4 + 64));
  cache.set('a'.repeat(5), 1);
  expect(cache.get('a'.repeat(5))).toBeUndefined();
});

it('holds no more of the shortest texts than of others: each takes its memory', () => {
  const cache = createDocumentCache<number>(64 * 1024);
  const texts = Array.from({ length: 2_000 }, (_, index) => `{${index}}`);
  for (const [index, text] of texts.entries()) cache.set(text, index);
  expect(texts.filter((text) => cache.get(text) !== undefined).length).toBeLessThan(1_000);
});

it('never holds more characters than it may, whatever is set and asked for', () => {
  const text = fc.string({ minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.boolean())), (steps) => {
      const cache = createDocumentCache<string>(16 * (8 + 64));
      const texts = new Set<string>();
      for (const [each, isSet] of steps) {
        if (isSet) cache.set(each, each);
        else cache.get(each);
        texts.add(each);
      }
      const held = [...texts].filter((each) => cache.get(each) === each);
      expect(held.join('').length + 64 * held.length).toBeLessThanOrEqual(16 * (8 + 64));
    }),
  );
});
