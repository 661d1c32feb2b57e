import type { Clock } from '../clock.ts';
import type { SyncStates } from '../store/syncStates.ts';
import type { ListingSize } from './batchPlan.ts';
import { readState } from './sync/state.ts';

/** A listing's size is believed for so long before the store is asked again; a day's growth changes little. */
const SIZE_KNOWN_MS = 60_000;

/** For so long a listing that failed, or lacked much of what it should have, stands in for no reads. */
const DISTRUSTED_MS = 60_000;

/** What calls took is believed for so long: providers are slow at times. */
const PACE_KNOWN_MS = 5 * 60_000;

/** Until it has been measured: a read, and what each record of a page adds to that. */
const READ_MS = 50;
const LISTED_RECORD_MS = 1;

/** Each call counts so much of the figure, and what was before it the rest. */
const NEWEST = 1 / 4;

/** What calls of one kind took lately. */
class Pace {
  #ms = 0;
  #measuredAt = -Infinity;

  note(ms: number, now: number): void {
    const before = this.read(now);
    this.#ms = before === null ? ms : before + (ms - before) * NEWEST;
    this.#measuredAt = now;
  }

  /** It was not over by then. */
  noteAtLeast(ms: number, now: number): void {
    this.#ms = Math.max(ms, this.read(now) ?? 0);
    this.#measuredAt = now;
  }

  /** null: it was not measured lately */
  read(now: number): number | null {
    return now - this.#measuredAt < PACE_KNOWN_MS ? this.#ms : null;
  }
}

class Listing {
  readonly reads = new Pace();
  readonly pages = new Pace();
  size: { readonly at: number; readonly read: Promise<ListingSize | null> } | null = null;
  distrustedAt = -Infinity;
}

/** What is known of providers' listings, and what calls to them take: for whoever wants many records at once. */
export class Listings {
  readonly #store: Pick<SyncStates, 'syncState'>;
  readonly #clock: Clock;
  readonly #listings = new Map<string, Listing>();

  constructor(store: Pick<SyncStates, 'syncState'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** @returns null: it was never copied as a whole, or can't be trusted now */
  async size(provider: string): Promise<ListingSize | null> {
    const listing = this.#of(provider);
    const now = this.#clock.elapsed();
    if (now - listing.distrustedAt < DISTRUSTED_MS) return null;
    if (!listing.size || now - listing.size.at >= SIZE_KNOWN_MS) listing.size = { at: now, read: this.#read(provider) };
    const size = await listing.size.read;
    // It may be copied at any moment.
    if (!size) listing.size = null;
    return size;
  }

  /** How long a read and a page take, in milliseconds, of a listing of this size. */
  pace(provider: string, size: ListingSize | null): { readonly readMs: number; readonly pageMs: number } {
    const { reads, pages } = this.#of(provider);
    const now = this.#clock.elapsed();
    const readMs = reads.read(now) ?? READ_MS;
    const added = size ? (size.records / size.pages) * LISTED_RECORD_MS : 0;
    return { readMs, pageMs: pages.read(now) ?? readMs + added };
  }

  /** @param ms from the question to the answer */
  took(provider: string, what: 'reads' | 'pages', ms: number): void {
    this.#of(provider)[what].note(ms, this.#clock.elapsed());
  }

  /** Nobody waited longer than that for a page. */
  pageTakesAtLeast(provider: string, ms: number): void {
    this.#of(provider).pages.noteAtLeast(ms, this.#clock.elapsed());
  }

  distrust(provider: string): void {
    this.#of(provider).distrustedAt = this.#clock.elapsed();
  }

  #of(provider: string): Listing {
    let listing = this.#listings.get(provider);
    if (!listing) {
      listing = new Listing();
      this.#listings.set(provider, listing);
    }
    return listing;
  }

  async #read(provider: string): Promise<ListingSize | null> {
    // Whoever can't be told goes without: it is no reason to read nothing.
    const state = await this.#store.syncState(provider).catch(() => null);
    const { whole } = readState(state);
    return whole && whole.pages > 0 ? { records: whole.listed, pages: whole.pages } : null;
  }
}
