import { describe, expect, test } from 'vitest';
import { Ends } from '../bench/soak/ends.ts';
import { figuresOf } from '../bench/soak/figures.ts';
import { Ledger } from '../bench/soak/ledger.ts';
import { Samples } from '../bench/soak/samples.ts';
import type { Payload } from '../bench/soak/way.ts';

/** `npm run soak` is worth what it can miss: it is told of runs in which something is wrong, and has to say so. */

const MINUTES = 5;
const WRITES = 400;
const SAMPLES = 600;

type Compared = Parameters<Ledger['compare']>;
type Call = Compared[0]['providers'][number]['calls'][number];

const emailOf = (index: number): string => `m${index}@example.com`;

const createOf = (index: number): Call => ({
  ...{ method: 'POST', path: '/customers', body: `email=${emailOf(index)}`, status: 200, fault: null },
});

const told = (status: string): Payload => ({
  customer: { id: 'anybody' },
  outcomes: [{ writeId: 'w', provider: 'OCTOBAT', status }],
  errors: [],
});

const RECORDS = Array.from({ length: WRITES }, (_, index) => ({ provider: 'OCTOBAT', email: emailOf(index) }));

interface Run {
  readonly minutes?: number;
  /** What each write was told; null: nothing. */
  readonly answer: (index: number) => Payload | null;
  readonly isDone?: boolean;
  readonly hasKeys?: boolean;
  readonly clean?: number;
  readonly rssMb?: (index: number) => number;
  readonly handles?: (index: number) => number;
  /** What comes of asking again by the key. */
  readonly again?: (calls: Call[], input: object) => Payload | null;
  readonly ended?: {
    readonly signal: 'SIGKILL' | 'SIGTERM';
    readonly code: number | null;
    readonly isUntold?: boolean;
  };
}

const GOOD: Run = { answer: () => told('SUCCEEDED') };

/** @returns what was not met */
async function missedIn(run: Run): Promise<readonly string[]> {
  const { minutes = MINUTES, isDone = true, hasKeys = false, clean = 1_000 } = run;
  const { rssMb = () => 200, handles = () => 90 } = run;
  const calls = isDone ? Array.from({ length: WRITES }, (_, index) => createOf(index)) : [];
  const ledger = new Ledger();
  for (let index = 0; index < WRITES; index++) {
    const email = emailOf(index);
    const input = { email, ...(hasKeys && { idempotencyKey: `key ${index}` }) };
    ledger.add({ mark: email, email, mutation: '', input }, run.answer(index));
  }
  let count = 0;
  const samples = new Samples({ rssMb: () => rssMb(count), handles: () => handles(count), hasEnded: () => false });
  for (; count < SAMPLES; count++) samples.take();
  const ends = new Ends();
  const { signal, code, isUntold = false } = run.ended ?? { signal: 'SIGTERM', code: 0 };
  await ends.watch({ pid: 1, hasEnded: () => isUntold }, signal, async () => ({ code }));
  const findings = await ledger.compare(
    { providers: [{ id: 'octobat', calls }] },
    {
      ask: async () => ({ customer: { verification: null, records: RECORDS } }),
      told: async (_, input) => run.again?.(calls, input) ?? null,
    },
  );
  const figures = figuresOf({ minutes, requests: 1_000, clean, findings, unsettled: 0, ends, samples });
  return figures.filter(({ met }) => met === false).map(({ what }) => what);
}

const TOO_FEW = 'writes acknowledged at a provider';
const OPEN = 'with a key, and not answered for good at the end';

describe('a soak', () => {
  test('meets everything where nothing is wrong', async () => {
    expect(await missedIn(GOOD)).toEqual([]);
  });

  test('misses its least where nothing was ever answered', async () => {
    const missed = await missedIn({ answer: () => null, isDone: false, clean: 0 });
    expect(missed).toEqual(['requests answered without any error', TOO_FEW]);
  });

  test('misses writes that were never answered though they were done', async () => {
    expect(await missedIn({ answer: () => null })).toEqual([TOO_FEW]);
    expect(await missedIn({ answer: () => null, hasKeys: true })).toEqual([TOO_FEW, OPEN]);
  });

  test('misses one write that was told that it failed and was done', async () => {
    const answer = (index: number) => told(index === 7 ? 'FAILED' : 'SUCCEEDED');
    expect(await missedIn({ answer })).toEqual(['said to have failed, and done']);
    expect(await missedIn({ answer: () => told('FAILED'), isDone: false })).toEqual([TOO_FEW]);
  });

  test('asks again by its key for what was not answered, and misses a second one', async () => {
    const answer = (index: number) => (index === 7 ? null : told('SUCCEEDED'));
    const same = () => told('SUCCEEDED');
    expect(await missedIn({ answer, hasKeys: true, again: same })).toEqual([]);
    const second = (calls: Call[]) => {
      calls.push(createOf(7));
      return told('SUCCEEDED');
    };
    const missed = await missedIn({ answer, hasKeys: true, again: second });
    expect(missed).toEqual(['done again when asked for again by the key']);
  });

  test('takes what failed for a while for what it is told of it in the end', async () => {
    const passing: Payload = { ...told('FAILED'), errors: [{ code: 'UNAVAILABLE', retryable: true }] };
    const answer = (index: number) => (index === 7 ? passing : told('SUCCEEDED'));
    expect(await missedIn({ answer, hasKeys: true, again: () => told('SUCCEEDED') })).toEqual([]);
  });

  test('misses what was acknowledged and not done, and what was done twice', async () => {
    expect(await missedIn({ ...GOOD, isDone: false })).toEqual(['acknowledged and lost']);
    const twice = (calls: Call[]) => {
      calls.push(createOf(WRITES), createOf(WRITES));
      return told('SUCCEEDED');
    };
    const answer = (index: number) => (index === 7 ? null : told('SUCCEEDED'));
    expect(await missedIn({ answer, hasKeys: true, again: twice })).toEqual(['done twice at a provider']);
  });

  test('misses a gateway that ends with another code than 0, or without being told', async () => {
    const unclean = 'gateways told to stop that did not end with 0';
    expect(await missedIn({ ...GOOD, ended: { signal: 'SIGTERM', code: 1 } })).toEqual([unclean]);
    expect(await missedIn({ ...GOOD, ended: { signal: 'SIGTERM', code: null } })).toEqual([unclean]);
    expect(await missedIn({ ...GOOD, ended: { signal: 'SIGKILL', code: null } })).toEqual([]);
    const untold = await missedIn({ ...GOOD, ended: { signal: 'SIGKILL', code: 0, isUntold: true } });
    expect(untold).toEqual(['gateways that ended without being told']);
  });

  test('misses memory and file handles that grow, whatever part of the time they do not', async () => {
    const memory = 'memory of the gateway that lived on, a sixth of the time each, MB';
    for (const part of [0, 1, 2, 3, 4, 5]) {
      // Flat for a sixth of the time, and growing before and behind it.
      const grown = (index: number) => 200 + 0.2 * (index - Math.min(100, Math.max(0, index - part * 100)));
      expect(await missedIn({ ...GOOD, rssMb: grown })).toEqual([memory]);
    }
    const dip = (index: number) => 150 + index / 2 - (index > 250 && index < 330 ? 45 : 0);
    expect(await missedIn({ ...GOOD, rssMb: dip })).toEqual([memory]);
    expect(await missedIn({ ...GOOD, handles: (index) => 90 + index / 20 })).toEqual(['its file handles']);
  });

  test('says nothing of what a run of less than five minutes holds', async () => {
    expect(await missedIn({ ...GOOD, minutes: 4, rssMb: (index) => index })).toEqual([]);
  });

  test('lets a process warm up, and breathe by a twentieth', async () => {
    const breathing = (index: number) => (index < 100 ? index : 200 + 9 * Math.sin(index / 20));
    expect(await missedIn({ ...GOOD, rssMb: breathing })).toEqual([]);
    expect(await missedIn({ ...GOOD, rssMb: (index) => (index < 300 ? 200 : 209) })).toEqual([]);
  });
});
