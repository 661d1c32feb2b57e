import { setTimeout as wait } from 'node:timers/promises';
import { GatewayError } from '../../errors.ts';
import type { Operation } from '../operation.ts';

const MOST_TRIES = 3;
const PAUSE_MS = 50;

/**
 * Sends a write, and once more where nothing of it was sent: no connection could be made. Whatever else goes wrong, it may have
 * been done, or will be refused again.
 */
export async function untilSent<Result>(operation: Operation, send: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (thrown) {
      // Anywhere within it, so that those who failed together don't come back together.
      const pauseMs = Math.random() * PAUSE_MS * 2 ** tries;
      if (!wasNotSent(thrown) || tries === MOST_TRIES || pauseMs >= operation.leftMs) throw thrown;
      await wait(pauseMs);
    }
  }
}

const wasNotSent = (thrown: unknown): boolean =>
  thrown instanceof GatewayError && thrown.code === 'PROVIDER_UNAVAILABLE' && thrown.delivery === 'not-sent';
