import type { Measured } from '../process.ts';

interface Sample {
  readonly rssMb: number;
  readonly handles: number;
}

/** In so many parts a run is shown; the first is for warming up. */
const PARTS = 6;

/** What a process holds when it is warm, by parts of a run, and what it holds in the end. */
const WARM = [1 / 6, 1 / 2] as const;
const LAST = [2 / 3, 1] as const;

/** What is known grows with what is written: a run of minutes can't tell that from a leak. */
const BREATH = 1.05;

/** What a process holds, over time. */
export class Samples {
  readonly #process: Pick<Measured, 'rssMb' | 'handles' | 'hasEnded'>;
  readonly #samples: Sample[] = [];

  constructor(process: Pick<Measured, 'rssMb' | 'handles' | 'hasEnded'>) {
    this.#process = process;
  }

  /** @returns null: it has ended */
  take(): Sample | null {
    if (this.#process.hasEnded()) return null;
    const sample = { rssMb: this.#process.rssMb(), handles: this.#process.handles() };
    this.#samples.push(sample);
    return sample;
  }

  /** The median of each part. */
  parts(what: keyof Sample): readonly number[] {
    const size = this.#samples.length / PARTS;
    return Array.from({ length: PARTS }, (_, part) => {
      const values = this.#samples
        .slice(Math.floor(part * size), Math.floor((part + 1) * size))
        .map((each) => each[what]);
      return Math.round(values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0);
    });
  }

  /** Whether there was no more of it in the end than when it was warm, on average, but for what a process breathes. */
  isHeld(what: keyof Sample): boolean {
    return this.#mean(what, LAST) <= BREATH * this.#mean(what, WARM);
  }

  #mean(what: keyof Sample, [from, to]: readonly [number, number]): number {
    const { length } = this.#samples;
    const values = this.#samples.slice(Math.floor(from * length), Math.floor(to * length)).map((each) => each[what]);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  }
}
