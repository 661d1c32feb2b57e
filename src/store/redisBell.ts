import { Redis, type RedisOptions } from 'ioredis';

/** What several gateways wake one another by. It carries that something has changed, and nothing of what: the store tells. */
export interface Bell {
  ring(): void;
  /** Calls when another has rung, or may have. @returns ends it */
  hear(heard: () => void): () => void;
  close(): void;
}

export interface BellEvents {
  /** It can't be reached, or refuses: told once until it is back. */
  lost(error: Error): void;
  back(): void;
}

const CHANNEL = 'clientele:changed';

const OPTIONS = {
  connectionName: 'clientele',
  connectTimeout: 5_000,
  // What can't be said now is said when it is back, once.
  enableOfflineQueue: false,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  retryStrategy: (times: number) => Math.min(100 * 2 ** Math.min(times, 10), 5_000),
} satisfies RedisOptions;

/** Nobody has to wait for Redis, at the start or later: while it is away, the slow looks at the store do. */
export function openRedisBell(url: string, { lost, back }: BellEvents): Bell {
  const listeners = new Set<() => void>();
  const heard = (): void => {
    for (const listener of listeners) listener();
  };
  // A connection that listens can say nothing.
  const speaking = new Redis(url, { ...OPTIONS, commandTimeout: 5_000 });
  const listening = new Redis(url, OPTIONS);
  let isLost = false;
  let isOver = false;
  let isOwed = false;
  let isRinging = false;

  const failed = (error: Error): void => {
    if (isLost || isOver) return;
    isLost = true;
    lost(error);
  };

  const recovered = (): void => {
    if (!isLost || speaking.status !== 'ready' || listening.status !== 'ready') return;
    isLost = false;
    back();
  };

  async function ring(): Promise<void> {
    isOwed = true;
    if (isRinging) return;
    isRinging = true;
    try {
      while (isOwed && speaking.status === 'ready') {
        isOwed = false;
        await speaking.publish(CHANNEL, '');
        recovered();
      }
    } catch (error) {
      isOwed = true;
      failed(error as Error);
    }
    isRinging = false;
  }

  async function listen(): Promise<void> {
    try {
      await listening.subscribe(CHANNEL);
      recovered();
      // Whoever rang meanwhile was not heard.
      heard();
    } catch (error) {
      failed(error as Error);
    }
  }

  for (const connection of [speaking, listening]) {
    connection.on('error', failed);
    connection.on('close', () => failed(new Error('the connection was closed')));
  }
  speaking.on('ready', () => {
    recovered();
    if (isOwed) void ring();
  });
  listening.on('ready', () => void listen()).on('message', heard);

  return {
    ring: () => void ring(),
    hear(listener) {
      const own = (): void => listener();
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    close() {
      isOver = true;
      speaking.disconnect();
      listening.disconnect();
    },
  };
}
