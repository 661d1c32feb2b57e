import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import { expect, it } from 'vitest';
import type { Operation } from '../gateway/operation.ts';
import { createStreams } from './sse.ts';
import type { EventSource } from './subscribe.ts';

/** The end of a stream that a client does not read: it takes so many pieces, then no more until it says so. */
class Client extends EventEmitter {
  written: string[] = [];
  room: number;
  closed = false;
  destroyed = false;

  constructor(room: number) {
    super();
    this.room = room;
  }

  setHeader(): void {}
  writeHead(): void {}

  get writableNeedDrain(): boolean {
    return this.room <= 0;
  }

  write(text: string): boolean {
    this.written.push(text);
    this.room -= 1;
    return this.room > 0;
  }

  end(text: string): void {
    this.written.push(text);
  }

  drain(room: number): void {
    this.room = room;
    this.emit('drain');
  }

  destroy(): void {
    this.closed = true;
    this.emit('close');
  }

  as(): ServerResponse {
    return this as unknown as ServerResponse;
  }
}

/** Gives one event after the other, at once. */
function endless() {
  let taken = 0;
  let isOver = false;
  const source: EventSource = {
    [Symbol.asyncIterator]: () => source,
    async next() {
      if (isOver) return { done: true, value: undefined };
      taken += 1;
      return { done: false, value: { cursor: String(taken) } };
    },
    async return() {
      isOver = true;
      return { done: true, value: undefined };
    },
  };
  return { source, taken: () => taken, isOver: () => isOver };
}

const listener = { operation: async () => ({}) as Operation, tell: () => new GraphQLError('told') };
const answer = async () => ({ data: {} });

/** Until nothing goes on by itself any more. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
}

it('takes an event when there is room for it, and not before', async () => {
  const client = new Client(4);
  const { source, taken } = endless();
  const streams = createStreams();
  const sent = streams.send(client.as(), { source, answer }, listener);
  await settled();
  expect([taken(), client.written.length]).toEqual([3, 4]);
  client.drain(5);
  await settled();
  expect([taken(), client.written.length]).toEqual([8, 9]);
  client.drain(1_000);
  streams.stop();
  expect(await sent).toBeGreaterThanOrEqual(8);
  expect(client.written.at(-1)).toBe('event: complete\ndata:\n\n');
});

it('ends for a client that hangs up without having read', async () => {
  const client = new Client(2);
  const { source, isOver } = endless();
  const sent = createStreams().send(client.as(), { source, answer }, listener);
  await settled();
  client.destroy();
  await sent;
  expect(isOver()).toBe(true);
});

it('has nobody wait for a client that does not read, when all is to end', async () => {
  const client = new Client(2);
  const { source } = endless();
  const streams = createStreams();
  const sent = streams.send(client.as(), { source, answer }, listener);
  await settled();
  streams.stop();
  await sent;
  expect(client.closed).toBe(true);
});

it('ends with what kept it from going on, told in words', async () => {
  const client = new Client(1_000);
  const { source, isOver } = endless();
  const failing = async () => {
    throw new Error('hunter2');
  };
  expect(await createStreams().send(client.as(), { source, answer: failing }, listener)).toBe(0);
  expect(client.written.slice(1)).toEqual([
    'event: next\ndata: {"errors":[{"message":"told"}]}\n\n',
    'event: complete\ndata:\n\n',
  ]);
  expect(isOver()).toBe(true);
});
