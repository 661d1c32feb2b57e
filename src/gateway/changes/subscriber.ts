import type { Change } from '../../store/changes.ts';
import { type ChangeFilter, isWanted, type ToldChange } from './told.ts';

/** What a subscriber needs of the feed that it stands in. */
export interface Source {
  /** The place up to which changes were handed on. */
  newest(): number;
  /** In order. @throws when the store can't be asked now */
  after(sequence: number, limit: number): Promise<readonly ToldChange[]>;
  failed(error: unknown): void;
}

/** How many changes are read at once by who has fallen behind. */
const PAGE = 100;

/**
 * The changes that one subscriber wants, in order, each once. It is handed what the feed reads, and holds a bounded number of
 * that: when more comes than is taken, it lets go of all of it and reads on from its own place. While the store can't be asked,
 * it waits.
 */
export class Subscriber implements AsyncIterableIterator<ToldChange> {
  readonly #source: Source;
  readonly #filter: ChangeFilter;
  readonly #most: number;
  readonly #left: () => void;
  #waiting: ToldChange[] = [];
  /** The places of what was taken last, and of what was last put among the waiting. */
  #taken: number;
  #read: number;
  #isBehind = true;
  #isOver = false;
  #rouse: (() => void) | undefined;

  /**
   * @param after the place to go on from
   * @param most how many changes may wait
   * @param left told once when it is over
   */
  constructor(source: Source, filter: ChangeFilter, after: number, most: number, left: () => void) {
    this.#source = source;
    this.#filter = filter;
    this.#taken = after;
    this.#read = after;
    this.#most = most;
    this.#left = left;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ToldChange, undefined>> {
    while (!this.#isOver) {
      const told = this.#waiting.shift();
      if (told) {
        this.#taken = told.change.sequence;
        if ((await this.#trying(() => isWanted(this.#filter, told))) && !this.#isOver)
          return { done: false, value: told };
      } else if (this.#isBehind) await this.#trying(() => this.#catchUp());
      else await this.#roused();
    }
    return { done: true, value: undefined };
  }

  /** Ends it at once, also for who waits for the next. */
  async return(): Promise<IteratorResult<ToldChange, undefined>> {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#waiting = [];
      this.#left();
      this.rouse();
    }
    return { done: true, value: undefined };
  }

  /** Hands it the next change. */
  offer(told: ToldChange): void {
    const { sequence } = told.change;
    if (this.#isBehind || sequence <= this.#read) return;
    if (this.#waiting.length >= this.#most) {
      this.#waiting = [];
      this.#read = this.#taken;
      this.#isBehind = true;
    } else {
      this.#waiting.push(told);
      this.#read = sequence;
    }
    this.rouse();
  }

  /** Has it look again, if it waits. */
  rouse(): void {
    this.#rouse?.();
  }

  #roused(): Promise<void> {
    return new Promise((resolve) => {
      this.#rouse = resolve;
    });
  }

  async #catchUp(): Promise<void> {
    const upTo = this.#source.newest();
    const page = await this.#source.after(this.#read, PAGE);
    this.#waiting.push(...page);
    this.#read = Math.max(this.#read, lastOf(page)?.sequence ?? 0);
    // What the feed has handed on meanwhile was not taken: there is more to read.
    this.#isBehind = page.length === PAGE || this.#source.newest() > Math.max(this.#read, upTo);
  }

  /** Does it again whenever the feed gets on, until it is done or nobody wants it any more. */
  async #trying<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    while (!this.#isOver) {
      try {
        return await work();
      } catch (error) {
        this.#source.failed(error);
        if (!this.#isOver) await this.#roused();
      }
    }
    return undefined;
  }
}

const lastOf = (page: readonly ToldChange[]): Change | undefined => page.at(-1)?.change;
