import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Provider, providerNames } from '../../src/contract/provider.ts';
import type { Fault } from '../../src/sandbox/sandbox.ts';
import { type Origin, startOrigin } from '../support/origin.ts';
import { HARMLESS, type HostileAnswer, hostileAnswers, LATE } from './answers.ts';
import { isNative, type Subject, TIMEOUT_MS } from './subject.ts';
import { create, type Payload, prepare, WRITES, type Write } from './writing.ts';

/**
 * What comes of every hostile answer to a write. The rule behind it: SUCCEEDED only on the provider's own word, FAILED
 * only when it was not sent or the provider itself refused, and whatever lies between is unknown; sent once, always, and
 * never again by its key but where the provider has refused it for now.
 */
const COMES_OF: Readonly<Record<string, 'FAILED' | 'OUTCOME_UNKNOWN'>> = {
  ...{ PROVIDER_REJECTED: 'FAILED', PROVIDER_AUTH_FAILED: 'FAILED', PROVIDER_RATE_LIMITED: 'FAILED' },
  ...{ PROVIDER_BAD_RESPONSE: 'OUTCOME_UNKNOWN', PROVIDER_UNAVAILABLE: 'OUTCOME_UNKNOWN' },
};

export function testHostileWrites(provider: Provider, providers: readonly Provider[], subject: () => Subject): void {
  for (const write of WRITES.filter((each) => isNative(provider, each))) {
    describe(write, () => testWrite(write, subject));
  }
  const other = providers.find((each) => each.id !== provider.id && isNative(each, 'CREATE'));
  if (!other || !isNative(provider, 'CREATE')) return;

  it('fails alone: what another provider made in the same create stands, and is told', async () => {
    const input = await subject().createInput([provider, other]);
    subject().sandbox.fault({ kind: 'status', status: 401 });
    const { customer, outcomes, errors } = await create(subject(), input);
    expect(outcomes).toMatchObject([
      { provider: subject().constant, status: 'FAILED', record: null, error: { code: 'PROVIDER_AUTH_FAILED' } },
      { provider: providerNames(other.id).constant, status: 'SUCCEEDED', error: null },
    ]);
    expect(errors).toMatchObject([{ code: 'PROVIDER_AUTH_FAILED', provider: subject().constant }]);
    expect(customer).not.toBeNull();
  });
}

function testWrite(write: Write, subject: () => Subject): void {
  let elsewhere: Origin;
  /** Strikes this write, and nothing that is read before it. */
  let aim: { readonly method: string; readonly route: string };
  beforeAll(async () => {
    elsewhere = await startOrigin((_, response) => response.end('{}'));
    const act = await prepare(subject(), write);
    subject().received();
    expect((await act()).outcomes).toMatchObject([{ status: 'SUCCEEDED' }]);
    expect(subject().received().writes).toHaveLength(1);
    const [method = '', route = ''] =
      subject()
        .sandbox.calls.findLast((call) => call.method !== 'GET')
        ?.route?.split(' ') ?? [];
    aim = { method, route };
  });
  afterAll(() => elsewhere.close());

  const struck = async (fault: Fault, afterCommit: boolean): Promise<Payload> => {
    const act = await prepare(subject(), write);
    subject().received();
    subject().sandbox.fault({ ...fault, ...aim, ...(afterCommit && { afterCommit }) });
    const payload = await act();
    expect(subject().received().writes).toHaveLength(1);
    subject().sandbox.clearFaults();
    await expectNotSentAgain(subject(), act, payload, afterCommit);
    return payload;
  };

  it.each(HARMLESS.map((fault) => [fault.kind, fault] as const))(
    'takes an answer for what it is: %s',
    async (_, fault) => {
      const { outcomes, errors } = await struck(fault, false);
      expect(errors).toEqual([]);
      expect(outcomes).toMatchObject([{ status: 'SUCCEEDED', error: null }]);
    },
  );

  it.each(answersToWrites('http://elsewhere.invalid', 0).map(({ name }, index) => [name, index] as const))(
    'says what is known after %s, and never sends it again',
    async (_, index) => {
      const [hostile] = answersToWrites(elsewhere.url, subject().clock.now()).slice(index);
      if (!hostile) throw new Error('there is no such answer');
      for (const afterCommit of [false, true]) {
        const payload = await struck(hostile.fault, afterCommit);
        if (saysNothing(write, hostile.fault) && payload.outcomes[0]?.status === 'SUCCEEDED') continue;
        if (await isConfirmed(write, payload, subject())) continue;
        expectOutcome(payload, subject(), write, hostile);
      }
      expect(elsewhere.connections).toBe(0);
    },
  );

  it('does not know what came of it when no answer came in time, and sends it once', async () => {
    // Where an answer has no body, its headers are the answer.
    const late = write === 'REQUEST_CONFIRMATION' ? LATE.filter(({ kind }) => !/stall|drip/.test(kind)) : LATE;
    const faults = [...late, ...late.map((fault) => ({ ...fault, afterCommit: true }))];
    const acts: (() => Promise<Payload>)[] = [];
    for (let number = 0; number < faults.length; number++) acts.push(await prepare(subject(), write));
    for (const fault of faults) subject().sandbox.fault({ ...fault, ...aim, times: 1 });
    subject().received();
    const startedAt = performance.now();
    const payloads = await Promise.all(acts.map((act) => act()));
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS * 2 + 3_000);
    for (const payload of payloads)
      if (!(await isConfirmed(write, payload, subject()))) expectUnknown(payload, subject());
    expect(subject().received().writes).toHaveLength(acts.length);
    subject().sandbox.clearFaults();
    await expect.poll(() => subject().sandbox.inFlight, { timeout: 5_000 }).toBe(0);
    expect(subject().received().writes).toEqual([]);
    for (const [index, act] of acts.entries()) await expectNotSentAgain(subject(), act, payloads[index] as Payload);
  });

  it('knows that nothing was sent while connections are refused', async () => {
    const act = await prepare(subject(), write);
    await subject().sandbox.down();
    await subject().ask('{ providers { health { state } } }');
    subject().received();
    const { customer, outcomes, errors } = await act();
    expect(customer).toBeNull();
    expect(outcomes).toMatchObject([{ status: 'FAILED', error: { code: 'PROVIDER_UNAVAILABLE' } }]);
    expect(errors).toMatchObject([{ code: 'PROVIDER_UNAVAILABLE', retryable: true, provider: subject().constant }]);
    await subject().sandbox.up();
    expect(subject().received().writes).toEqual([]);
    // One that has failed very often is left alone for a while.
    subject().goOn(10_000);
    expect((await act()).outcomes).toMatchObject([{ status: 'SUCCEEDED' }]);
    expect(subject().received().writes).toHaveLength(1);
  });

  if (write === 'UPDATE' || write === 'CONFIRM') {
    it('does not know what came of it when the answer is about somebody else', async () => {
      const payload = await struck({ kind: 'wrongId' }, false);
      if (!(await isConfirmed(write, payload, subject()))) expectUnknown(payload, subject());
    });
  }
}

/** Where something is read, a 404 says that there is nobody; a write it refuses. */
const answersToWrites = (elsewhere: string, now: number): readonly HostileAnswer[] => [
  ...hostileAnswers(elsewhere, now),
  {
    name: 'status 404',
    fault: { kind: 'status', status: 404, body: '<h1>hunter2</h1>' },
    codes: ['PROVIDER_REJECTED'],
  },
];

/**
 * The same write once more, by its key, when the provider is well: what it has refused for now is sent, unless it is seen that
 * it was done all the same, and nothing else.
 */
async function expectNotSentAgain(
  subject: Subject,
  act: () => Promise<Payload>,
  first: Payload,
  mayBeDone = true,
): Promise<void> {
  const status = first.outcomes[0]?.status;
  const { outcomes, errors, customer } = await act();
  const { writes } = subject.received();
  if (first.errors.some(({ retryable }) => retryable)) {
    expect(status).toBe('FAILED');
    // A code that its provider has refused to send counts as one that it may have sent: the next must wait.
    const mustWait = errors[0]?.code === 'TOO_MANY_ATTEMPTS';
    expect(writes.length).toBeLessThanOrEqual(mustWait ? 0 : 1);
    if (!mayBeDone && !mustWait) expect([outcomes[0]?.status, errors, writes.length]).toEqual(['SUCCEEDED', [], 1]);
    return;
  }
  expect(writes).toEqual([]);
  // What nobody knew may have been found since; whatever was known stays as it was told.
  const isFound = status === 'OUTCOME_UNKNOWN' && outcomes[0]?.status === 'SUCCEEDED';
  if (isFound) expect([errors, customer?.id]).toEqual([[], expect.any(String)]);
  else expect({ outcomes, errors, customer }).toEqual(first);
}

/** A write whose documented answer is empty: a 2xx is its word, whatever lies in the body but a page for people. */
const saysNothing = (write: Write, { kind }: Fault): boolean =>
  write === 'REQUEST_CONFIRMATION' && !['status', 'redirect', 'html'].includes(kind);

/** Where the answer to a confirmation is lost, the record says whether it worked; and it must be so. */
async function isConfirmed(write: Write, { customer, outcomes }: Payload, subject: Subject): Promise<boolean> {
  if (write !== 'CONFIRM' || outcomes[0]?.status !== 'SUCCEEDED') return false;
  const { data } = await subject.ask('query ($id: ID!) { customer(id: $id) { verification { state } } }', {
    id: customer?.id,
  });
  expect(data).toMatchObject({ customer: { verification: { state: 'VERIFIED' } } });
  return true;
}

function expectUnknown({ customer, outcomes, errors }: Payload, { constant }: Subject): void {
  expect(customer).toBeNull();
  expect(outcomes).toMatchObject([
    { provider: constant, status: 'OUTCOME_UNKNOWN', request: null, error: { code: 'OUTCOME_UNKNOWN' } },
  ]);
  expect(errors).toMatchObject([{ code: 'OUTCOME_UNKNOWN', provider: constant, retryable: false, field: null }]);
}

function expectOutcome(
  payload: Payload,
  subject: Subject,
  write: Write,
  { name, codes, retryAfterMs }: HostileAnswer,
): void {
  const { customer, outcomes, errors } = payload;
  expect(customer).toBeNull();
  const mayCome = codes.map((code) => COMES_OF[code]);
  expect([name, outcomes]).toMatchObject([name, [{ provider: subject.constant }]]);
  expect([name, mayCome]).toEqual([name, expect.arrayContaining([outcomes[0]?.status])]);
  if (outcomes[0]?.status === 'OUTCOME_UNKNOWN') {
    expectUnknown(payload, subject);
    return;
  }
  expect(errors).toHaveLength(1);
  const [error] = errors;
  const alsoTold = [
    'NOT_FOUND',
    ...(write === 'CONFIRM' ? ['INVALID_CONFIRMATION_TOKEN', 'ALREADY_CONFIRMED'] : ['DUPLICATE']),
  ];
  expect([...codes, ...(codes.includes('PROVIDER_REJECTED') ? alsoTold : [])]).toContain(error?.code);
  expect(outcomes[0]?.error?.code).toBe(error?.code);
  expect(error?.provider).toBe(subject.constant);
  const [least, most] = retryAfterMs ?? [0, 0];
  expect(error?.retryAfterMs === null).toBe(!retryAfterMs);
  expect(error?.retryAfterMs ?? 0).toBeGreaterThanOrEqual(least);
  expect(error?.retryAfterMs ?? 0).toBeLessThanOrEqual(most);
}
