import { type CryptoKey, createLocalJWKSet, errors, type JWTHeaderParameters } from 'jose';
import { request } from 'undici';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';

/** The keys that one answer of the issuer's held. */
type Keys = ReturnType<typeof createLocalJWKSet>;

export interface KeySetEvents {
  /** It can't be had: told once until it can. @param reason a status, an error's code, or words of ours */
  lost(reason: string): void;
  back(): void;
}

/** At most one fetch in so long a time, whatever came of it and whoever asks for keys that are not there. */
const COOL_DOWN_MS = 30_000;
/** Keys of this age are fetched anew while they are still gone by. */
const REFRESHED_MS = 10 * 60_000;
/** Keys of this age may have been taken back long ago: nobody goes by them. */
const OLDEST_MS = 60 * 60_000;
const FETCH_MS = 5_000;
const MOST_BYTES = 256 * 1_024;

/**
 * The public keys of an issuer of tokens (RFC 7517), as its URL gives them. jose's own remote set fetches for each token while
 * that URL does not answer; this one does so once in a cool-down.
 */
export class KeySet {
  readonly #url: URL;
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #events: KeySetEvents;
  #keys: Keys | null = null;
  #text = '';
  #fetchedAt = -Infinity;
  #askedAt = -Infinity;
  #fetching: Promise<boolean> | null = null;
  #isLost = false;

  constructor(url: URL, clock: Pick<Clock, 'elapsed'>, events: KeySetEvents) {
    this.#url = url;
    this.#clock = clock;
    this.#events = events;
  }

  /** Those to go by now, another object as soon as they are others; null: they have to be waited for. */
  get held(): Keys | null {
    const age = this.#clock.elapsed() - this.#fetchedAt;
    if (age >= OLDEST_MS) return null;
    if (age >= REFRESHED_MS) void this.#fetch();
    return this.#keys;
  }

  /**
   * The key that a token says it is signed with.
   * @throws GatewayError UNAVAILABLE where nobody can know whose token it is; jose's errors where there is no such key
   */
  async keyFor(header: JWTHeaderParameters): Promise<CryptoKey> {
    const keys = this.held ?? (await this.#waitedFor());
    try {
      return await keys(header);
    } catch (thrown) {
      // It may be newer than what is held.
      if (!(thrown instanceof errors.JWKSNoMatchingKey) || !(await this.#fetch())) throw thrown;
      return (this.#keys ?? keys)(header);
    }
  }

  async #waitedFor(): Promise<Keys> {
    await this.#fetch();
    const { held } = this;
    if (held) return held;
    const retryAfterMs = Math.max(1_000, this.#askedAt + COOL_DOWN_MS - this.#clock.elapsed());
    throw new GatewayError('UNAVAILABLE', 'Access tokens can’t be checked now: their issuer’s keys can’t be had.', {
      retryable: true,
      retryAfterMs,
    });
  }

  /** @returns whether there is an answer, as of now */
  #fetch(): Promise<boolean> {
    if (this.#fetching) return this.#fetching;
    if (this.#clock.elapsed() - this.#askedAt < COOL_DOWN_MS) return Promise.resolve(false);
    this.#askedAt = this.#clock.elapsed();
    this.#fetching = this.#ask().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #ask(): Promise<boolean> {
    try {
      const text = await textAt(this.#url);
      // As long as they are the same, what was verified by them stays so.
      if (text !== this.#text || !this.#keys) this.#keys = keysIn(text);
      this.#text = text;
      this.#fetchedAt = this.#askedAt;
      if (this.#isLost) this.#events.back();
      this.#isLost = false;
      return true;
    } catch (thrown) {
      if (!this.#isLost) this.#events.lost(reasonOf(thrown));
      this.#isLost = true;
      return false;
    }
  }
}

/** Why an answer is none; in words of ours. */
class NoKeySet extends Error {}

async function textAt(url: URL): Promise<string> {
  const signal = AbortSignal.timeout(FETCH_MS);
  const headers = { accept: 'application/jwk-set+json, application/json', 'accept-encoding': 'identity' };
  // A redirect is no answer: it might lead anywhere.
  const { statusCode, body } = await request(url, { headers: { ...headers, 'user-agent': 'clientele' }, signal });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (statusCode !== 200 || bytes > MOST_BYTES) break;
    chunks.push(chunk);
  }
  if (statusCode !== 200) throw new NoKeySet(String(statusCode));
  if (bytes > MOST_BYTES) throw new NoKeySet('its answer is too large');
  return Buffer.concat(chunks).toString('utf8');
}

/** Only what signs: a secret that was published by mistake signs nothing here. @throws where they are none */
function keysIn(text: string): Keys {
  const set: unknown = JSON.parse(text);
  const keys = createLocalJWKSet(set as Parameters<typeof createLocalJWKSet>[0]);
  if (keys.jwks().keys.length === 0) throw new NoKeySet('it has no keys');
  return keys;
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof NoKeySet) return thrown.message;
  if (thrown instanceof errors.JOSEError || thrown instanceof SyntaxError) return 'its answer is no key set';
  if (thrown instanceof DOMException) return 'it does not answer';
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
}
