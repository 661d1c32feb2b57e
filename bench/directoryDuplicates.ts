import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../src/clock.ts';
import { ChangeFeed } from '../src/gateway/changes/feed.ts';
import { customerOf } from '../src/gateway/customer.ts';
import { possibleDuplicates } from '../src/gateway/directory/duplicates.ts';
import { createGateway } from '../src/gateway/gateway.ts';
import { Operation } from '../src/gateway/operation.ts';
import { createIds } from '../src/ids/ids.ts';
import { createSealer } from '../src/ids/seal.ts';
import { openAt } from '../src/openStore.ts';
import { loadProviders } from '../src/providers/index.ts';
import { createDirectory, TRUST_ORDER } from './directoryPeople.ts';
import type { Figure } from './figure.ts';

/** Who may be the same customer, in a directory that is filled: in a process of its own, that prints what it took as JSON. */

const [url = '', size = '0'] = process.argv.slice(2);
const DEADLINE_MS = 5 * 60_000;
const ROUNDS = 200;

const directory = createDirectory(Number(size));
const store = await openAt(url, TRUST_ORDER, () => undefined);
const ids = createIds(createSealer('the secret of a benchmark', undefined));
const NOBODY_SUBSCRIBES = { subscribers: 0, ofOneCaller: 0, waiting: 0, pollMs: 1_000 };
const thrown = (error: unknown): never => {
  throw error;
};
const gateway = createGateway({
  ...{ providers: await loadProviders(), connections: new Map(), trustOrder: TRUST_ORDER, store, clock: systemClock },
  ids,
  syncing: { intervalMs: 0 },
  changes: new ChangeFeed({ store, ids, elsewhere: null, unforeseen: thrown, limits: NOBODY_SUBSCRIBES }),
  ...{ cacheMaxAgeMs: 0, deadlineMs: DEADLINE_MS, answered: () => undefined, callsLeft: () => Infinity },
  unforeseen: thrown,
});

async function ask(): Promise<number> {
  const operation = new Operation(
    gateway,
    { name: 'benchmark', loggedAs: 'benchmark', scopes: new Set() },
    'benchmark',
  );
  const record = directory.copy(Math.floor(Math.random() * directory.size)).key;
  return (await possibleDuplicates(operation, await customerOf(operation, record), 5)).length;
}

const delay = monitorEventLoopDelay({ resolution: 1 });
const rss = (): number => Math.round(process.memoryUsage.rss() / 2 ** 20);
delay.enable();
const began = performance.now();
await gateway.directory.model.current({ deadlineAt: systemClock.elapsed() + DEADLINE_MS });
const learnt = performance.now() - began;
const most = rss();
const times: number[] = [];
let found = 0;
for (let round = 0; round < ROUNDS; round++) {
  const start = performance.now();
  found += await ask();
  times.push(performance.now() - start);
}
delay.disable();
times.sort((one, other) => one - other);
const at = (part: number): number =>
  Math.round(times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0);
const held = Math.round(delay.max / 1e6);
const lines: Figure[] = [
  {
    what: 'learning what duplicates look like',
    value: `${(learnt / 1000).toFixed(1)} s, in a process of its own; ${most} MB then`,
  },
  {
    what: 'duplicates of one customer',
    value: `p50 ${at(0.5)}, p95 ${at(0.95)}, longest ${at(1)} ms; ${(found / ROUNDS).toFixed(2)} found; held ${held} ms`,
    target: 'p95 < 100 ms',
    met: at(0.95) < 100 && held < 100,
  },
  { what: 'memory with them', value: `${rss()} MB`, target: '< 400 MB', met: rss() < 400 },
];
gateway.directory.model.close();
await store.close();
process.stdout.write(JSON.stringify(lines));
