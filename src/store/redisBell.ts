import { COMMAND_MS, connectRedis, Presence, type RedisEvents } from '../redis.ts';

/** What several gateways wake one another by. It carries that something has changed, and nothing of what: the store tells. */
export interface Bell {
  ring(): void;
  /** Calls when another has rung, or may have. @returns ends it */
  hear(heard: () => void): () => void;
  close(): void;
}

const CHANNEL = 'clientele:changed';

/** While Redis is away, the slow looks at the store do. What can't be said then is said when it is back, once. */
export function openRedisBell(url: string, events: RedisEvents): Bell {
  const listeners = new Set<() => void>();
  const heard = (): void => {
    for (const listener of listeners) listener();
  };
  // A connection that listens can say nothing.
  const speaking = connectRedis(url, 'clientele', { commandTimeout: COMMAND_MS });
  const listening = connectRedis(url, 'clientele');
  const presence = new Presence(events);
  presence.watch(speaking, listening);
  let isOwed = false;
  let isRinging = false;

  const recovered = (): void => {
    if (speaking.status === 'ready' && listening.status === 'ready') presence.answered();
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
      presence.failed(error as Error);
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
      presence.failed(error as Error);
    }
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
      presence.end();
      speaking.disconnect();
      listening.disconnect();
    },
  };
}
