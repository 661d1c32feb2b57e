import { readFileSync, statSync } from 'node:fs';
import type { Clock } from '../clock.ts';

/** How long a change of the file may go unseen. */
const LOOK_EVERY_MS = 1_000;

/** What is wrong with such a file, without any of its values. */
export class FileFault extends Error {}

/**
 * What a file holds, read anew when it has changed. While it can't be read there is nothing: what was just taken out of it must
 * not live on.
 */
export class WatchedFile<Content> {
  readonly #path: string;
  readonly #parse: (text: string) => Content;
  readonly #clock: Clock;
  readonly #lost: () => void;
  readonly #mostBytes: number;
  #content: Content | null;
  #seen: string;
  #lookedAt: number;
  #warned = '';

  /**
   * @param parse throws where a text is not as it should be
   * @param lost told once for each change that can't be read
   * @throws Error when it can't be read now
   */
  constructor(path: string, parse: (text: string) => Content, clock: Clock, lost: () => void, mostBytes = Infinity) {
    this.#path = path;
    this.#parse = parse;
    this.#clock = clock;
    this.#lost = lost;
    this.#mostBytes = mostBytes;
    this.#seen = stampOf(path);
    this.#content = this.#read();
    this.#lookedAt = clock.elapsed();
  }

  /** null: it can't be read. */
  get content(): Content | null {
    if (this.#clock.elapsed() - this.#lookedAt >= LOOK_EVERY_MS) this.#look();
    return this.#content;
  }

  #look(): void {
    this.#lookedAt = this.#clock.elapsed();
    const stamp = stampOf(this.#path);
    if (stamp === this.#seen) return;
    try {
      this.#content = this.#read();
      this.#seen = stamp;
    } catch {
      // Not seen: what kept it from being read may pass without a change of the file.
      this.#content = null;
      this.#seen = '';
      if (stamp !== this.#warned) this.#lost();
      this.#warned = stamp;
    }
  }

  #read(): Content {
    if (statSync(this.#path).size > this.#mostBytes)
      throw new FileFault(`it may have at most ${this.#mostBytes} bytes`);
    return this.#parse(readFileSync(this.#path, 'utf8'));
  }
}

function stampOf(path: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return 'absent';
  }
}
