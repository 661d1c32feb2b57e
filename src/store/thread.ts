import type { MessagePort, Worker } from 'node:worker_threads';
import { type ErrorCode, GatewayError } from '../errors.ts';
import type { Store } from './store.ts';

/**
 * A thread for what takes long. The embedded store answers at once, and nothing else of its thread can go on meanwhile: whoever
 * reads a customer by id would wait for somebody else's search. And a listing's next page is made ready while the one before is
 * written.
 */

/** What a sync writes goes one way, so that none of it waits for another's lock. */
type Writes = Pick<Store, 'keepCopies' | 'markMissing' | 'saveSync' | 'holdSync' | 'releaseSync'>;
type Searches = Pick<Store, 'search' | 'countFound' | 'sharing' | 'sample'>;
type Served = Writes & Searches;

interface Call {
  readonly number: number;
  /** null: nothing comes any more. */
  readonly method: keyof Served | null;
  readonly given: readonly unknown[];
}

interface Answer {
  /** Of the call; null: something was told of. */
  readonly number: number | null;
  readonly result?: unknown;
  readonly failure?: Failure;
}

interface Failure {
  readonly message: string;
  /** null: it is no error that callers may see. */
  readonly code: ErrorCode | null;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
}

/** What comes and goes in it soon is forgotten: by itself it would take twice as much. */
export const THREAD_LIMITS = { maxYoungGenerationSizeMb: 24 };

export interface ThreadParts {
  /** Starts it: a program that calls `serve`. */
  readonly begin: () => Worker;
  /** Whether it searches, too. */
  readonly searches: boolean;
  readonly began?: () => void;
  /** It has ended by itself. */
  readonly ended?: () => void;
}

/**
 * The same store, with a thread that begins with the first search, or when many copies are to be kept.
 * @param many fewer are kept where they are, unless there is a thread already
 */
export function withThread(store: Store, parts: ThreadParts, many = 32): Store {
  const listeners = new Set<() => void>();
  let thread: Thread | null = null;
  let closing = false;
  const told = (): void => {
    for (const listener of listeners) listener();
  };
  const ended = (): void => {
    thread = null;
    if (!closing) parts.ended?.();
  };
  const started = (): Thread => {
    if (thread) return thread;
    parts.began?.();
    thread = new Thread(parts.begin(), { told, ended });
    return thread;
  };
  const aside = <Method extends keyof Served>(method: Method, isAside: () => boolean): Served[Method] =>
    ((...given: Parameters<Served[Method]>) =>
      isAside()
        ? started().call(method, given)
        : (store[method] as (...values: typeof given) => unknown)(...given)) as Served[Method];
  const isSearch = (): boolean => parts.searches;
  const isBegun = (): boolean => thread !== null;
  const keepAside = aside('keepCopies', () => true);
  return {
    ...store,
    search: aside('search', isSearch),
    countFound: aside('countFound', isSearch),
    sharing: aside('sharing', isSearch),
    sample: aside('sample', isSearch),
    keepCopies: (copies, source) =>
      isBegun() || (copies.length >= many && !source.asked)
        ? keepAside(copies, source)
        : store.keepCopies(copies, source),
    markMissing: aside('markMissing', isBegun),
    saveSync: aside('saveSync', isBegun),
    holdSync: aside('holdSync', isBegun),
    releaseSync: aside('releaseSync', isBegun),
    onChange(listener) {
      const own = (): void => listener();
      const end = store.onChange(own);
      listeners.add(own);
      return () => {
        listeners.delete(own);
        end();
      };
    },
    async close() {
      closing = true;
      await thread?.close();
      await store.close();
    },
  };
}

class Thread {
  readonly #worker: Worker;
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  #number = 0;

  constructor(worker: Worker, on: { readonly told: () => void; readonly ended: () => void }) {
    this.#worker = worker;
    worker.unref();
    worker.on('message', ({ number, result, failure }: Answer) => {
      if (number === null) return on.told();
      const call = this.#calls.get(number);
      this.#calls.delete(number);
      if (this.#calls.size === 0) worker.unref();
      if (failure) call?.reject(toError(failure));
      else call?.resolve(result);
    });
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    // It comes last, whatever has ended it.
    worker.on('exit', () => {
      on.ended();
      for (const call of this.#calls.values()) call.reject(lost(cause));
      this.#calls.clear();
    });
  }

  /** After everything that was called before. */
  async close(): Promise<void> {
    await this.call(null, []);
    await this.#worker.terminate();
  }

  call(method: Call['method'], given: readonly unknown[]): Promise<unknown> {
    const call = Promise.withResolvers<unknown>();
    this.#number += 1;
    this.#calls.set(this.#number, call);
    // Whoever waits for an answer keeps the process alive.
    this.#worker.ref();
    this.#worker.postMessage({ number: this.#number, method, given } satisfies Call);
    return call.promise;
  }
}

/** In the thread: does what it is called for. */
export function serve(store: Store, port: MessagePort): void {
  store.onChange(() => port.postMessage({ number: null } satisfies Answer));
  const working = new Set<Promise<void>>();
  port.on('message', async (call: Call) => {
    if (call.method === null) await Promise.all(working);
    const work = answered(store, call).then((answer) => port.postMessage(answer));
    working.add(work);
    await work;
    working.delete(work);
  });
}

async function answered(store: Store, { number, method, given }: Call): Promise<Answer> {
  try {
    const work = method === null ? store.close : (store[method] as (...values: readonly unknown[]) => Promise<unknown>);
    return { number, result: await work(...given) };
  } catch (thrown) {
    return { number, failure: toFailure(thrown) };
  }
}

function toFailure(thrown: unknown): Failure {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const { code = null, retryable = false, retryAfterMs } = thrown instanceof GatewayError ? thrown : {};
  return { message, code, retryable, retryAfterMs };
}

function toError({ message, code, ...how }: Failure): Error {
  return code === null ? new Error(message) : new GatewayError(code, message, how);
}

const lost = (cause: unknown): GatewayError =>
  new GatewayError('UNAVAILABLE', 'The thread that searches and keeps copies has ended. It begins anew: try again.', {
    ...{ retryable: true, cause },
  });
