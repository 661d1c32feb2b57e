import { beforeEach, describe, expect, it } from 'vitest';
import { Listings } from './listings.ts';
import type { State } from './sync/state.ts';

/** What is known of a listing, the time in the test's hand. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const SPAN = { startedAt: 1, finishedAt: 2, lateTo: 0, isSought: true };
const copied = (listed: number, pages: number): Partial<State> => ({
  ...{ run: null, complete: SPAN, soughtTo: 0, calls: {} },
  whole: { ...SPAN, listed, pages },
});

let at = 0;
let state: () => unknown;
let looks: number;
let listings: Listings;
beforeEach(() => {
  [at, looks] = [1_000_000, 0];
  state = () => copied(500, 5);
  const syncState = async (provider: string) => {
    expect(provider).toBe('shop');
    looks += 1;
    return state();
  };
  listings = new Listings({ syncState }, { now: () => 0, elapsed: () => at });
});
const size = () => listings.size('shop');

describe('the size of a listing', () => {
  it('is what the last whole copying of it had, and believed for a minute, whoever asks', async () => {
    expect(await Promise.all([size(), size()])).toEqual(Array.from({ length: 2 }, () => ({ records: 500, pages: 5 })));
    state = () => copied(600, 6);
    at += MINUTE - 1;
    expect([await size(), looks]).toEqual([{ records: 500, pages: 5 }, 1]);
    at += 1;
    expect([await size(), looks]).toEqual([{ records: 600, pages: 6 }, 2]);
  });

  it.each([
    ['never began', null],
    ['never came to its end', { ...copied(1, 1), whole: null }],
    ['was written down by an earlier version', { ...copied(500, 5), whole: { ...SPAN, listed: 500 } }],
    ['can’t be read', { whole: 'five hundred' }],
  ])('is unknown where that %s, and known as soon as it is over', async (_, before) => {
    state = () => before;
    expect(await size()).toBeNull();
    state = () => copied(500, 5);
    expect(await size()).toEqual({ records: 500, pages: 5 });
  });

  it('is unknown while the store is away', async () => {
    state = () => {
      throw new Error('away');
    };
    expect(await size()).toBeNull();
    state = () => copied(500, 5);
    expect(await size()).toEqual({ records: 500, pages: 5 });
  });

  it('is told to nobody for a minute after it could not be trusted', async () => {
    await size();
    listings.distrust('shop');
    at += MINUTE - 1;
    expect(await size()).toBeNull();
    at += 1;
    expect(await size()).toEqual({ records: 500, pages: 5 });
  });
});

describe('how long calls take', () => {
  const SIZE = { records: 500, pages: 5 };
  const pace = () => listings.pace('shop', SIZE);

  it('is a guess until it is measured: a page takes longer than a read, the more of it there is', () => {
    expect(pace()).toEqual({ readMs: 50, pageMs: 150 });
    listings.took('shop', 'reads', 200);
    expect(pace()).toEqual({ readMs: 200, pageMs: 300 });
    listings.took('shop', 'pages', 40);
    expect(pace()).toEqual({ readMs: 200, pageMs: 40 });
  });

  it('follows what calls took lately, each by a quarter', () => {
    for (const ms of [100, 200, 200]) listings.took('shop', 'pages', ms);
    expect(pace().pageMs).toBe(143.75);
  });

  it('is at once what a page takes at the least', () => {
    listings.took('shop', 'pages', 100);
    listings.pageTakesAtLeast('shop', 2_000);
    expect(pace().pageMs).toBe(2_000);
    listings.pageTakesAtLeast('shop', 50);
    expect(pace().pageMs).toBe(2_000);
  });

  it('is forgotten after five minutes', () => {
    listings.pageTakesAtLeast('shop', 2_000);
    at += 5 * MINUTE - 1;
    expect(pace().pageMs).toBe(2_000);
    at += 1;
    expect(pace()).toEqual({ readMs: 50, pageMs: 150 });
    listings.took('shop', 'pages', 100);
    expect(pace().pageMs).toBe(100);
  });
});
