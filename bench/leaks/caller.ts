import { Agent, request } from 'undici';

/** Asks the gateway, on connections that are closed with it. */
export class Caller {
  readonly #url: string;
  readonly #key: string;
  readonly #agent = new Agent({ connections: 64 });

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  /** @returns the answer as it is, with whatever went wrong */
  async ask(query: string, variables: object = {}, more: Asking = {}): Promise<string> {
    const { body } = await this.#send(query, variables, more);
    return body.text();
  }

  /** @returns what of a stream comes first; it is open until `hangUp` */
  async listen(query: string, hangUp: AbortSignal): Promise<AsyncIterator<Buffer>> {
    const { statusCode, body } = await this.#send(query, {}, { signal: hangUp, accept: 'text/event-stream' });
    if (statusCode !== 200) throw new Error(`a subscription was refused (${statusCode})`);
    const events = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    await events.next();
    return events;
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  #send(query: string, variables: object, { signal, key = this.#key, accept, method = 'POST' }: Asking) {
    return request(this.#url, {
      dispatcher: this.#agent,
      method,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'cache-control': signal ? 'no-cache' : 'max-age=30',
        accept: accept ?? 'application/graphql-response+json',
      },
      body: method === 'POST' ? JSON.stringify({ query, variables }) : null,
      ...(signal && { signal }),
    });
  }
}

interface Asking {
  /** Whoever gives one may hang up: nothing is answered from what was read a while ago. */
  readonly signal?: AbortSignal;
  readonly key?: string;
  readonly accept?: string;
  readonly method?: 'POST' | 'GET';
}
