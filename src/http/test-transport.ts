import type { Socket } from 'node:net';
import { afterEach } from 'vitest';
import { type Origin, startOrigin, startRawOrigin } from '../../test/support/origin.ts';
import { systemClock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import {
  type CallLimits,
  createTransport,
  type ProviderAnswer,
  type ProviderRequest,
  type Transport,
} from './transport.ts';

export const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

export const http = async (handle: Parameters<typeof startOrigin>[0]): Promise<Origin> =>
  kept(await startOrigin(handle));
export const raw = async (handle: (socket: Socket, head: string) => void): Promise<Origin> =>
  kept(await startRawOrigin(handle));

function kept<T extends { close(): Promise<unknown> }>(one: T): T {
  closing.push(() => one.close());
  return one;
}

interface TestTransport extends Omit<Transport, 'send'> {
  /** Gives the answer as it is. */
  send(request: ProviderRequest, limits: CallLimits): Promise<ProviderAnswer>;
  readonly read: Transport['send'];
}

export function transportTo(url: string, more: Partial<Parameters<typeof createTransport>[0]> = {}): TestTransport {
  const transport = kept(
    createTransport({
      provider: 'acme',
      url: new URL(url),
      headers: { authorization: 'Bearer hush' },
      timeoutMs: 5_000,
      clock: systemClock,
      report: () => undefined,
      ...more,
    }),
  );
  return {
    ...transport,
    read: transport.send,
    send: (request, limits) => transport.send(request, limits, (answer) => answer),
  };
}

export const get: ProviderRequest = { method: 'GET', path: '/one', route: '/one' };
export const post: ProviderRequest = { method: 'POST', path: '/one', route: '/one', json: { a: 1 } };
export const within = (ms: number) => ({ deadlineAt: systemClock.elapsed() + ms });
export const problemOf = async (sending: Promise<unknown>): Promise<GatewayError> => {
  const thrown = await sending.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof GatewayError)) throw new Error('no GatewayError was thrown', { cause: thrown });
  return thrown;
};
export const told = ({ code, delivery, retryable }: GatewayError) => [code, delivery, retryable];

export const json = (value: unknown): string => {
  const body = JSON.stringify(value);
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
};
