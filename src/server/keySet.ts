import { createLocalJWKSet, errors, type LocalJWKSet } from 'jose';
import { request } from 'undici';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { reasonOf } from './log.ts';

/** One fetch in so long, whatever comes of it and however many tokens name a key that nobody knows. */
const REST_MS = 30_000;
/** Keys of this age are fetched anew while they are still used, and those of that age are not used any more. */
const OLD_MS = 600_000;
const TOO_OLD_MS = 3_600_000;

/** How long a fetch may take as a whole, and how many bytes may come of it. */
const FETCH_MS = 5_000;
const MOST_BYTES = 256 * 1024;

export interface KeySetWatcher {
  /** It can't be fetched: told once until it is back. @param reason a status or an error's code */
  lost(reason: string): void;
  back(): void;
}

/**
 * The keys that access tokens are signed by (JWK Set, RFC 7517), fetched from their address. Jose's own set of remote keys
 * fetches again for every token while its address does not answer.
 */
export class KeySet {
  readonly #url: URL;
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #watcher: KeySetWatcher;
  readonly #fetchMs: number;
  readonly #closing = new AbortController();
  #keys: LocalJWKSet | null = null;
  #text = '';
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;
  #isLost = false;

  /** Begins to fetch them: the first caller need not wait. @param url of https, or of this machine */
  constructor(url: URL, clock: Pick<Clock, 'elapsed'>, watcher: KeySetWatcher, fetchMs = FETCH_MS) {
    this.#url = url;
    this.#clock = clock;
    this.#watcher = watcher;
    this.#fetchMs = fetchMs;
    void this.#ask();
  }

  /** The keys that may be used now: another object when they have changed. null: there are none. */
  get current(): LocalJWKSet | null {
    const age = this.#clock.elapsed() - this.#fetchedAt;
    if (age >= OLD_MS) void this.#ask();
    return age < TOO_OLD_MS ? this.#keys : null;
  }

  /**
   * The key that a token's header names.
   * @throws GatewayError UNAVAILABLE where it can't be known; JOSEError where there is no such key
   */
  readonly keyOf = async (...named: Parameters<LocalJWKSet>): ReturnType<LocalJWKSet> => {
    if (!this.current) await this.#ask();
    try {
      return await this.#known()(...named);
    } catch (thrown) {
      if (!(thrown instanceof errors.JWKSNoMatchingKey)) throw thrown;
    }
    // It may be newer than the keys that are known.
    await this.#ask();
    if (this.#isLost) throw this.#unavailable();
    return this.#known()(...named);
  };

  /** Ends what is under way. */
  close(): void {
    this.#closing.abort();
  }

  #known(): LocalJWKSet {
    const { current } = this;
    if (!current) throw this.#unavailable();
    return current;
  }

  /** Whether the token is good is not known: its owner must neither be let in nor told that it is bad. */
  #unavailable(): GatewayError {
    const message = 'The keys that access tokens are signed by can’t be fetched at the moment. Try again later.';
    const retryAfterMs = Math.max(1_000, Math.ceil(this.#askedAt + REST_MS - this.#clock.elapsed()));
    return new GatewayError('UNAVAILABLE', message, { retryable: true, retryAfterMs });
  }

  /** Fetches them, unless that was done lately; whoever asks meanwhile waits for the same fetch. Never rejects. */
  #ask(): Promise<void> {
    if (this.#asking) return this.#asking;
    const now = this.#clock.elapsed();
    if (now - this.#askedAt < REST_MS || this.#closing.signal.aborted) return Promise.resolve();
    this.#askedAt = now;
    this.#asking = this.#fetch(now).finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #fetch(now: number): Promise<void> {
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(this.#fetchMs), this.#closing.signal]);
      const text = await textAt(this.#url, signal);
      if (text !== this.#text) this.#keys = createLocalJWKSet(JSON.parse(text));
      this.#text = text;
      this.#fetchedAt = now;
      if (this.#isLost) this.#watcher.back();
      this.#isLost = false;
    } catch (thrown) {
      if (this.#closing.signal.aborted) return;
      if (!this.#isLost) this.#watcher.lost(reasonOf(thrown));
      this.#isLost = true;
    }
  }
}

/** What stands there, by one connection of its own, and without following it anywhere else. */
async function textAt(url: URL, signal: AbortSignal): Promise<string> {
  const { statusCode, body } = await request(url, { headers: { accept: 'application/json' }, signal, reset: true });
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Read in any case: a body that nobody reads keeps its connection.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (statusCode !== 200 || bytes > MOST_BYTES) break;
    chunks.push(chunk);
  }
  if (statusCode !== 200) throw new FetchError(String(statusCode));
  if (bytes > MOST_BYTES) throw new FetchError('TOO_LARGE');
  return Buffer.concat(chunks).toString('utf8');
}

class FetchError extends Error {
  readonly code: string;

  constructor(code: string) {
    super('the key set can’t be used');
    this.code = code;
  }
}
