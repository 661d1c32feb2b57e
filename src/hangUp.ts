/** What is waited for by somebody who may hang up. */
export interface Waited {
  /** Nobody waits for it any more. */
  hungUp(): void;
}

/** That nobody waits any more: what only they waited for ends. An AbortSignal costs each call as much as its socket does. */
export class HangUp {
  /** An array: most operations make few calls. */
  #waited: Waited[] = [];
  #isOver = false;

  /** Whether they have hung up. */
  get isOver(): boolean {
    return this.#isOver;
  }

  add(waited: Waited): void {
    this.#waited.push(waited);
  }

  remove(waited: Waited): void {
    const place = this.#waited.lastIndexOf(waited);
    if (place >= 0) this.#waited.splice(place, 1);
  }

  now(): void {
    this.#isOver = true;
    const all = this.#waited;
    this.#waited = [];
    for (const each of all) each.hungUp();
  }
}
