import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './figure.ts';
import { repeat } from './load.ts';
import { start } from './process.ts';
import { QuickClient } from './quickClient.ts';

/**
 * More than one core can answer: the gateway has one for itself, and whoever asks and the provider have the other. Requests
 * come by the clock, whether or not earlier ones are answered, as those of very many people do.
 */

const CLI = new URL('../src/cli.ts', import.meta.url).pathname;
const UPSTREAM = new URL('upstream.ts', import.meta.url).pathname;

const CALLERS = ['one', 'other'];
const QUERY = `query Customer($providerId: String!) { customerByProviderId(provider: OCTOBAT, providerId: $providerId) {
  id displayName kind email phone taxId address { lines country } octobat { name businessType } } }`;

/** Of a load, by what came of it. */
interface Outcome {
  readonly offered: number;
  readonly perSecond: number;
  readonly refusedPerSecond: number;
  readonly failed: number;
  readonly p50: number;
  readonly p99: number;
}

export async function benchOverload(seconds: number, say: (line: string) => void): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-bench-'));
  const keys = CALLERS.map((name) => ({
    ...{ name, scopes: ['customers:read'] },
    sha256: createHash('sha256').update(`key-of-${name}`).digest('hex'),
  }));
  writeFileSync(join(folder, 'keys.json'), JSON.stringify(keys));
  const upstream = await start([UPSTREAM], {});
  const gateway = await start(
    ['--max-semi-space-size=8', CLI, 'start'],
    {
      ...{ PORT: '0', AUTH: 'required', API_KEYS_FILE: join(folder, 'keys.json'), SYNC_INTERVAL: '0' },
      ...{ DATABASE_URL: `file:${join(folder, 'clientele.db')}`, CACHE_MAX_AGE: '0' },
      ...{ OCTOBAT_URL: upstream.url, OCTOBAT_API_KEY: 'oc_test_skey' },
    },
    openSync(join(folder, 'log'), 'w'),
  );
  pin(gateway.pid, 0);
  for (const pid of [upstream.pid, process.pid]) pin(pid, 1);
  const client = new QuickClient(gateway.url, 1_000);
  let turn = 0;

  function ask(): Promise<number> {
    turn++;
    const providerId = `oc_cu_${String(turn % 10_000).padStart(22, '0')}`;
    return client.post(JSON.stringify({ query: QUERY, variables: { providerId } }), {
      authorization: `Bearer key-of-${CALLERS[turn % CALLERS.length]}`,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
    });
  }

  /** Asks so often a second, whatever comes of it. */
  async function offer(rate: number): Promise<Outcome> {
    const took: number[] = [];
    let refused = 0;
    let failed = 0;
    const asking: Promise<void>[] = [];
    const one = async (): Promise<void> => {
      const from = performance.now();
      const status = await ask();
      if (status === 200) took.push(performance.now() - from);
      else if (status === 503) refused++;
      else failed++;
    };
    const begun = performance.now();
    for (let offered = 0; ; ) {
      const passed = (performance.now() - begun) / 1_000;
      if (passed >= seconds) break;
      for (; offered < rate * passed; offered++) asking.push(one());
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await Promise.all(asking);
    took.sort((first, second) => first - second);
    const at = (part: number): number => took[Math.floor((took.length - 1) * part)] ?? Number.NaN;
    const span = (performance.now() - begun) / 1_000;
    return {
      offered: asking.length / seconds,
      perSecond: took.length / span,
      refusedPerSecond: refused / span,
      ...{ failed, p50: at(0.5), p99: at(0.99) },
    };
  }

  say('warming up');
  await repeat(20_000, 32, ask);
  const from = performance.now();
  await repeat(20_000, 32, ask);
  const closed = 20_000 / ((performance.now() - from) / 1_000);
  say(`${Math.round(closed)} reads/s, 32 at a time`);
  const loaded = async (name: string, rate: number): Promise<Outcome> => {
    const outcome = await offer(rate);
    say(`${name}: ${told(outcome)}`);
    return outcome;
  };
  let capacity = 0;
  for (const part of [0.5, 0.6, 0.7, 0.8, 0.9, 1]) {
    const { perSecond } = await loaded(`${part} of that, by the clock`, closed * part);
    capacity = Math.max(capacity, perSecond);
  }
  const outcomes: Outcome[] = [];
  for (const times of LOADS) outcomes.push(await loaded(`${times} × capacity`, capacity * times));
  client.close();
  await gateway.stop();
  await upstream.stop();
  rmSync(folder, { recursive: true, force: true });
  return figures(capacity, outcomes);
}

/** In parts of what the gateway can answer; the last is asked right behind the most. */
const LOADS = [1, 2, 3, 0.5];

const told = ({ offered, perSecond, refusedPerSecond, failed, p50, p99 }: Outcome): string =>
  [
    `${Math.round(offered)}/s asked, ${Math.round(perSecond)}/s answered, ${Math.round(refusedPerSecond)}/s refused`,
    `${failed} failed; half within ${Math.round(p50)} ms, p99 ${Math.round(p99)} ms`,
  ].join(', ');

function figures(capacity: number, outcomes: readonly Outcome[]): readonly Figure[] {
  const [once, twice, thrice, after] = outcomes as [Outcome, Outcome, Outcome, Outcome];
  const part = twice.perSecond / capacity;
  const slower = twice.p99 / once.p99;
  const refused = after.refusedPerSecond / after.offered;
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
  const percent = (value: number): string => `${Math.round(value * 100)} %`;
  return [
    {
      what: 'capacity: the most reads a second that are answered, asked for by the clock',
      value: String(Math.round(capacity)),
    },
    { what: 'answered at twice that', value: percent(part), target: '≥ 80 %', met: part >= 0.8 },
    { what: 'at three times that', value: percent(thrice.perSecond / capacity) },
    {
      what: 'p99 of those let in, once and twice',
      value: `${Math.round(once.p99)}, ${Math.round(twice.p99)} ms`,
      target: '≤ 2 ×',
      met: slower <= 2,
    },
    {
      what: 'refused at half of it, right behind three times as much',
      value: percent(refused),
      target: '< 1 %',
      met: refused < 0.01,
    },
    { what: 'failed otherwise', value: String(failed), target: '0', met: failed === 0 },
  ];
}

/** To one core. Linux's own tool: where there is none, they share the cores. */
function pin(pid: number, core: number): void {
  try {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)], { stdio: 'ignore' });
  } catch {
    process.stderr.write('taskset is missing: everything shares the cores\n');
  }
}
