import type { Clock } from '../clock.ts';

/** Where it is kept. */
interface KeyUses {
  keepKeyUses(uses: ReadonlyMap<string, Date>): Promise<void>;
}

const KEPT_EVERY_MS = 60_000;

/** Notes when API keys are used, and keeps that in the store every minute: a write for each request would cost more than it. */
export class KeyUse {
  readonly #store: KeyUses;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #failed: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  #uses = new Map<string, Date>();

  /** @param failed told where it could not be kept: it is tried again */
  constructor(store: KeyUses, clock: Pick<Clock, 'now'>, failed: (error: unknown) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#failed = failed;
    this.#timer = setInterval(() => void this.keep(), KEPT_EVERY_MS).unref();
  }

  /** @param keyId see `keyIdOf` */
  note(keyId: string): void {
    this.#uses.set(keyId, new Date(this.#clock.now()));
  }

  async keep(): Promise<void> {
    const uses = this.#uses;
    if (uses.size === 0) return;
    this.#uses = new Map();
    try {
      await this.#store.keepKeyUses(uses);
    } catch (error) {
      this.#uses = new Map([...uses, ...this.#uses]);
      this.#failed(error);
    }
  }

  /** Keeps what is left. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.keep();
  }
}
