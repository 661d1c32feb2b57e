import type { Measured } from '../process.ts';

interface Sample {
  readonly rssMb: number;
  readonly handles: number;
}

/** In so many parts a run is looked at; the first is for warming up. */
const PARTS = 6;

/** What is known grows with what is written: a run of minutes can't tell that from a leak. */
const BREATH = 1.05;

/** What a process holds, over time. */
export class Samples {
  readonly #process: Measured;
  readonly #samples: Sample[] = [];

  constructor(process: Measured) {
    this.#process = process;
  }

  take(): Sample {
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

  /** Whether there was more of it in each part than in the one before, and in the last by more than a process breathes. */
  grows(what: keyof Sample): boolean {
    const [, ...parts] = this.parts(what);
    const isMore = parts.every((value, part) => part === 0 || value > (parts[part - 1] ?? 0));
    return isMore && (parts.at(-1) ?? 0) > BREATH * (parts[0] ?? 0);
  }
}
