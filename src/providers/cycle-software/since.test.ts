import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toNaiveDate } from '../../model/date.ts';
import { modifiedSince } from './since.ts';

const AMSTERDAM = 'Europe/Amsterdam';

describe('CS-10 modified_since', () => {
  it.each([
    ['in winter', '2023-01-12T11:31:00Z', '2023-01-12 12:30:00'],
    ['in summer', '2023-07-12T10:31:00Z', '2023-07-12 12:30:00'],
    ['with a fraction', '2023-01-12T11:31:00.999Z', '2023-01-12 12:30:00'],
    ['in the hour that is skipped in spring', '2023-03-26T01:30:00Z', '2023-03-26 03:29:00'],
    ['in the first of the two hours in autumn', '2023-10-29T00:51:00Z', '2023-10-29 01:50:00'],
    ['in the second of them', '2023-10-29T01:51:00Z', '2023-10-29 02:50:00'],
    ['before everything', '0001-01-01T00:00:00Z', '1970-01-02 01:00:00'],
    ['after everything', '9999-12-31T23:59:59Z', '9999-12-30 01:00:00'],
  ])('CS-10 is the provider’s clock, a minute ago: %s', (_, instant, naive) => {
    expect(modifiedSince(new Date(instant), AMSTERDAM)).toBe(naive);
  });

  it('CS-10 misses nothing that is modified later, whichever way the clocks are set', () => {
    const zones = fc.constantFrom(AMSTERDAM, 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC');
    const autumn = fc.integer({ min: Date.parse('2023-10-28T12:00Z'), max: Date.parse('2023-11-06T00:00Z') });
    const spring = fc.integer({ min: Date.parse('2024-03-08T00:00Z'), max: Date.parse('2024-04-08T00:00Z') });
    const later = fc.integer({ min: 0, max: 5 * 3_600_000 });
    fc.assert(
      fc.property(zones, fc.oneof(autumn, spring), later, (zone, since, delay) => {
        expect(modifiedSince(new Date(since), zone) < toNaiveDate(new Date(since + delay), zone)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
