import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../errors.ts';
import type { KeptWrite, WriteState } from '../../store/writes.ts';
import type { Operation } from '../operation.ts';
import {
  endOfHold,
  hasLeft,
  type Intent,
  intended,
  isFinished,
  isHeld,
  latestHold,
  notedOf,
  sent,
  settlementOf,
  toldAgain,
  toWrite,
  type Write,
} from './journal.ts';
import { begunAt, member, NOW, operate, record } from './test-operation.ts';

/** What is kept of writes and made of it, on a store that says what it is told to. */

const change = { field: 'email', from: 'a@example.com', to: 'b@example.com' } as never;
const content = { changes: [change], ignoredFields: ['phone'], isNew: false, sought: { etag: 1 } };
const intent: Intent = { ...content, member, record };
const write: Write = { ...intent, id: 7, kind: 'UPDATE', begunAt };

const kept = (state: WriteState, more: Partial<KeptWrite> = {}): KeptWrite => ({
  ...{ id: 7, mutation: 3, caller: 'shop', kind: 'UPDATE', state, provider: 'octobat', providerId: 'oc_1' },
  ...{ customer: record, fields: ['email'], content: JSON.stringify(content), noted: null, result: null },
  ...{ knownTo: 0, begunAt, settledAt: null, ...more },
});

const result = (neverLeft: boolean, status: string, error: object | null = null) => ({
  result: JSON.stringify({ neverLeft, status, error }),
});

const outcome = {
  ...{ writeId: 7, member, record, changes: [change], ignoredFields: ['phone'], replaces: true, request: null },
};

describe('a hold', () => {
  it('is for twice the time of an operation and a second, and one that ends later than two of them is none', () => {
    const { operation } = operate({});
    expect(endOfHold(operation)).toEqual(new Date(NOW + 3_000));
    expect(latestHold(operation.gateway)).toEqual(new Date(NOW + 6_000));
    const held = [0, 1, 6_000, 6_001].map((ms) => isHeld(operation.gateway, new Date(NOW + ms)));
    expect(held).toEqual([false, true, true, false]);
  });
});

describe('what is about to be sent', () => {
  const hold = { id: 3, heldUntil: new Date(NOW + 9) };
  const mutation = { kind: 'UPDATE', kept: hold, decidedAt: begunAt, hasLeft: false } as const;

  it('is kept before, with all that tells whether it was done', async () => {
    const { operation, asked } = operate({ intend: [7] });
    const writes = await intended(operation, mutation, record, [intent]);
    expect(writes).toEqual([{ ...write, begunAt: new Date(NOW) }]);
    const keeping = { ...record, customer: record, fields: ['email'], content: JSON.stringify(content) };
    expect(asked).toEqual([['carryThrough'], ['intend', 3, hold.heldUntil, [keeping], new Date(NOW)]]);
  });

  it('may be a record that the provider is to make', async () => {
    const { operation, asked } = operate({ intend: [7] });
    await intended(operation, mutation, null, [{ ...intent, record: null }]);
    expect(asked[1]?.[3]).toMatchObject([{ provider: 'octobat', providerId: null, customer: null }]);
  });

  it('is not sent where the hold is somebody else’s by now', async () => {
    const { operation } = operate({ intend: null });
    await expect(intended(operation, mutation, record, [intent])).rejects.toMatchObject({
      ...{ code: 'UNAVAILABLE', retryable: true },
      message: 'The gateway took too long, and sent nothing. Try again.',
    });
  });

  it('is nothing where nothing is to be sent: then nothing is begun, and nobody carried through', async () => {
    const { operation, asked } = operate({});
    expect(await intended(operation, { ...mutation, kept: null }, record, [])).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('is begun then, where it is not to be repeated', async () => {
    const begun = { state: 'NEW', mutation: 5, begunAt, heldUntil: new Date(NOW + 8) };
    const { operation, asked } = operate({ beginMutation: begun, intend: [7] });
    await intended(operation, { ...mutation, kept: null }, record, [intent]);
    const own = { caller: 'shop', kind: 'UPDATE', key: null, input: '', at: new Date(NOW) };
    const holds = { heldUntil: new Date(NOW + 3_000), latestHold: new Date(NOW + 6_000) };
    expect(asked.slice(1)).toEqual([
      ['beginMutation', { ...own, ...holds }],
      ['intend', 5, begun.heldUntil, expect.anything(), new Date(NOW)],
    ]);
    const there = operate({ beginMutation: { ...begun, state: 'LEFT' } }).operation;
    await expect(intended(there, { ...mutation, kept: null }, record, [intent])).rejects.toThrow(
      'a mutation without a key was there before',
    );
  });
});

describe('sending', () => {
  const done = { providerId: 'oc_1', remembered: { a: 1 } };
  const send = (operation: Operation, act: () => Promise<typeof done>, more = {}) =>
    sent(operation, write, { holder: 'h', act, ...more });

  it('notes what the provider has answered at once', async () => {
    const { operation, asked } = operate({ takeToSend: true });
    const at = new Date(NOW);
    expect(await send(operation, async () => done)).toEqual({
      ...{ write, outcome: { ...outcome, status: 'SUCCEEDED', error: null }, done: { ...done, at }, neverLeft: false },
    });
    expect(asked).toEqual([
      ['takeToSend', 7, 'h'],
      ['noteAnswer', 7, JSON.stringify({ done: { ...done, at } })],
    ]);
  });

  it('has succeeded also where that can’t be noted, which is told', async () => {
    const away = new Error('away');
    const { operation, unforeseen } = operate({ takeToSend: true, noteAnswer: away });
    expect((await send(operation, async () => done)).outcome.status).toBe('SUCCEEDED');
    expect(unforeseen).toEqual([[away, 'request']]);
  });

  it('does not happen where somebody else has sent it: what they know of it stays', async () => {
    const { operation } = operate({ takeToSend: false });
    const tried = await send(operation, () => expect.unreachable());
    expect(tried).toMatchObject({ done: null, from: ['INTENT'], outcome: { status: 'FAILED' } });
    expect(tried.outcome.error).toMatchObject({ code: 'UNAVAILABLE', retryable: true, member });
  });

  it('says whether anything has left, where it fails', async () => {
    const problem = (delivery: 'not-sent' | 'unknown' | 'delivered') =>
      new GatewayError('PROVIDER_UNAVAILABLE', 'no', { delivery } as never);
    const { operation } = operate({ takeToSend: true });
    const tell = async (delivery: 'not-sent' | 'unknown' | 'delivered', more = {}) => {
      const { neverLeft, outcome, ...tried } = await send(operation, () => Promise.reject(problem(delivery)), more);
      return [neverLeft, outcome.status, 'from' in tried];
    };
    expect(await tell('not-sent')).toEqual([true, 'FAILED', false]);
    expect(await tell('unknown')).toEqual([false, 'OUTCOME_UNKNOWN', false]);
    expect(await tell('delivered')).toEqual([false, 'FAILED', false]);
    const refused = async () => ({ status: 'UNCHANGED', error: null });
    expect(await tell('delivered', { refused })).toEqual([false, 'UNCHANGED', false]);
  });
});

describe('a write that is told again', () => {
  const { operation } = operate({});
  const told = (state: WriteState, more?: Partial<KeptWrite>) => toldAgain(operation, kept(state, more));

  it('is unknown while it may be on its way', () => {
    for (const state of ['INTENT', 'SENT'] as const)
      expect(told(state)).toMatchObject({
        ...{ status: 'OUTCOME_UNKNOWN', record, writeId: 7, changes: [change] },
        error: { code: 'OUTCOME_UNKNOWN', member, message: expect.stringContaining('Octobat may have done it') },
      });
  });

  it('says what came of it, and of its error all but the provider is kept', () => {
    const error = { code: 'PROVIDER_REJECTED', message: 'no', field: null, retryable: false, retryAfterMs: null };
    expect(told('DONE', result(false, 'UNCHANGED'))).toEqual({ ...outcome, status: 'UNCHANGED', error: null });
    expect(told('FAILED', result(false, 'FAILED', error))).toEqual({
      ...{ ...outcome, status: 'FAILED', error: { ...error, member } },
    });
  });

  it('that somebody has settled without a word is what its state says', () => {
    expect((['DONE', 'FAILED', 'UNKNOWN'] as const).map((state) => told(state).status)).toEqual([
      ...['SUCCEEDED', 'FAILED', 'OUTCOME_UNKNOWN'],
    ]);
  });

  it('has a record where it was made, and none where it was not', () => {
    const made = { content: JSON.stringify({ ...content, isNew: true }), kind: 'CREATE' } as const;
    expect([told('DONE', made).record, told('FAILED', made).record, told('UNKNOWN', made).record]).toEqual([
      ...[record, null, null],
    ]);
    expect(told('DONE', { ...made, providerId: null }).record).toBeNull();
    expect(told('DONE', made).replaces).toBe(false);
  });

  it('of a customer who was erased says nothing of them', () => {
    expect(toWrite(operation, kept('DONE', { content: '{}' }))).toEqual({
      ...{ ...write, changes: [], ignoredFields: [], sought: undefined },
    });
    expect(toWrite(operation, kept('DONE'))).toEqual(write);
    expect(toWrite(operation, kept('DONE', { providerId: null })).record).toBeNull();
  });

  it('is as its provider was noted to have answered', () => {
    const at = new Date(NOW);
    expect(notedOf(kept('SENT'))).toBeNull();
    expect(notedOf(kept('SENT', { noted: JSON.stringify({ done: { providerId: 'oc_1', at } }) }))).toEqual({
      ...{ providerId: 'oc_1', at },
    });
  });
});

describe('a repetition', () => {
  it('leaves alone what was done, what may have been, and what the provider has refused for good', () => {
    const finished = (state: WriteState, more?: Partial<KeptWrite>) => isFinished(kept(state, more));
    const retryable = { retryable: true };
    expect([finished('DONE'), finished('UNKNOWN'), finished('SENT'), finished('INTENT')]).toEqual([
      ...[true, true, true, true],
    ]);
    expect(finished('FAILED', result(false, 'FAILED', { retryable: false }))).toBe(true);
    expect(finished('FAILED', result(false, 'FAILED', retryable))).toBe(false);
    expect(finished('FAILED', result(true, 'FAILED'))).toBe(false);
  });

  it('knows what has left', () => {
    expect(hasLeft(kept('INTENT'))).toBe(false);
    expect(hasLeft(kept('SENT'))).toBe(true);
    expect(hasLeft(kept('FAILED', result(true, 'FAILED')))).toBe(false);
    expect(hasLeft(kept('FAILED', result(false, 'FAILED')))).toBe(true);
  });
});

describe('what is settled', () => {
  const error = { code: 'PROVIDER_REJECTED', message: 'no', field: null, member, retryable: false, retryAfterMs: null };
  const settled = (status: string, more = {}, said: object = {}) =>
    settlementOf({
      ...{ write, done: null, neverLeft: false, ...more },
      outcome: { ...outcome, error: null, ...said, status } as never,
    });

  it('takes the place of less that was known, and of no more', () => {
    const done = { providerId: 'oc_1', at: begunAt };
    expect(settled('SUCCEEDED', { done })).toMatchObject({ state: 'DONE', from: ['SENT', 'UNKNOWN', 'FAILED'] });
    expect(settled('FAILED')).toMatchObject({ state: 'FAILED', from: ['SENT', 'UNKNOWN'] });
    expect(settled('OUTCOME_UNKNOWN')).toMatchObject({ state: 'UNKNOWN', from: ['SENT'] });
    expect(settled('NOT_SENT', { from: ['INTENT'] })).toMatchObject({ state: 'FAILED', from: ['INTENT'] });
    expect([settled('UNCHANGED').state, settled('PREVIEWED').state]).toEqual(['DONE', 'FAILED']);
  });

  it('keeps the error without its provider, and its code where it has failed', () => {
    const { member: _, ...said } = error;
    expect(settled('FAILED', { neverLeft: true }, { error })).toEqual({
      ...{ id: 7, state: 'FAILED', from: ['SENT', 'UNKNOWN'], providerId: null, errorCode: 'PROVIDER_REJECTED' },
      result: JSON.stringify({ neverLeft: true, status: 'FAILED', error: said }),
    });
    expect(settled('OUTCOME_UNKNOWN', {}, { error })).not.toHaveProperty('errorCode');
  });

  it('names the record that was made, and where nobody has said so, as found', () => {
    const made = { write: { ...write, record: null } };
    expect(settled('SUCCEEDED', made)).toMatchObject({ providerId: 'oc_1' });
    expect(settled('SUCCEEDED', made)).not.toHaveProperty('found');
    expect(settled('SUCCEEDED', { ...made, isFound: true })).toMatchObject({ providerId: 'oc_1', found: record });
    expect(settled('SUCCEEDED', { isFound: true })).not.toHaveProperty('found');
  });
});
