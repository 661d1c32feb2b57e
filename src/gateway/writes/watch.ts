import type { Clock } from '../../clock.ts';

/** So long after a write its provider may be at it; what is not there by then does not come. */
const PATIENCE_MS = 45_000;

/** How long an operation may be at its writes: nothing of it outlives its own time by as much again. */
export const holdMs = (deadlineMs: number): number => 2 * deadlineMs + 1_000;

/** Of so many at once each is kept in mind. */
const MOST = 10_000;

/**
 * For how long somebody has been at a write, or in a line, by a clock that nobody sets: where the machine's is set ahead, whoever
 * is at it seems to be gone, and what they send still comes.
 */
export class Watch {
  readonly #clock: Clock;
  readonly #forMs: number;
  readonly #writes = new Map<number, number>();
  readonly #places = new Map<number, number>();

  /** @param forMs how long whoever has begun it may be at it */
  constructor(clock: Clock, forMs: number) {
    this.#clock = clock;
    this.#forMs = forMs;
  }

  /** Begins to watch these writes, unless they are watched. */
  see(writes: readonly number[]): void {
    for (const id of writes) this.#watchedMs(this.#writes, id);
  }

  /**
   * From when on what is not there does not come any more, in milliseconds since the epoch. A write is watched from when it is
   * first asked for here: one that was begun before the machine's clock was set back is late by that alone.
   */
  lateAt({ id, begunAt }: { readonly id: number; readonly begunAt: Date }): number {
    const watchedMs = this.#watchedMs(this.#writes, id);
    const watchedAt = this.#clock.now() - watchedMs;
    return Math.max(Math.min(begunAt.getTime(), watchedAt) + PATIENCE_MS, watchedAt + this.#forMs);
  }

  /** Whether somebody has been at this place of a line for as long as they may be. */
  isOver(place: number): boolean {
    return this.#watchedMs(this.#places, place) >= this.#forMs;
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
