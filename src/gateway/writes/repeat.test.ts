import { describe, expect, it } from 'vitest';
import { createIds } from '../../ids/ids.ts';
import { createSealer } from '../../ids/seal.ts';
import type { Earlier } from './repeat.ts';
import { once } from './repeat.ts';
import { begunAt, member, NOW, operate, record } from './test-operation.ts';

/** Who is let do a mutation, and who is told what came of it, by what is kept of its key. */

const ids = createIds(createSealer('n'.repeat(32), 'o'.repeat(32)));
const turns = { take: (_line: unknown, _ms: unknown, act: () => unknown) => act() };
const asked = { kind: 'CREATE', key: 'order 1', meaning: { lastName: 'Lovelace' } } as const;
const [now, before] = ids.fingerprints(['key', 'order 1']);
const [input] = ids.fingerprints(['input', 'CREATE', asked.meaning]);
const heldUntil = new Date(NOW + 9);
const nothing: Earlier = { writes: [], customer: null, unchanged: [], hasLeft: false };
const answer = { customer: record, outcomes: [], errors: [] };

/** Asks, and tells what was answered, what was performed, and what the store was asked. */
async function ask(answers: Record<string, unknown>, request: Parameters<typeof once>[1] = asked, more = {}) {
  const { operation, asked: store, unforeseen } = operate({ mutationBy: null, ...answers }, { ids, turns, ...more });
  const performed: unknown[] = [];
  const result = await once(operation, request, async (...with_) => {
    performed.push(with_);
    return answer;
  });
  return { result, performed, store, unforeseen, names: store.map(([name]) => name) };
}

const refusal = (code: string, message: string) => ({
  ...{ customer: null, outcomes: [] },
  errors: [expect.objectContaining({ code, message, field: ['idempotencyKey'] })],
});
const UNFIT = refusal('INVALID_INPUT', 'A key has 1 to 255 characters: a UUID, or the number of an order.');
const REUSED = refusal(
  'IDEMPOTENCY_KEY_REUSED',
  'This key was used for another input. A key is for one mutation and its repetitions: make a new one.',
);
const IN_PROGRESS = refusal(
  'IDEMPOTENCY_IN_PROGRESS',
  'The first call with this key is still under way. Ask again in a moment: the answer will be its own.',
);

it('a mutation without a key is done, and nothing is asked for', async () => {
  const { result, performed, names } = await ask({}, { ...asked, key: null });
  expect([result, names]).toEqual([answer, []]);
  expect(performed).toEqual([[{ kind: 'CREATE', kept: null, hasLeft: false, decidedAt: new Date(NOW) }, nothing]]);
});

it('a key has 1 to 255 characters that are not all blank', async () => {
  const begun = { beginMutation: { state: 'NEW', mutation: 3, begunAt, heldUntil } };
  expect((await ask(begun, { ...asked, key: 'x'.repeat(255) })).result).toBe(answer);
  for (const key of ['', ' ', '\t', 'x'.repeat(256)]) {
    const { result, names } = await ask(begun, { ...asked, key });
    expect([result, names]).toEqual([UNFIT, []]);
  }
});

it('a new one is done under its hold, as of when it was begun, and let go of', async () => {
  const { result, performed, store } = await ask({ beginMutation: { state: 'NEW', mutation: 3, begunAt, heldUntil } });
  expect(result).toBe(answer);
  const mutation = { kind: 'CREATE', kept: { id: 3, heldUntil }, decidedAt: begunAt, hasLeft: false };
  expect(performed).toEqual([[mutation, { ...nothing, answer: null }]]);
  const holds = { at: new Date(NOW), heldUntil: new Date(NOW + 3_000), latestHold: new Date(NOW + 6_000) };
  expect(store).toEqual([
    ['mutationBy', 'shop', now],
    ['mutationBy', 'shop', before],
    ['beginMutation', { caller: 'shop', kind: 'CREATE', key: now, input, ...holds }],
    ['letGo', 3, heldUntil],
  ]);
});

it('is let go of also where it fails, and that it can’t be is told', async () => {
  const away = new Error('away');
  const answers = { mutationBy: null, beginMutation: { state: 'NEW', mutation: 3, begunAt, heldUntil }, letGo: away };
  const { operation, unforeseen } = operate(answers, { ids, turns });
  await expect(once(operation, asked, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
  expect(unforeseen).toEqual([[away, 'request']]);
});

describe('one that was begun before', () => {
  const found = { mutation: 3, kind: 'CREATE', input, begunAt, heldUntil: new Date(0) };
  const done = {
    ...{ id: 7, mutation: 3, caller: 'shop', kind: 'CREATE', state: 'DONE', ...record, customer: null, fields: [] },
    ...{ content: '{}', noted: null, result: null, knownTo: 0, begunAt, settledAt: null },
  };

  it('for another input, or as another mutation, is refused, and nothing is begun', async () => {
    for (const other of [{ input: 'x' }, { kind: 'UPDATE' }]) {
      const { result, performed, names } = await ask({ mutationBy: { ...found, ...other } });
      expect([result, performed, names]).toEqual([REUSED, [], ['mutationBy']]);
    }
    const { result, performed } = await ask({ beginMutation: { state: 'OTHER_INPUT' } });
    expect([result, performed]).toEqual([REUSED, []]);
  });

  it('is found by the secret of before, and goes on by it', async () => {
    const kept = { ...found, input: ids.fingerprints(['input', 'CREATE', asked.meaning])[1] };
    const { store } = await ask({
      mutationBy: (_caller: string, key: string) => (key === before ? kept : null),
      ...{ writesOf: [], restOf: null, beginMutation: { state: 'LEFT', mutation: 3, begunAt, heldUntil } },
    });
    expect(store.find(([name]) => name === 'beginMutation')?.[1]).toMatchObject({ key: before, input: kept.input });
  });

  it('that somebody is at is theirs: who can’t wait is told when to come again', async () => {
    const until = new Date(NOW + 500);
    const { result, performed, names } = await ask({ mutationBy: { ...found, heldUntil: until } });
    expect([result, performed]).toEqual([IN_PROGRESS, []]);
    expect(result.errors).toMatchObject([{ retryable: true, retryAfterMs: 500 }]);
    expect(names).toEqual(['mutationBy']);
    const over = await ask({ beginMutation: { state: 'HELD', until: new Date(NOW - 500) } });
    expect(over.result.errors).toMatchObject([{ code: 'IDEMPOTENCY_IN_PROGRESS', retryAfterMs: 0 }]);
  });

  it('that stands in line behind another of this process is in progress', async () => {
    const { result } = await ask({}, asked, { turns: { take: async () => null } });
    expect(result).toEqual(IN_PROGRESS);
    expect(result.errors).toMatchObject([{ retryAfterMs: 0 }]);
  });

  it('and is known to its end is answered, and taken from nobody', async () => {
    const { result, performed, names } = await ask({ mutationBy: found, writesOf: [done], restOf: '[]' });
    expect(result).toMatchObject({ customer: record, outcomes: [{ status: 'SUCCEEDED', member }], errors: [] });
    expect(result.outcomes).toHaveLength(1);
    expect([performed, names]).toEqual([[], ['mutationBy', 'writesOf', 'restOf']]);
  });

  it('is done as far as nothing was sent of it, by who knows what was', async () => {
    const begun = { state: 'LEFT', mutation: 3, begunAt, heldUntil };
    const unsent = { ...done, id: 8, provider: 'nutcache', state: 'FAILED', providerId: null };
    const failed = { ...unsent, result: JSON.stringify({ neverLeft: true, status: 'FAILED', error: null }) };
    const rest = JSON.stringify([{ ...done, status: 'UNCHANGED', member: 'octobat', error: null }]);
    const { result, performed } = await ask({
      ...{ mutationBy: found, beginMutation: begun, writesOf: [done, failed], restOf: rest },
    });
    expect(result).toBe(answer);
    expect(performed).toMatchObject([
      [
        { kind: 'CREATE', kept: { id: 3, heldUntil }, decidedAt: begunAt, hasLeft: true },
        { writes: [done], customer: record, unchanged: [{ status: 'UNCHANGED' }], hasLeft: true, answer: null },
      ],
    ]);
    const nothingLeft = await ask({ mutationBy: found, beginMutation: begun, writesOf: [failed], restOf: null });
    expect(nothingLeft.performed).toMatchObject([[{ hasLeft: false }, { ...nothing, answer: null }]]);
  });

  it('of several tries of one record the last one counts', async () => {
    const first = { ...done, state: 'FAILED', providerId: null, result: '{"status":"FAILED"}' };
    const { result } = await ask({ mutationBy: found, writesOf: [first, { ...done, id: 9 }], restOf: '[]' });
    expect(result.outcomes.map(({ writeId, status }) => [writeId, status])).toEqual([[9, 'SUCCEEDED']]);
    const update = { ...first, kind: 'UPDATE', providerId: 'a', state: 'DONE', result: null };
    const two = await ask({
      mutationBy: found,
      writesOf: [update, { ...update, id: 9, providerId: 'b' }],
      restOf: '[]',
    });
    expect(two.result.outcomes.map(({ writeId }) => writeId)).toEqual([7, 9]);
  });
});
