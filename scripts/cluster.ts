/**
 * `npm run cluster`: what deploy/ says, run for real without Docker: simulated providers, several gateways as processes of
 * their own on the local PostgreSQL and Redis, and a proxy before them.
 */

import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startControl } from '../src/sandbox/control.ts';
import { startSandbox } from '../src/sandbox/sandbox.ts';
import { newDatabase } from '../test/services/postgres.ts';
import { onRedis, REDIS } from '../test/services/redis.ts';
import { type Cluster, restartEach, startCluster } from '../test/support/cluster/cluster.ts';

const HELP = `Several gateways behind a proxy, on simulated providers.

  npm run cluster -- [flags]

  --gateways N    how many there are (3)
  --port N        the proxy's port (4000)
  --customers N   how many people the providers know (100)
  --rolling       restarts the gateways one after the other, once, and stops
  --help          this

Needs PostgreSQL and Redis: DATABASE_URL and REDIS_URL, or the local servers. It makes a database of its own, and drops it at
the end. While it runs, SIGHUP restarts the gateways one after the other, and Ctrl-C ends everything.
`;

const complain = (error: unknown): void =>
  void process.stderr.write(`${error instanceof Error ? error.message : error}\n`);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Flags {
  readonly size: number;
  readonly port: number;
  readonly customers: number;
  readonly rolling: boolean;
}

/** @returns null: help is wanted @throws Error that says what is wrong */
function readFlags(): Flags | null {
  const { values } = parseArgs({
    options: {
      gateways: { type: 'string', default: '3' },
      port: { type: 'string', default: '4000' },
      customers: { type: 'string', default: '100' },
      rolling: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const whole = (name: 'gateways' | 'port' | 'customers', least: number): number => {
    const value = Number(values[name]);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new Error(`--${name} takes a whole number from ${least}`);
  };
  const [size, port, customers] = [whole('gateways', 1), whole('port', 0), whole('customers', 0)];
  return values.help ? null : { size, port, customers, rolling: values.rolling };
}

/** Ctrl-C or SIGTERM; a second one ends the process at once. */
const stopping = new AbortController();
const stopped = once(stopping.signal, 'abort');
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort());

/** What is to be ended, the last first. */
const open: (() => Promise<unknown>)[] = [];

async function begin({ size, port, customers }: Flags): Promise<Cluster> {
  (await onRedis()).disconnect();
  const database = await newDatabase();
  open.push(() => database.drop());
  const sandbox = await startSandbox({
    customers,
    // Plays the phones that confirmation codes are sent to.
    onMessage: ({ to, text }) => say(`A message arrives on ${to}: ${text}`),
  });
  open.push(() => sandbox.close());
  const control = await startControl(sandbox);
  open.push(() => control.close());
  say(`${sandbox.providers.length} providers are answering; make them fail at ${control.url}`);
  const cluster = await startCluster({
    ...{ size, port, say },
    environment: {
      ...sandbox.env,
      ...{ DATABASE_URL: database.url, REDIS_URL: REDIS, ID_SECRET: 'for this machine alone', LOG_LEVEL: 'warn' },
    },
  });
  open.push(() => cluster.close());
  return cluster;
}

async function roll(cluster: Cluster): Promise<void> {
  say('All are restarted, one after the other.');
  await restartEach(cluster, stopping.signal);
  if (!stopping.signal.aborted) say('All are restarted.');
}

async function run(): Promise<void> {
  const flags = readFlags();
  if (!flags) return say(HELP);
  const cluster = await begin(flags);
  if (flags.rolling) return roll(cluster);
  let rolling: Promise<void> | null = null;
  process.on('SIGHUP', () => {
    // One that does not start leaves its place empty: the others go on, and the next SIGHUP tries again.
    rolling ??= roll(cluster)
      .catch(complain)
      .finally(() => {
        rolling = null;
      });
  });
  say(`\nOpen ${cluster.url}. Restart them all with kill -HUP ${process.pid}, stop with Ctrl-C.`);
  await stopped;
  say('\nEverything ends.');
  await rolling;
}

try {
  await run();
} catch (error) {
  complain(error);
  process.exitCode = 1;
} finally {
  for (const end of open.reverse()) await end();
}
