import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jaroWinkler } from './jaroWinkler.ts';

describe('jaroWinkler', () => {
  // Winkler's own table, 1990 and 1994.
  test.each([
    ['MARTHA', 'MARHTA', 0.961],
    ['DWAYNE', 'DUANE', 0.84],
    ['DIXON', 'DICKSONX', 0.813],
    ['SHACKLEFORD', 'SHACKELFORD', 0.982],
    ['DUNNINGHAM', 'CUNNIGHAM', 0.896],
    ['NICHLESON', 'NICHULSON', 0.956],
    ['JONES', 'JOHNSON', 0.832],
    ['MASSEY', 'MASSIE', 0.933],
    ['ABROMS', 'ABRAMS', 0.922],
    ['same', 'same', 1],
    ['abc', 'xyz', 0],
    ['', '', 1],
    ['', 'a', 0],
  ])('finds %s and %s alike by %d', (one, other, expected) => {
    expect(jaroWinkler(one, other)).toBeCloseTo(expected, 3);
  });

  test('is total, symmetric, between 0 and 1, and 1 for the same text alone', () => {
    const word = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('a', 'b', 'c') }));
    fc.assert(
      fc.property(word, word, (one, other) => {
        const similarity = jaroWinkler(one, other);
        expect(similarity).toBe(jaroWinkler(other, one));
        expect(similarity).toBeGreaterThanOrEqual(0);
        expect(similarity).toBeLessThanOrEqual(1);
        expect(similarity === 1).toBe(one === other);
      }),
      { numRuns: 2000 },
    );
  });
});
