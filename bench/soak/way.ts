import { setTimeout as wait } from 'node:timers/promises';
import { request } from 'undici';
import { Tally } from './tally.ts';

export interface Payload {
  readonly customer: { readonly id: string } | null;
  readonly outcomes: readonly { readonly writeId: string; readonly provider: string; readonly status: string }[];
  readonly errors: readonly { readonly code: string; readonly retryable: boolean }[];
}

const AGAIN_MS = 250;

/** How often somebody asks again by the same key. */
const ASKS = 60;

/** Whether the same key may lead to another answer. Whoever has asked for a code has to wait for longer than anybody here does. */
export const isOpen = (answer: Payload | null): boolean =>
  answer?.errors.some(({ code, retryable }) => retryable && code !== 'TOO_MANY_ATTEMPTS') ?? true;

/** What was asked by callers, and what they were told. */
export class Way {
  readonly #url: string;
  requests = 0;
  /** Answered without any error. */
  clean = 0;
  /** Where what was shown of records came from. */
  readonly servedFrom = new Tally();
  /** Errors and problems by their code; and what was not answered at all. */
  readonly failed = new Tally();

  constructor(url: string) {
    this.#url = url;
  }

  /** @returns its data; null where it was not answered with any */
  async ask(query: string, variables: object, cacheControl = 'max-age=5'): Promise<Record<string, unknown> | null> {
    this.requests += 1;
    try {
      const { statusCode, body } = await request(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'cache-control': cacheControl },
        body: JSON.stringify({ query, variables }),
      });
      const text = await body.text();
      const codes = [...text.matchAll(/"code":"([A-Z_]+)"/g)];
      for (const [, code = ''] of codes) this.failed.add(code);
      for (const [, from = ''] of text.matchAll(/"servedFrom":"([A-Z_]+)"/g)) this.servedFrom.add(from);
      if (text === '') {
        this.failed.add(`HTTP ${statusCode}`);
        return null;
      }
      if (codes.length === 0) this.clean += 1;
      return (JSON.parse(text) as { data?: Record<string, unknown> | null }).data ?? null;
    } catch {
      this.failed.add('connection lost');
      return null;
    }
  }

  /** @returns null: it was not answered */
  async write(mutation: string, input: object): Promise<Payload | null> {
    const data = await this.ask(mutation, { input });
    return ((data && Object.values(data)[0]) as Payload | undefined) ?? null;
  }

  /**
   * With a key, asks until it is told for good. What has none is asked for once: what came of it is not known then.
   * @returns the last answer; null: there was none
   */
  async told(mutation: string, input: object): Promise<Payload | null> {
    let last: Payload | null = null;
    for (let time = 0; time < ASKS; time++) {
      const payload = await this.write(mutation, input);
      last = payload ?? last;
      if (!isOpen(payload) || !('idempotencyKey' in input)) break;
      await wait(AGAIN_MS);
    }
    return last;
  }
}
