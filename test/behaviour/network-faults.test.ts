import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { idOf } from '../support/customers.ts';
import { type FaultProxy, type NetworkFault, startFaultProxy } from '../support/faultProxy.ts';
import { type Answer, ask, startWorld, type World } from '../support/world.ts';

/** A network that fails between the gateway and one of its providers, wherever in a call that may be. */

const READ = `query ($octobat: ID!, $nutcache: ID!) {
  octobat: customer(id: $octobat) { octobat { name } }
  nutcache: customer(id: $nutcache) { nutcache { id } } }`;
const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  outcomes { provider status error { code } } errors { code } } }`;

let world: World;
let way: FaultProxy;
/** Of a gateway that reaches Octobat by that way. */
let url: string;
let ids: { readonly octobat: string; readonly nutcache: string };
beforeAll(async () => {
  world = await startWorld();
  way = await startFaultProxy(world.provider('octobat').url);
  ({ url } = await world.another({ OCTOBAT_URL: way.url, PROVIDER_TIMEOUT_MS: '400' }));
  const of = async (provider: 'octobat' | 'nutcache'): Promise<string> =>
    idOf(world, provider.toUpperCase(), String(world.provider(provider).examples[0]));
  ids = { octobat: await of('octobat'), nutcache: await of('nutcache') };
  // Of a customer that is known, a provider's failure costs that provider's part.
  const known = async () => (await ask(url, '{ customers(first: 9) { nodes { id } } }')).data?.customers;
  const nodes = expect.arrayContaining(Object.values(ids).map((id) => ({ id })));
  await vi.waitFor(async () => expect(await known()).toEqual({ nodes }));
});
afterAll(async () => {
  await world.close();
  await way.close();
});
beforeEach(() => world.provider('octobat').clearCalls());
afterEach(async () => {
  await way.order({ kind: 'pass' });
  // So that no failure of one test counts in the next one.
  expect(await read()).toBe('all');
});

const codeOf = ({ errors }: Answer): string | undefined => errors[0]?.extensions.code;

/** @returns all, or how Octobat's part failed; the other provider's is there in any case */
async function read(): Promise<string> {
  const answer = await ask(url, READ, ids);
  expect([answer.status, answer.data?.nutcache]).toEqual([200, { nutcache: { id: expect.any(String) } }]);
  if (answer.errors.length === 0) {
    expect(answer.data?.octobat).toEqual({ octobat: { name: 'Octobat Inc.' } });
    return 'all';
  }
  expect([answer.errors.length, answer.data?.octobat]).toEqual([1, { octobat: null }]);
  return codeOf(answer) ?? '';
}

describe('a read over a network that', () => {
  it.each<[string, NetworkFault, string]>([
    ['refuses', { kind: 'refuse' }, 'PROVIDER_UNAVAILABLE'],
    ['accepts and is silent', { kind: 'silent' }, 'PROVIDER_TIMEOUT'],
    ['resets before it takes anything', { kind: 'reset', of: 'request', afterBytes: 0 }, 'PROVIDER_UNAVAILABLE'],
    ['resets in the middle of a question', { kind: 'reset', of: 'request', afterBytes: 40 }, 'PROVIDER_UNAVAILABLE'],
    ['resets in an answer’s first line', { kind: 'reset', of: 'answer', afterBytes: 9 }, 'PROVIDER_UNAVAILABLE'],
    ['ends before the answer', { kind: 'truncate', afterBytes: 0 }, 'PROVIDER_UNAVAILABLE'],
    ['ends in an answer’s first line', { kind: 'truncate', afterBytes: 9 }, 'PROVIDER_UNAVAILABLE'],
    ['stalls before the answer', { kind: 'stall', afterBytes: 0 }, 'PROVIDER_TIMEOUT'],
    ['stalls in its middle', { kind: 'stall', afterBytes: 300 }, 'PROVIDER_TIMEOUT'],
    ['lets an answer drip', { kind: 'drip', bytes: 1, everyMs: 20 }, 'PROVIDER_TIMEOUT'],
    ['is slow, but not too slow', { kind: 'delay', ms: 20 }, 'all'],
  ])('%s costs that provider’s part and no other', async (_, fault, outcome) => {
    await way.order(fault);
    expect(await read()).toBe(outcome);
  });

  it('ends anywhere in an answer is never taken for a shorter answer', async () => {
    const outcomes = new Set<string>();
    for (let afterBytes = 1; afterBytes < 1_000; afterBytes += 83) {
      for (const fault of [
        { kind: 'truncate', afterBytes },
        { kind: 'reset', of: 'answer', afterBytes },
      ] as const) {
        await way.order(fault);
        outcomes.add(await read());
        await way.order({ kind: 'pass' });
        expect(await read()).toBe('all');
      }
    }
    // Some of them come behind its end.
    expect(outcomes).toEqual(new Set(['all', 'PROVIDER_UNAVAILABLE']));
  }, 60_000);
});

describe('a write over a network that', () => {
  it.each<[string, NetworkFault, string, number]>([
    ['refuses has failed, and nothing was sent', { kind: 'refuse' }, 'FAILED', 0],
    ['resets in the question is unknown', { kind: 'reset', of: 'request', afterBytes: 40 }, 'OUTCOME_UNKNOWN', 0],
    ['resets before the answer is unknown', { kind: 'reset', of: 'answer', afterBytes: 0 }, 'OUTCOME_UNKNOWN', 1],
    ['ends in the answer is unknown', { kind: 'truncate', afterBytes: 100 }, 'OUTCOME_UNKNOWN', 1],
    ['stalls in the answer is unknown', { kind: 'stall', afterBytes: 100 }, 'OUTCOME_UNKNOWN', 1],
  ])('%s, and is never made twice', async (_, fault, status, arrived) => {
    const input = {
      ...{ companyName: 'Lovelace', email: 'ada@example.com', address: { country: 'NL' } },
      ...{ providers: ['OCTOBAT'], idempotencyKey: `network ${JSON.stringify(fault)}` },
    };
    await way.order(fault);
    const answer = await ask(url, CREATE, { input });
    expect(answer.data?.createCustomer).toMatchObject({ outcomes: [{ provider: 'OCTOBAT', status }] });
    const posts = () => world.provider('octobat').calls.filter(({ method }) => method === 'POST').length;
    expect(posts()).toBe(arrived);
    await way.order({ kind: 'pass' });
    // Who asks again by the same key is told, and what may have been done is not done again.
    const again = await ask(url, CREATE, { input });
    expect(again.data?.createCustomer).toMatchObject({
      outcomes: [{ status: status === 'FAILED' ? 'SUCCEEDED' : 'OUTCOME_UNKNOWN' }],
    });
    expect(posts()).toBe(status === 'FAILED' ? 1 : arrived);
  });
});
