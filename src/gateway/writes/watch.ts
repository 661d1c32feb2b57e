import type { Clock } from '../../clock.ts';

/** So long after a write its provider may be at it; what is not there by then does not come. */
const PATIENCE_MS = 45_000;

/** How long an operation may be at its writes: nothing of it outlives its own time by as much again. */
export const holdMs = (deadlineMs: number): number => 2 * deadlineMs + 1_000;

/** Writes of so many at once are kept in mind. */
const MOST = 10_000;

/**
 * For how long writes have been open, by a clock that nobody sets: where the machine's is set ahead, whoever is at a write seems
 * to be gone, and what it sends still comes.
 */
export class Watch {
  readonly #clock: Clock;
  readonly #forMs: number;
  readonly #since = new Map<number, number>();

  /** @param forMs how long whoever has begun a write may be at it */
  constructor(clock: Clock, forMs: number) {
    this.#clock = clock;
    this.#forMs = forMs;
  }

  /** Begins to watch these, unless they are watched. */
  see(writes: readonly number[]): void {
    for (const id of writes) this.#sinceOf(id);
  }

  /**
   * From when on what is not there does not come any more, in milliseconds since the epoch. A write is watched from when it is
   * first asked for here.
   */
  lateAt({ id, begunAt }: { readonly id: number; readonly begunAt: Date }): number {
    const since = this.#sinceOf(id);
    const watchedMs = this.#clock.elapsed() - since;
    return Math.max(begunAt.getTime() + PATIENCE_MS, this.#clock.now() + this.#forMs - watchedMs);
  }

  #sinceOf(id: number): number {
    const known = this.#since.get(id);
    if (known !== undefined) return known;
    if (this.#since.size >= MOST) this.#since.clear();
    const since = this.#clock.elapsed();
    this.#since.set(id, since);
    return since;
  }
}
