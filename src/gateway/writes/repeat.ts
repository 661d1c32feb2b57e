import { setTimeout as wait } from 'node:timers/promises';
import type { RecordKey } from '../../ids/ids.ts';
import type { Seals } from '../../ids/seal.ts';
import type { Begun, KeptMutation, KeptWrite, WriteKind } from '../../store/writes.ts';
import type { Operation } from '../operation.ts';
import { endOfHold, hasLeft, isFinished, isHeld, latestHold, type Mutation, toldAgain } from './journal.ts';
import { keptRest, refused, resultOf, type WriteOutcome, type WriteResult, writeError } from './outcome.ts';
import { recovered } from './recovery.ts';

/**
 * Mutations that a caller may repeat: a second call with the same key and the same meaning gets the first one's answer, and
 * does only what the first could not even send.
 */

/** A mutation as its caller has asked for it. */
export interface Asked {
  readonly kind: WriteKind;
  /** null: it is not to be repeated. */
  readonly key: string | null;
  /** What it means, however it was spelt. */
  readonly meaning: unknown;
}

/** What was done of a mutation before. */
export interface Earlier {
  /** Those that stay as they are. */
  readonly writes: readonly KeptWrite[];
  /** Any record of the customer that was written to; null: nothing was. */
  readonly customer: RecordKey | null;
  /** What had it all already. */
  readonly unchanged: readonly WriteOutcome[];
  /** Something was sent. */
  readonly hasLeft: boolean;
}

/** A listing would take longer than a caller waits. */
const REPEATED = { isRepeated: true, again: () => undefined, list: () => undefined };

const NOTHING: Earlier = { writes: [], customer: null, unchanged: [], hasLeft: false };

/** Longer ones are no names of requests. */
const MOST_LETTERS = 255;

export async function once(
  operation: Operation,
  { kind, key, meaning }: Asked,
  perform: (mutation: Mutation, earlier: Earlier) => Promise<WriteResult>,
): Promise<WriteResult> {
  if (key === null) return perform(unkept(operation, kind), NOTHING);
  if (key.trim() === '' || key.length > MOST_LETTERS) return unfit();
  const { ids, store, clock, turns, unforeseen } = operation.gateway;
  const named = { kind, keys: ids.fingerprints(['key', key]), inputs: ids.fingerprints(['input', kind, meaning]) };
  // Those of this process come one after the other by themselves.
  const line = [`key ${operation.caller.name} ${named.keys[0]}`];
  const result = await turns.take(line, operation.leftMs, async () => {
    const begun = await began(operation, named);
    if (begun.state === 'ANSWERED') return begun.answer;
    if (begun.state === 'OTHER_INPUT') return reused();
    if (begun.state === 'HELD') return inProgress(begun.until.getTime() - clock.now());
    const { mutation, begunAt: decidedAt, heldUntil } = begun;
    try {
      const earlier = begun.state === 'LEFT' ? await whatIsLeft(operation, mutation) : { ...NOTHING, answer: null };
      return (
        earlier.answer ??
        (await perform({ kind, kept: { id: mutation, heldUntil }, decidedAt, hasLeft: earlier.hasLeft }, earlier))
      );
    } finally {
      // Where nothing was sent, it was never there; else whoever comes next may go on.
      await store.letGo(mutation, heldUntil).catch((thrown: unknown) => unforeseen(thrown, operation.requestId));
    }
  });
  return result ?? inProgress(0);
}

/** One that is not to be repeated. */
const unkept = ({ gateway: { clock } }: Operation, kind: WriteKind): Mutation => ({
  ...{ kind, kept: null, hasLeft: false },
  decidedAt: new Date(clock.now()),
});

/** As its caller has named it: what is kept of that was made with the secret of now, or with the previous one. */
interface Named {
  readonly kind: WriteKind;
  readonly keys: Seals;
  readonly inputs: Seals;
}

/**
 * Waits for whoever is at it in another process, as long as there is time. What is known to its end is answered without taking
 * it from anybody: however many ask at once, none of them has to write anything.
 */
async function began(
  operation: Operation,
  { kind, keys, inputs }: Named,
): Promise<Begun | { readonly state: 'ANSWERED'; readonly answer: WriteResult }> {
  const { store, clock } = operation.gateway;
  const caller = operation.caller.name;
  for (let pauseMs = 10; ; pauseMs = Math.min(2 * pauseMs, 200)) {
    const { key, found } = await foundBy(operation, keys);
    if (found && (found.kind !== kind || !inputs.includes(found.input))) return { state: 'OTHER_INPUT' };
    const isTheirs = found !== null && isHeld(operation.gateway, found.heldUntil);
    const answer = isTheirs ? null : await answerOf(operation, found);
    if (answer) return { state: 'ANSWERED', answer };
    const begun: Begun = isTheirs
      ? { state: 'HELD', until: found.heldUntil }
      : await store.beginMutation({
          ...{ caller, kind, key, input: found?.input ?? inputs[0] },
          ...{ at: new Date(clock.now()), heldUntil: endOfHold(operation), latestHold: latestHold(operation.gateway) },
        });
    if (begun.state !== 'HELD' || pauseMs >= operation.leftMs) return begun;
    await wait(pauseMs);
  }
}

/** @returns the key that a mutation is kept by; where none is, the one to keep it by */
async function foundBy(
  { gateway: { store }, caller }: Operation,
  keys: Seals,
): Promise<{ readonly key: string; readonly found: KeptMutation | null }> {
  for (const key of keys) {
    const found = await store.mutationBy(caller.name, key);
    if (found) return { key, found };
  }
  return { key: keys[0], found: null };
}

/** @returns null: there is none, or not all of it is known to its end */
async function answerOf(operation: Operation, found: KeptMutation | null): Promise<WriteResult | null> {
  if (!found) return null;
  const { mutation } = found;
  const kept = await operation.gateway.store.writesOf(mutation);
  return isOpen(kept) ? null : (await earlierOf(operation, mutation, kept)).answer;
}

const isOpen = (writes: readonly KeptWrite[]): boolean =>
  writes.some(({ state }) => state !== 'DONE' && state !== 'FAILED');

/** What was done of a mutation, with its answer where all of it was. */
type Left = Earlier & { readonly answer: WriteResult | null };

/** What is known of a mutation that was begun before; what is in doubt is looked for. */
async function whatIsLeft(operation: Operation, mutation: number): Promise<Left> {
  const kept = await operation.gateway.store.writesOf(mutation);
  const known = isOpen(kept) ? await recovered(operation, mutation, kept, REPEATED) : kept;
  return earlierOf(operation, mutation, known);
}

async function earlierOf(operation: Operation, mutation: number, kept: readonly KeptWrite[]): Promise<Left> {
  const { store } = operation.gateway;
  const writes = lastTries(kept);
  const done = writes.find(({ state, providerId }) => state === 'DONE' && providerId !== null);
  const customer = done ? { provider: done.provider, providerId: String(done.providerId) } : null;
  const finished = writes.filter(isFinished);
  const rest = keptRest(await store.restOf(mutation), (id) => operation.member(id));
  const isWhole = rest !== null && finished.length === writes.length && !rest.some(({ error }) => error?.retryable);
  const outcomes = [...writes.map((each) => toldAgain(operation, each)), ...(rest ?? [])];
  return {
    writes: finished,
    customer,
    unchanged: rest?.filter(({ status }) => status === 'UNCHANGED') ?? [],
    hasLeft: writes.some(hasLeft),
    answer: isWhole ? resultOf(customer, outcomes) : null,
  };
}

/** What was tried again stands behind its first try. */
function lastTries(writes: readonly KeptWrite[]): readonly KeptWrite[] {
  const last = new Map<string, KeptWrite>();
  // A provider is created at once a mutation.
  for (const each of writes)
    last.set(each.kind === 'CREATE' ? each.provider : `${each.provider} ${each.providerId}`, each);
  return [...last.values()];
}

const unfit = (): WriteResult =>
  refused([
    {
      path: ['idempotencyKey'],
      code: 'INVALID_INPUT',
      message: `A key has 1 to ${MOST_LETTERS} characters: a UUID, or the number of an order.`,
    },
  ]);

const reused = (): WriteResult =>
  refused([
    {
      path: ['idempotencyKey'],
      code: 'IDEMPOTENCY_KEY_REUSED',
      message: 'This key was used for another input. A key is for one mutation and its repetitions: make a new one.',
    },
  ]);

function inProgress(retryAfterMs: number): WriteResult {
  const message = 'The first call with this key is still under way. Ask again in a moment: the answer will be its own.';
  const error = writeError('IDEMPOTENCY_IN_PROGRESS', message, { field: ['idempotencyKey'] });
  return {
    customer: null,
    outcomes: [],
    errors: [{ ...error, retryable: true, retryAfterMs: Math.max(0, retryAfterMs) }],
  };
}
