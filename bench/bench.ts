import { createHash } from 'node:crypto';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { benchDirectory } from './directory.ts';
import { benchFaults } from './faults.ts';
import { type Figure, table } from './figure.ts';
import { benchLeaks } from './leaks.ts';
import { type Client, createClient, repeat } from './load.ts';
import { benchOverload } from './overload.ts';
import { type Measured, start } from './process.ts';
import { benchSync } from './sync.ts';

/**
 * What the gateway itself costs, on loopback and within a bounded time: its processor time for one customer by id beside
 * the same read by hand, the calls of a hundred customers in one operation, its memory after many reads, and its start.
 * The gateway runs as in production: callers checked, log on.
 */

const HELP = `npm run bench -- [options]
  --quick          fewer of everything: a first look
  --reads <n>      how many reads before memory is measured (some 230000 are made anyway)
  --million        the same as --reads 1000000
  --profile        writes a .cpuprofile of the gateway into this folder
  --directory      instead: a directory of many records, in the embedded store and in PostgreSQL (DATABASE_URL)
  --overload       instead: up to three times as much as one core can answer
  --leaks          instead: rounds of all that is asked for and fails, and what the heap holds behind each (sqlite unless said)
  --faults         instead: what is promised of providers that fail
  --sync           instead: a provider's whole listing synced from the sandbox, into both stores
  --records <n>    how many; a million unless said, a hundred thousand for --sync
  --store <name>   sqlite or postgres alone
`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    reads: { type: 'string' },
    million: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    directory: { type: 'boolean', default: false },
    overload: { type: 'boolean', default: false },
    leaks: { type: 'boolean', default: false },
    faults: { type: 'boolean', default: false },
    sync: { type: 'boolean', default: false },
    records: { type: 'string' },
    store: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const ROUNDS = options.quick ? 3 : 5;
const READS_A_ROUND = options.quick ? 4_000 : 20_000;
const READS = Number(options.reads ?? (options.million ? 1_000_000 : 0));
const AT_ONCE = 32;
const CUSTOMERS_IN_ALL = 10_000;
/** Of so many, each is asked again and again. */
const AGAIN = 1_000;
const STARTS = options.quick ? 3 : 5;
const LONGEST_MS = 20 * 60_000;
const STORES = options.store ? [options.store] : ['sqlite', 'postgres'];

const CLI = new URL('../src/cli.ts', import.meta.url).pathname;
const script = (name: string): string => new URL(name, import.meta.url).pathname;

const CUSTOMER = `query Customer($id: ID!) { customer(id: $id) {
  id displayName kind email phone taxId address { lines country } octobat { name businessType } } }`;
const CUSTOMERS = `query Customers($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer {
  id displayName kind email phone taxId address { lines country } octobat { name businessType } } } }`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function bench(folder: string): Promise<readonly Figure[]> {
  const key = 'key-of-the-benchmark';
  const keys = join(folder, 'keys.json');
  const sha256 = createHash('sha256').update(key).digest('hex');
  writeFileSync(keys, JSON.stringify([{ name: 'bench', sha256, scopes: ['customers:read'] }]));
  const upstream = await start([script('upstream.ts')], {});
  const environment = {
    ...{ PORT: '0', AUTH: 'required', API_KEYS_FILE: keys, LOG_LEVEL: 'info', SYNC_INTERVAL: '0' },
    ...{
      DATABASE_URL: `file:${join(folder, 'clientele.db')}`,
      OCTOBAT_URL: upstream.url,
      OCTOBAT_API_KEY: 'oc_test_skey',
    },
  };
  const log = openSync(join(folder, 'log'), 'w');
  const startGateway = (...flags: string[]): Promise<Measured> =>
    start(['--max-semi-space-size=8', ...flags, CLI, 'start'], environment, log);
  const starts = await startTimes(startGateway);
  const gateway = await startGateway(...(options.profile ? ['--cpu-prof'] : []));
  const peer = await start([script('peer.ts'), upstream.url], {});
  const client = createClient(gateway.url, key, AT_ONCE);
  const live = createClient(gateway.url, key, AT_ONCE, 'no-cache');
  const byHand = createClient(peer.url, key, AT_ONCE);
  say('warming up');
  const ids = await sealedIds(client);
  let turn = 0;
  const read = () => client.ask(CUSTOMER, { id: ids[turn++ % ids.length] });
  const readAgain = (index: number) => client.ask(CUSTOMER, { id: ids[index % AGAIN] });
  const readByHand = (index: number) => byHand.ask(CUSTOMER, { id: providerId(index % ids.length) });
  for (const work of [read, readAgain, readByHand]) await repeat(READS_A_ROUND / 2, AT_ONCE, work);
  const costs: number[] = [];
  const costsAgain: number[] = [];
  const costsByHand: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    costs.push(await cost(gateway, READS_A_ROUND, read));
    costsAgain.push(await cost(gateway, READS_A_ROUND, readAgain));
    costsByHand.push(await cost(peer, READS_A_ROUND, readByHand));
    say(
      `round ${round}: ${µs(costs.at(-1))} a read, ${µs(costsAgain.at(-1))} again, ${µs(costsByHand.at(-1))} by hand`,
    );
  }

  const batch = await batches(live, upstream, gateway, ids);

  const done = ids.length + READS_A_ROUND * 2 * (ROUNDS + 0.5);
  for (let left = READS - done; left > 0; left -= 50_000) {
    await repeat(Math.min(left, 50_000), AT_ONCE, read);
    say(`${Math.min(READS, READS - left + 50_000)} reads: ${Math.round(gateway.rssMb())} MB`);
  }
  const rss = gateway.rssMb();

  await Promise.all([client.close(), live.close(), byHand.close()]);
  for (const each of [gateway, peer, upstream]) await each.stop();
  return [
    {
      what: 'CPU for one customer by id, not asked lately: median (min–max)',
      value: spread(costs),
      target: '< 300 µs',
      met: median(costs) < 300,
    },
    { what: 'the same for a customer asked again within 30 s: no call to the provider', value: spread(costsAgain) },
    { what: 'the same read by hand (node:http + undici)', value: spread(costsByHand) },
    {
      what: 'ratios of the medians to the read by hand',
      value: [costs, costsAgain].map((each) => `${(median(each) / median(costsByHand)).toFixed(2)} ×`).join(', '),
    },
    ...batch,
    {
      what: `memory after ${Math.max(READS, done)} reads`,
      value: `${Math.round(rss)} MB`,
      target: '< 200 MB',
      met: rss < 200,
    },
    {
      what: `from start to ready, median of ${STARTS}`,
      value: `${Math.round(median(starts))} ms`,
      target: '< 1500 ms',
      met: median(starts) < 1500,
    },
  ];
}

async function startTimes(startGateway: () => Promise<Measured>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < STARTS; index++) {
    const gateway = await startGateway();
    times.push(gateway.readyMs);
    await gateway.stop();
  }
  return times;
}

const providerId = (index: number): string => `oc_cu_${String(index).padStart(22, '0')}`;

/** The gateway's own ids of more customers than it remembers the seals of. */
async function sealedIds(client: Client): Promise<string[]> {
  const byProviderId = `query ById($id: String!) {
    customerByProviderId(provider: OCTOBAT, providerId: $id) { id } }`;
  const ids: string[] = [];
  await repeat(CUSTOMERS_IN_ALL, AT_ONCE, async (index) => {
    const data = await client.ask<{ customerByProviderId: { id: string } }>(byProviderId, { id: providerId(index) });
    ids[index] = data.customerByProviderId.id;
  });
  return ids;
}

/** Microseconds of a process's processor time for each piece of work. */
async function cost(
  measured: Measured,
  times: number,
  work: (index: number) => Promise<unknown>,
  atOnce = AT_ONCE,
): Promise<number> {
  const before = measured.cpuMs();
  await repeat(times, atOnce, work);
  return ((measured.cpuMs() - before) * 1000) / times;
}

async function batches(client: Client, upstream: Measured, gateway: Measured, ids: string[]): Promise<Figure[]> {
  const told = async (): Promise<{ calls: number; most: number }> =>
    (await (await request(`${upstream.url}/told`)).body.json()) as { calls: number; most: number };
  const delay = async (ms: number) => (await request(`${upstream.url}/delay?ms=${ms}`)).body.dump();
  const hundred = ids.slice(0, 100);
  const twice = [...ids.slice(0, 50), ...ids.slice(0, 50)];
  await delay(5);
  await told();
  await client.ask(CUSTOMERS, { ids: hundred });
  const distinct = await told();
  await client.ask(CUSTOMERS, { ids: twice });
  const repeated = await told();
  await delay(0);
  // Few at once: more would overflow the provider's queue, as they should.
  const askHundred = () => client.ask(CUSTOMERS, { ids: hundred });
  const perBatch = await cost(gateway, options.quick ? 100 : 500, askHundred, 4);
  return [
    {
      what: 'calls for 100 distinct customers in one operation',
      value: String(distinct.calls),
      target: '≤ 100',
      met: distinct.calls <= 100,
    },
    {
      what: 'calls for 50 distinct customers, each asked twice',
      value: String(repeated.calls),
      target: '50',
      met: repeated.calls === 50,
    },
    { what: 'calls at once, at most', value: String(distinct.most), target: '≤ 16', met: distinct.most <= 16 },
    { what: 'CPU for 100 customers in one operation', value: µs(perBatch) },
  ];
}

const µs = (value = 0): string => `${Math.round(value)} µs`;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const spread = (values: readonly number[]): string =>
  `${µs(median(values))} (${Math.round(Math.min(...values))}–${Math.round(Math.max(...values))})`;

function tell(figures: readonly Figure[]): void {
  process.stdout.write(`\n${table(figures)}\n`);
  process.exitCode = figures.some(({ met }) => met === false) ? 1 : 0;
}

if (options.help) {
  process.stdout.write(HELP);
} else if (options.directory) {
  tell(await benchDirectory(Number(options.records ?? 1_000_000), STORES, say));
} else if (options.overload) {
  tell(await benchOverload(options.quick ? 3 : 10, say));
} else if (options.leaks) {
  tell(await benchLeaks(options.store ?? 'sqlite', say));
} else if (options.faults) {
  tell(await benchFaults(say));
} else if (options.sync) {
  tell(await benchSync(Number(options.records ?? 100_000), STORES, options.profile, say));
} else {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  setTimeout(() => {
    say('The benchmark took too long and was stopped.');
    process.exit(1);
  }, LONGEST_MS).unref();
  tell(await bench(folder));
}
