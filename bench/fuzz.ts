import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { SCOPES } from '../src/contract/scopes.ts';
import { startSandbox } from '../src/sandbox/sandbox.ts';
import { hostileRequest, type Outcome, sendHostile } from '../test/support/hostileClient.ts';
import { quantile, told } from './faults/load.ts';
import { table } from './figure.ts';
import { start } from './process.ts';

/**
 * `npm run fuzz`: sends requests that are nearly as they should be to a gateway that is a process of its own, RUNS=50000 of them by
 * SEED, and asks it beside them whether it lives. Fails where an answer is not as it has to be, and shows what was asked.
 */

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const RUNS = Number(process.env.RUNS ?? 50_000);
const BATCH = 500;
const KEY = 'key-of-fuzz';
const CLI = new URL('../src/cli.ts', import.meta.url).pathname;

const folder = mkdtempSync(join(tmpdir(), 'clientele-fuzz-'));
const digest = createHash('sha256').update(KEY).digest('hex');
writeFileSync(join(folder, 'keys.json'), JSON.stringify([{ name: 'fuzz', sha256: digest, scopes: SCOPES }]));
const sandbox = await startSandbox({ customers: 100 });
const log = openSync(join(folder, 'log'), 'w');
const gateway = await start(
  ['--max-semi-space-size=8', CLI, 'start'],
  {
    ...{ ...sandbox.env, PORT: '0', API_KEYS_FILE: join(folder, 'keys.json'), INTROSPECTION: 'on' },
    ...{ DATABASE_URL: `file:${join(folder, 'clientele.db')}`, LOG_LEVEL: 'warn', SYNC_INTERVAL: '0' },
  },
  log,
);
closeSync(log);
const heart = new Worker(new URL('./heart.ts', import.meta.url), {
  workerData: new URL('/health/live', gateway.url).href,
});

const outcomes: Outcome[] = [];
const wrong: { readonly problem: string; readonly hostile: unknown }[] = [];
const from = performance.now();
for (let batch = 0; outcomes.length < RUNS; batch++) {
  // One after another: what is measured is how long each takes.
  for (const hostile of fc.sample(hostileRequest(KEY), {
    seed: SEED + batch,
    numRuns: Math.min(BATCH, RUNS - outcomes.length),
  })) {
    const outcome = await sendHostile(gateway.url, hostile);
    outcomes.push(outcome);
    if (outcome.problem !== null) wrong.push({ problem: outcome.problem, hostile });
  }
  if (batch % 10 === 9)
    console.log(
      `${outcomes.length} requests, ${wrong.length} wrong, ${Math.round((performance.now() - from) / 1_000)} s`,
    );
}
const beats = await new Promise<number[]>((resolve) => {
  heart.once('message', resolve);
  heart.postMessage('stop');
});
const died = gateway.hasEnded();
await gateway.stop();
await sandbox.close();
const unforeseen = readFileSync(join(folder, 'log'), 'utf8')
  .split('\n')
  .filter((line) => line.includes('unforeseen'));
rmSync(folder, { recursive: true, force: true });

for (const each of wrong.slice(0, 5)) console.log(JSON.stringify(each).slice(0, 3_000));
for (const line of unforeseen.slice(0, 5)) console.log(line);
const refused = outcomes.filter(({ isRefused }) => isRefused).map(({ tookMs }) => tookMs);
const p99 = quantile(refused, 0.99);
const slowest = Math.max(...beats);
const figures = [
  {
    what: `requests that are nearly as they should be (SEED=${SEED}); refused`,
    value: `${outcomes.length}; ${refused.length}`,
  },
  {
    what: 'answered in another way than promised; errors that nobody foresaw; crashes',
    value: `${wrong.length}; ${unforeseen.length}; ${died ? 1 : 0}`,
    target: '0; 0; 0',
    met: wrong.length + unforeseen.length === 0 && !died,
  },
  {
    what: 'to be refused, p99; at most',
    value: `${told(p99)}; ${told(Math.max(...refused))}`,
    target: 'p99 < 20 ms',
    met: p99 < 20,
  },
  {
    what: `the slowest of ${beats.length} answers of /health/live meanwhile`,
    value: told(slowest),
    target: '< 100 ms',
    met: slowest < 100,
  },
];
console.log(table(figures));
process.exitCode = figures.every(({ met = true }) => met) ? 0 : 1;
