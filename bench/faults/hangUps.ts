import { setTimeout as wait } from 'node:timers/promises';
import { createDice } from '../../src/sandbox/random.ts';
import type { Figure } from '../figure.ts';
import { quantile, told } from './load.ts';
import { idsAt, openStage, READ_OCTOBAT, type Stage } from './stage.ts';

const READS = 50;
const WRITES = 20;
const MOST_MS = 100;
const LATE_MS = 2_000;

const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  outcomes { status } errors { code } } }`;

interface Created {
  readonly createCustomer: { readonly outcomes: readonly { readonly status: string }[] };
}

/** Clients go away at any point: their reads end at the provider, and their writes are kept account of. */
export async function hangUps(seed: number): Promise<Figure[]> {
  const stage = await openStage();
  await stage.heal();
  const figures = [await ofReads(stage, seed), await ofWrites(stage, seed)];
  await stage.close();
  return figures;
}

async function ofReads({ sandbox, ask }: Stage, seed: number): Promise<Figure> {
  const dice = createDice(seed);
  const octobat = sandbox.provider('octobat');
  const ids = idsAt(sandbox, 'octobat');
  octobat.clearCalls();
  octobat.fault({ kind: 'delay', ms: LATE_MS });
  const tookMs: number[] = [];
  for (let read = 0; read < READS; read++) {
    const hangUp = new AbortController();
    const gone = ask(READ_OCTOBAT, { providerId: ids[read] }, { signal: hangUp.signal }).catch(() => undefined);
    await wait(dice.roll(100));
    hangUp.abort();
    const from = performance.now();
    await gone;
    // A call may begin just then: so long is looked whether there is one.
    let endedMs = 0;
    let isOn = false;
    for (let passed = 0; passed < MOST_MS || (isOn && passed < LATE_MS); passed = performance.now() - from) {
      const wasOn = isOn;
      isOn = octobat.inFlight > 0;
      if (isOn || wasOn) endedMs = passed;
      await wait(1);
    }
    tookMs.push(endedMs);
  }
  octobat.clearFaults();
  const slowest = Math.max(...tookMs);
  return {
    what: `${READS} clients of a provider that is ${LATE_MS} ms late hang up (SEED=${seed}): calls ended within; half of them; of calls`,
    value: `${told(slowest)}; ${told(quantile(tookMs, 0.5))}; ${octobat.calls.length}`,
    target: `≤ ${MOST_MS} ms`,
    met: slowest <= MOST_MS,
  };
}

async function ofWrites({ sandbox, ask }: Stage, seed: number): Promise<Figure> {
  const dice = createDice(seed + 1);
  const octobat = sandbox.provider('octobat');
  const posts = () => octobat.calls.filter(({ method }) => method === 'POST');
  const inputs = Array.from({ length: WRITES }, (_, place) => ({
    ...{ companyName: 'Lovelace', email: `ada-${place}-@example.com`, address: { country: 'NL' } },
    ...{ providers: ['OCTOBAT'], idempotencyKey: `hung up ${place}` },
  }));
  octobat.clearCalls();
  octobat.fault({ kind: 'delay', ms: 50, method: 'POST' });
  for (const input of inputs) {
    const hangUp = new AbortController();
    const gone = ask(CREATE, { input }, { signal: hangUp.signal }).catch(() => undefined);
    await wait(dice.roll(60));
    hangUp.abort();
    await gone;
  }
  octobat.clearFaults();
  const sent = posts().length;
  // Whoever asks again by the same key is told what came of it; what had not begun is done now.
  const ended = (await Promise.all(inputs.map((input) => statusOf(ask, input)))).filter((status) => ENDS.has(status));
  const once = inputs.filter(
    ({ email }) => posts().filter(({ body }) => decodeURIComponent(body).includes(email)).length === 1,
  );
  return {
    what: `${WRITES} clients hang up while they create: writes that have ended; made exactly once; sent by then`,
    value: `${ended.length}; ${once.length}; ${sent}`,
    target: `${WRITES}; ${WRITES}`,
    met: ended.length === WRITES && once.length === WRITES,
  };
}

const ENDS: ReadonlySet<string | undefined> = new Set(['SUCCEEDED', 'OUTCOME_UNKNOWN']);

/** Asks again for as long as it is under way. */
async function statusOf(ask: Stage['ask'], input: object): Promise<string | undefined> {
  for (let time = 0; time < 100; time++) {
    const { data } = await ask<Created>(CREATE, { input });
    const status = data?.createCustomer.outcomes[0]?.status;
    if (status) return status;
    await wait(100);
  }
  return undefined;
}
