import { expect } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import type { Begun, MutationToKeep, WriteToKeep } from '../../src/store/writes.ts';
import { keyOf, time } from './storeRecords.ts';

/** Mutations and writes as tests of the store make them. */

export const ask = (said: Partial<MutationToKeep> = {}): MutationToKeep => ({
  ...{ caller: 'shop', kind: 'CREATE', key: null, input: 'hash', at: time(0), heldUntil: time(100) },
  latestHold: time(9_000),
  ...said,
});

export const write = (): WriteToKeep => ({
  ...{ provider: 'octobat', providerId: null, customer: keyOf('nutcache 1') },
  ...{ fields: ['email'], content: '{"email":"jan@example.com"}' },
});

export const settlement = (id: number, state: 'DONE' | 'FAILED' | 'UNKNOWN') => ({
  writes: [{ id, state, providerId: null, result: '{}' }],
  ...{ at: time(9), request: 'a request', records: [], changes: [] },
});

export function begun(what: Begun): number {
  if (what.state !== 'NEW') throw new Error(`it is ${what.state}`);
  return what.mutation;
}

export async function sent(
  store: Store,
  said: Partial<MutationToKeep> = {},
): Promise<{ mutation: number; id: number }> {
  const mutation = begun(await store.beginMutation(ask(said)));
  const [id = 0] = (await store.intend(mutation, said.heldUntil ?? time(100), [write()], time(1))) ?? [];
  expect(await store.takeToSend(id, null)).toBe(true);
  return { mutation, id };
}
