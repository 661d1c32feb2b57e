import { Redis, type RedisOptions } from 'ioredis';

/** What can't be asked now is not asked later, and nobody has to wait for Redis, at the start or later. */
const OPTIONS = {
  connectTimeout: 5_000,
  enableOfflineQueue: false,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: (times: number) => Math.min(100 * 2 ** Math.min(times, 10), 5_000),
} satisfies RedisOptions;

/** How long a command may take, in milliseconds, where its connection does not listen. */
export const COMMAND_MS = 5_000;

/** Connects, again and again where it has to, until it is disconnected. @param name that the server lists it by */
export const connectRedis = (url: string, name: string, options: Own = {}): Redis =>
  new Redis(url, { ...OPTIONS, connectionName: name, ...options });

type Own = Pick<RedisOptions, 'commandTimeout' | 'scripts'>;

export interface RedisEvents {
  /** It can't be reached, or refuses: told once until it is back. */
  lost(error: Error): void;
  back(): void;
}

/** Whether Redis is there, told whenever that has changed. At first it is taken to be. */
export class Presence {
  readonly #events: RedisEvents;
  #isLost = false;
  #isOver = false;

  constructor(events: RedisEvents) {
    this.#events = events;
  }

  /** Whatever fails on these connections is told of. */
  watch(...connections: readonly Redis[]): void {
    for (const connection of connections)
      connection
        .on('error', (error: Error) => this.failed(error))
        .on('close', () => this.failed(new Error('the connection was closed')));
  }

  failed(error: Error): void {
    if (this.#isLost || this.#isOver) return;
    this.#isLost = true;
    this.#events.lost(error);
  }

  answered(): void {
    if (!this.#isLost || this.#isOver) return;
    this.#isLost = false;
    this.#events.back();
  }

  /** Nothing is told any more. */
  end(): void {
    this.#isOver = true;
  }
}
