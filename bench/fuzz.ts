import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { Client } from 'undici';
import { SCOPES } from '../src/contract/scopes.ts';
import { startSandbox } from '../src/sandbox/sandbox.ts';
import { sendHostile } from '../test/support/hostile/client.ts';
import { sources } from '../test/support/hostile/documents.ts';
import { faultIn } from '../test/support/hostile/judge.ts';
import { type HostileRequest, hostileRequests } from '../test/support/hostile/requests.ts';
import { type Figure, table } from './figure.ts';
import type { Held } from './fuzz/watch.ts';
import { type Measured, start } from './process.ts';

/**
 * Many requests that are spoilt at random, one after another, at a gateway as in production: each has to be answered as
 * documented and soon, and none may hold up the others. RUNS says how many, SEED begins where a run before began.
 */

const RUNS = Number(process.env.RUNS ?? 50_000);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000_000);
const CHUNK = 500;
const CLI = new URL('../src/cli.ts', import.meta.url).pathname;
const WATCH = new URL('fuzz/watch.ts', import.meta.url).href;
const KEY = 'key-of-the-fuzz';
const LIMITS = { settings: { 'cycle-software': { minutelyLimit: 1_000_000, dailyLimit: 100_000_000 } } };
/** Whoever is refused more slowly is shown. */
const SLOW_MS = 50;

/** In milliseconds, of those that were refused, and of all; by outcome, how many there were. */
interface Tally {
  readonly refused: number[];
  readonly all: number[];
  readonly outcomes: Map<string, number>;
  readonly faults: string[];
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function customerId(url: string): Promise<string> {
  const query = '{ customerByProviderId(provider: OCTOBAT, providerId: "oc_cu_1421878635hksc26e4de79") { id } }';
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return ((await response.json()) as { data: { customerByProviderId: { id: string } } }).data.customerByProviderId.id;
}

const newTally = (): Tally => ({ refused: [], all: [], outcomes: new Map(), faults: [] });

async function attack(gateway: Measured): Promise<Tally> {
  const tally = newTally();
  const sent = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', accept: 'application/json' };
  const arbitrary = hostileRequests(sources(await customerId(gateway.url)), sent);
  const strikeAll = async (seed: number, numRuns: number, told: Tally): Promise<void> => {
    const requests = fc.sample(arbitrary, { seed, numRuns });
    // To make them up takes so long that the gateway closes a connection that is idle meanwhile.
    const client = new Client(new URL(gateway.url).origin);
    for (const [place, request] of requests.entries())
      await strike(client, request, told, `SEED=${seed}, request ${place}`);
    await client.destroy();
  };
  // What is done for the first time takes longer, and is done once.
  await strikeAll(SEED - 1, CHUNK, newTally());
  process.kill(gateway.pid, 'SIGUSR2');
  for (let first = 0; first < RUNS; first += CHUNK) {
    await strikeAll(SEED + first, Math.min(CHUNK, RUNS - first), tally);
    if (first % 5_000 === 0) say(`${first} of ${RUNS}`);
  }
  return tally;
}

async function strike(client: Client, request: HostileRequest, tally: Tally, where: string): Promise<void> {
  const startedAt = performance.now();
  const answer = await sendHostile(client, request).catch((error: Error) => error.message);
  const took = performance.now() - startedAt;
  const wrong = typeof answer === 'string' ? answer : faultIn(answer);
  const body = (request.body?.toString('latin1') ?? request.path).slice(0, 2_000);
  if (wrong !== null) tally.faults.push(`${where}: ${wrong}\n${body}`);
  if (typeof answer === 'string') return;
  const code = /"code":"([A-Z_]+)"/.exec(answer.text)?.[1] ?? '';
  const outcome = answer.text.includes('"data":{') ? 'executed' : `${answer.status} ${code}`;
  tally.outcomes.set(outcome, (tally.outcomes.get(outcome) ?? 0) + 1);
  tally.all.push(took);
  if (outcome === 'executed') return;
  tally.refused.push(took);
  if (took > SLOW_MS) say(`${where} was refused in ${ms(took)}: ${outcome} ${JSON.stringify(request.headers)} ${body}`);
}

const ms = (time: number): string => `${time.toFixed(1)} ms`;

const percentile = (times: readonly number[], share: number): number =>
  times.toSorted((one, other) => one - other)[Math.floor(times.length * share)] ?? 0;

/** What a log says beside what was asked and what was called. */
const unusual = (log: string): string[] =>
  log.split('\n').filter((line) => line !== '' && !/"msg":"(operation|subscription ended)"\}$/.test(line));

const folder = mkdtempSync(join(tmpdir(), 'clientele-fuzz-'));
const sandbox = await startSandbox({ customers: 300, maxCalls: 100, ...LIMITS });
try {
  const sha256 = createHash('sha256').update(KEY).digest('hex');
  writeFileSync(join(folder, 'keys.json'), JSON.stringify([{ name: 'fuzz', sha256, scopes: SCOPES }]));
  const log = openSync(join(folder, 'log'), 'w');
  const held = join(folder, 'held');
  const environment = {
    ...{ PORT: '0', API_KEYS_FILE: join(folder, 'keys.json'), INTROSPECTION: 'on', GRAPHIQL: 'on', SYNC_INTERVAL: '0' },
    ...{ DATABASE_URL: `file:${join(folder, 'a.db')}`, HELD_FILE: held, ...sandbox.env },
  };
  await promisify(execFile)(process.execPath, [CLI, 'sync'], { env: { PATH: process.env.PATH, ...environment } });
  const gateway = await start(['--max-semi-space-size=8', '--import', WATCH, CLI, 'start'], environment, log);
  say(`RUNS=${RUNS} SEED=${SEED}`);
  const { refused, all, outcomes, faults } = await attack(gateway);
  const lives = !gateway.hasEnded();
  const rssMb = gateway.rssMb();
  const { code } = await gateway.stop();
  closeSync(log);
  const said = unusual(readFileSync(join(folder, 'log'), 'utf8'));
  const { wallMs, cpuMs } = JSON.parse(readFileSync(held, 'utf8')) as Held;
  for (const line of [...faults.slice(0, 5), ...said.slice(0, 5)]) say(line);
  for (const [outcome, count] of [...outcomes].sort(([, one], [, other]) => other - one)) say(`${count}\t${outcome}`);
  const p99 = percentile(refused, 0.99);
  const figures: readonly Figure[] = [
    { what: 'requests, spoilt at random', value: String(all.length) },
    { what: 'answered as is documented nowhere', value: String(faults.length), target: '0', met: faults.length === 0 },
    { what: 'lines of the log beyond what was asked', value: String(said.length), target: '0', met: said.length === 0 },
    { what: 'the process lives, and ends as told', value: `code ${code}`, target: 'code 0', met: lives && code === 0 },
    { what: 'refused: p99', value: ms(p99), target: 'below 20 ms', met: p99 < 20 },
    { what: 'refused: the slowest', value: ms(Math.max(...refused)) },
    { what: 'the event loop was held for, at most', value: ms(cpuMs), target: 'below 100 ms', met: cpuMs < 100 },
    { what: 'the same with what else the machine did', value: ms(wallMs) },
    { what: 'memory behind it', value: `${rssMb.toFixed(0)} MB` },
  ];
  process.stdout.write(`${table(figures)}\n`);
  if (figures.some(({ met }) => met === false)) process.exitCode = 1;
} finally {
  await sandbox.close();
  rmSync(folder, { recursive: true });
}
