import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchPlan, type Plan, type Situation } from './batchPlan.ts';

const SHOP: Situation = {
  ...{ records: 500, listing: { records: 500, pages: 1 }, callsLeft: Infinity },
  ...{ leftMs: 10_000, readMs: 50, pageMs: 500 },
};

/** What differs from five hundred of a page of five hundred → what is chosen, and why. */
const CHOICES: readonly (readonly [what: string, situation: Partial<Situation>, plan: Partial<Plan>])[] = [
  ['the whole of one page', {}, { choice: 'LIST_PAGES', reason: 'FEWER_CALLS', reads: 500, pages: 1 }],
  ['five of a page', { records: 5 }, { choice: 'SINGLE_READS', reason: 'PAGES_TOO_LARGE', reads: 5, pages: 1 }],
  ['a tenth of a page', { records: 50 }, { choice: 'SINGLE_READS', reason: 'PAGES_TOO_LARGE' }],
  ['more than a tenth of a page', { records: 51 }, { choice: 'LIST_PAGES', reason: 'FEWER_CALLS' }],
  ['five, and four calls are left', { records: 5, callsLeft: 4 }, { choice: 'LIST_PAGES', reason: 'READS_DO_NOT_FIT' }],
  [
    'five, and five calls are left',
    { records: 5, callsLeft: 5 },
    { choice: 'SINGLE_READS', reason: 'PAGES_TOO_LARGE' },
  ],
  ['no call is left', { callsLeft: 0 }, { choice: 'SINGLE_READS', reason: 'NO_CALLS_LEFT' }],
  [
    'fewer calls are left than there are pages',
    { listing: { records: 500, pages: 5 }, callsLeft: 3 },
    { choice: 'LIST_PAGES', reason: 'READS_DO_NOT_FIT' },
  ],
  [
    'nothing is known of the listing',
    { listing: null },
    { choice: 'SINGLE_READS', reason: 'LISTING_UNKNOWN', pages: null },
  ],
  [
    'as many pages as records',
    { records: 50, listing: { records: 500, pages: 50 } },
    { choice: 'SINGLE_READS', reason: 'NOT_FEWER_CALLS' },
  ],
  ['ten a page', { listing: { records: 500, pages: 50 }, pageMs: 60 }, { choice: 'LIST_PAGES', reason: 'FEWER_CALLS' }],
  [
    'ten a page, and each takes long',
    { listing: { records: 500, pages: 50 }, pageMs: 101 },
    { choice: 'SINGLE_READS', reason: 'PAGES_TOO_SLOW' },
  ],
  [
    'ten a page, and little time is left',
    { listing: { records: 500, pages: 50 }, pageMs: 60, leftMs: 5_999 },
    { choice: 'SINGLE_READS', reason: 'PAGES_TOO_SLOW' },
  ],
  [
    'reads are too slow for the time',
    { records: 48, readMs: 4_000, pageMs: 5_000 },
    { choice: 'LIST_PAGES', reason: 'READS_DO_NOT_FIT' },
  ],
  [
    'a listing of a hundred thousand',
    { listing: { records: 100_000, pages: 200 }, pageMs: 5 },
    { choice: 'SINGLE_READS', reason: 'PAGES_TOO_LARGE' },
  ],
];

describe('what is chosen', () => {
  it.each(CHOICES)('%s', (_, situation, plan) => {
    expect(batchPlan({ ...SHOP, ...situation })).toMatchObject(plan);
  });
});

const situations: fc.Arbitrary<Situation> = fc.record({
  records: fc.integer({ min: 2, max: 500 }),
  listing: fc.option(
    fc.record({ records: fc.integer({ min: 0, max: 200_000 }), pages: fc.integer({ min: 1, max: 600 }) }),
    { freq: 10 },
  ),
  callsLeft: fc.oneof(fc.integer({ min: 0, max: 600 }), fc.constant(Infinity)),
  leftMs: fc.nat(20_000),
  readMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
  pageMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
});

const isListed = (situation: Situation): boolean => batchPlan(situation).choice === 'LIST_PAGES';

describe('whatever the situation', () => {
  const always = (holds: (situation: Situation, more: number) => void): void =>
    fc.assert(fc.property(situations, fc.integer({ min: 1, max: 500 }), holds), { numRuns: 5_000 });

  it('never takes more calls than single reads would', () => {
    always((situation) => {
      const { choice, reads, pages } = batchPlan(situation);
      if (choice === 'LIST_PAGES') expect(pages).toBeLessThan(reads);
      expect(reads).toBe(situation.records);
    });
  });

  it('never begins on pages that don’t fit into half of the time', () => {
    always((situation) => {
      if (!isListed(situation)) return;
      expect((situation.listing?.pages ?? Infinity) * situation.pageMs).toBeLessThanOrEqual(situation.leftMs / 2);
    });
  });

  it('reads singly only what pages would not bring sooner, cheaper or at all', () => {
    always((situation) => {
      const { reason, choice } = batchPlan(situation);
      const why = ['FEWER_CALLS', 'READS_DO_NOT_FIT'].includes(reason);
      expect(why).toBe(choice === 'LIST_PAGES');
    });
  });

  it('keeps to pages where more records are wanted, fewer calls are left, reads take longer, or pages less long', () => {
    always((situation, more) => {
      if (!isListed(situation)) return;
      const { records, callsLeft, readMs, pageMs } = situation;
      expect(isListed({ ...situation, records: records + more })).toBe(true);
      expect(isListed({ ...situation, callsLeft: Math.max(1, callsLeft - more) })).toBe(true);
      expect(isListed({ ...situation, readMs: readMs + more })).toBe(true);
      expect(isListed({ ...situation, pageMs: Math.max(0, pageMs - more) })).toBe(true);
    });
  });

  it('keeps to pages where there are fewer of them, or of what they hold', () => {
    always((situation, less) => {
      const { listing } = situation;
      if (!listing || !isListed(situation)) return;
      const pages = Math.max(1, listing.pages - less);
      expect(isListed({ ...situation, listing: { ...listing, pages } })).toBe(true);
      expect(isListed({ ...situation, listing: { ...listing, records: Math.max(0, listing.records - less) } })).toBe(
        true,
      );
    });
  });
});
