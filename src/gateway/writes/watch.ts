import type { Clock } from '../../clock.ts';
import type { OpenWrite } from '../../store/writes.ts';

/** So long after a write its provider may be at it; what is not there by then does not come. */
const PATIENCE_MS = 45_000;

/** How long an operation may be at its writes: nothing of it outlives its own time by as much again. */
export const holdMs = (deadlineMs: number): number => 2 * deadlineMs + 1_000;

/** Of so many at once each is kept in mind. */
const MOST = 10_000;

/** As many as are asked for: where there are more than are kept in mind, that shows. */
export const MOST_ASKED = MOST + 1;

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

  /**
   * @param placeMs how long somebody may be in a line
   * @param writeMs how long a write may be on its way
   */
  constructor(clock: Clock, placeMs: number, writeMs: number = Math.max(placeMs, PATIENCE_MS)) {
    this.#clock = clock;
    this.#placeMs = placeMs;
    this.#writeMs = writeMs;
  }

  /**
   * Begins to watch writes, unless they are watched.
   * @param open all that are open, up to `MOST_ASKED` of them
   * @returns the last write that can't come any more, and neither can any before it; 0: nobody can say of any
   */
  see(open: readonly OpenWrite[]): number {
    const isOpen = new Set(open.map(({ id }) => id));
    for (const id of this.#writes.keys()) if (!isOpen.has(id)) this.#writes.delete(id);
    const now = this.#clock.now();
    const coming = open.filter((each) => this.lateAt(each) > now).map(({ id }) => id);
    if (open.length > MOST) return 0;
    return coming.length > 0 ? Math.min(...coming) - 1 : Math.max(0, ...isOpen);
  }

  /**
   * From when on what is not there does not come any more, in milliseconds since the epoch. A write is watched from when it is
   * first asked for here: one that was begun before the machine's clock was set back is late by that alone.
   */
  lateAt({ id, begunAt }: OpenWrite): number {
    const watchedMs = this.#watchedMs(this.#writes, id);
    const watchedAt = this.#clock.now() - watchedMs;
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
    if (watched.size >= MOST) watched.clear();
    watched.set(id, elapsed);
    return 0;
  }
}
