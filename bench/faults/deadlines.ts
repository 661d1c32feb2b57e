import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from '../../src/sandbox/sandbox.ts';
import type { Figure } from '../figure.ts';
import { told } from './load.ts';
import { idsAt, openStage } from './stage.ts';

const CALL_MS = 1_000;
const OPERATION_MS = 2_000;
const LATE_MS = 150;

/** Whoever is to be read, and where in the answer. */
const PARTS = {
  octobat: 'octobat',
  'cycle-software': 'cycleSoftware',
  'dirty-lemon': 'dirtyLemon',
  nutcache: 'nutcache',
} as const;

const HANGS: readonly Fault[] = [
  { kind: 'silent' },
  { kind: 'stallAfterHeaders' },
  { kind: 'drip', ms: 50 },
  { kind: 'delay', ms: 10_000 },
];

const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id } } }`;
const READ = `query ($id: ID!, $nutcache: String!) {
  customer(id: $id) { octobat { name } cycleSoftware { city } dirtyLemon { email } }
  other: customerByProviderId(provider: NUTCACHE, providerId: $nutcache) { nutcache { id } } }`;
const ADA = {
  ...{ firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com', phone: '+31612345678' },
  address: { line1: 'Damrak 1a', city: 'Amsterdam', postalCode: '1012AB', country: 'NL' },
  providers: ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON'],
};

interface Created {
  readonly createCustomer: { readonly customer: { readonly id: string } };
}

/** Every provider hangs in every way, one at a time, while one operation asks all of them. */
export async function deadlines(): Promise<Figure[]> {
  const stage = await openStage({ PROVIDER_TIMEOUT_MS: String(CALL_MS), OPERATION_DEADLINE_MS: String(OPERATION_MS) });
  const { data: created } = await stage.ask<Created>(CREATE, { input: ADA });
  const variables = { id: created?.createCustomer.customer.id, nutcache: idsAt(stage.sandbox, 'nutcache')[0] };
  /** The parts of an answer that are there. */
  const read = async (): Promise<{ readonly there: string[]; readonly tookMs: number }> => {
    const { data, tookMs } = await stage.ask<{ customer: object | null; other: object | null }>(READ, variables);
    const parts = { ...data?.customer, ...data?.other };
    const there = Object.entries(parts).flatMap(([name, value]) => (value === null ? [] : [name]));
    return { there, tookMs };
  };
  let asked = 0;
  let whole = 0;
  let stuck = 0;
  let longestMs = 0;
  for (const [id, part] of Object.entries(PARTS)) {
    const provider = stage.sandbox.provider(id);
    for (const fault of HANGS) {
      const before = (await read()).there.length;
      if (before !== Object.keys(PARTS).length) throw new Error(`${before} of all providers answer before any fails`);
      provider.fault(fault);
      const { there, tookMs } = await read();
      asked += 1;
      if (there.length === Object.keys(PARTS).length - 1 && !there.includes(part)) whole += 1;
      longestMs = Math.max(longestMs, tookMs);
      await wait(1_000);
      stuck += provider.inFlight;
      provider.clearFaults();
    }
  }
  await stage.close();
  const lateMs = longestMs - CALL_MS;
  return [
    {
      what: `a provider hangs, ${asked} ways: the longest answer, beyond what a call may take (${CALL_MS} ms)`,
      value: told(lateMs),
      target: `≤ ${LATE_MS} ms`,
      met: lateMs <= LATE_MS,
    },
    {
      what: 'answers with all of the other providers’ data',
      value: `${whole} of ${asked}`,
      target: 'all',
      met: whole === asked,
    },
    {
      what: 'connections still held a second later by what nobody waits for',
      value: String(stuck),
      target: '0',
      met: stuck === 0,
    },
  ];
}
