import type { Clock } from '../../clock.ts';
import type { InLine } from '../../store/turns.ts';
import type { OpenWrite, WriteLog } from '../../store/writes.ts';

/** So long after a write its provider may be at it; what is not there by then does not come. */
const PATIENCE_MS = 45_000;

/** Of so many at once each is watched; of more, the others when these are late. */
export const MOST_WATCHED = 10_000;

/** How long an operation may be at its writes: nothing of it outlives its own time by as much again. */
export const holdMs = (deadlineMs: number): number => 2 * deadlineMs + 1_000;

/**
 * For how long somebody has been at a write, or in a line, by a clock that nobody sets: where the machine's is set ahead, whoever
 * is at it seems to be gone, and what they send still comes.
 */
export class Watch {
  readonly #clock: Clock;
  readonly #placeMs: number;
  readonly #writeMs: number;
  readonly #writes = new Map<number, number>();
  readonly #places = new Map<number, number>();
  #lateTo = 0;

  /**
   * @param placeMs how long somebody may be in a line
   * @param writeMs how long a write may be on its way
   */
  constructor(clock: Clock, placeMs: number, writeMs: number = Math.max(placeMs, PATIENCE_MS)) {
    this.#clock = clock;
    this.#placeMs = placeMs;
    this.#writeMs = writeMs;
  }

  /** The last write that can't come any more, and neither can any before it. */
  get lateTo(): number {
    return this.#lateTo;
  }

  /**
   * Begins to watch writes, unless they are watched.
   * @param open those that are open behind `lateTo`, the oldest first, `MOST_WATCHED` of them at the most
   * @returns `lateTo` by now
   */
  see(open: readonly OpenWrite[]): number {
    keepOnly(this.#writes, new Set(open.map(({ id }) => id)));
    const now = this.#clock.now();
    const isComing = open.map((each) => this.lateAt(each) > now);
    const first = isComing.indexOf(true);
    const last = first === -1 ? open.at(-1)?.id : (open[first]?.id ?? 0) - 1;
    this.#lateTo = Math.max(this.#lateTo, last ?? 0);
    return this.#lateTo;
  }

  /** Whoever is in no line any more is not watched. */
  seeLine(everybody: readonly InLine[]): void {
    keepOnly(this.#places, new Set(everybody.map(({ place }) => place)));
  }

  /**
   * From when on what is not there does not come any more, in milliseconds since the epoch. A write is watched from when it is
   * first asked for here: one that was begun before the machine's clock was set back is late by that alone.
   */
  lateAt({ id, begunAt }: OpenWrite): number {
    const now = this.#clock.now();
    if (id <= this.#lateTo) return Math.min(begunAt.getTime(), now);
    const watchedAt = now - this.#watchedMs(this.#writes, id);
    return Math.max(Math.min(begunAt.getTime(), watchedAt) + PATIENCE_MS, watchedAt + this.#writeMs);
  }

  /** Whether somebody has been at this place of a line for as long as they may be. */
  isOver(place: number): boolean {
    return this.#watchedMs(this.#places, place) >= this.#placeMs;
  }

  #watchedMs(watched: Map<number, number>, id: number): number {
    const elapsed = this.#clock.elapsed();
    const since = watched.get(id);
    if (since !== undefined) return elapsed - since;
    // Of more than these, none has been watched.
    if (watched.size < MOST_WATCHED) watched.set(id, elapsed);
    return 0;
  }
}

function keepOnly(watched: Map<number, number>, ids: ReadonlySet<number>): void {
  for (const id of watched.keys()) if (!ids.has(id)) watched.delete(id);
}

/** @returns `lateTo` by now */
export const watchWrites = async (store: Pick<WriteLog, 'openWrites'>, watch: Watch): Promise<number> =>
  watch.see(await store.openWrites(watch.lateTo, MOST_WATCHED));
