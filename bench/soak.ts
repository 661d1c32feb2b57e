/**
 * `npm run soak`: three gateways under load for as long as it is told, while providers, network, PostgreSQL and Redis fail and
 * gateways are killed. At the end what callers were told is held against what the providers have done.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createDice, mix } from '../src/sandbox/random.ts';
import { table } from './figure.ts';
import { readAlways, type Surroundings, Writer } from './soak/callers.ts';
import { Ends } from './soak/ends.ts';
import { figuresOf } from './soak/figures.ts';
import { Ledger } from './soak/ledger.ts';
import { Samples } from './soak/samples.ts';
import { openScene, type Scene } from './soak/scene.ts';
import { Tally } from './soak/tally.ts';
import { Way } from './soak/way.ts';
import { storm } from './soak/weather.ts';

const HELP = `Load, faults and restarts, for as long as you say; ends with 1 where too little was done, a write was lost or
doubled, a gateway ended as it should not, or something leaks.

  npm run soak -- [flags]

  --minutes N   how long (10); less than 5 tell nothing of leaks
  --seed N      the same faults in the same order (of the clock)
  --readers N   how many read at once (6)
  --writers N   how many write at once (2)
  --log FILE    what the gateways log (/dev/null)
  --help        this

Needs PostgreSQL and Redis: DATABASE_URL and REDIS_URL, or the local servers. It makes a database of its own, and drops it.
`;

const TOLD_EVERY_MS = 15_000;
const SAMPLED_EVERY_MS = 1_000;

/** Behind the last fault, until every write has ended: what is looked for is given up behind 45 seconds. */
const SETTLED_WITHIN_MS = 120_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    readers: { type: 'string', default: '6' },
    writers: { type: 'string', default: '2' },
    log: { type: 'string', default: '/dev/null' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const { minutes, seed, readers, writers } = Object.fromEntries(
  (['minutes', 'seed', 'readers', 'writers'] as const).map((name) => {
    const value = Number(values[name]);
    if (!(value > 0)) throw new Error(`--${name} takes a number above 0`);
    return [name, value];
  }),
) as Record<'minutes' | 'seed' | 'readers' | 'writers', number>;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(): Promise<boolean> {
  say(`${minutes} minutes, SEED=${seed}`);
  const scene = await openScene(seed, values.log);
  try {
    return await soak(scene);
  } finally {
    await scene.close();
  }
}

async function soak({ sandbox, cluster, ways, store }: Scene): Promise<boolean> {
  const [watched] = cluster.gateways;
  if (!watched) throw new Error('there is no gateway');
  const over = new AbortController();
  const end = (): void => over.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  const [way, ledger, tally, ends] = [new Way(cluster.url), new Ledger(), new Tally(), new Ends()];
  const samples = new Samples(watched);
  const dice = (part: number) => createDice(mix(seed, part));
  const around = (part: number): Surroundings => ({
    ...{ sandbox, way, ledger, known, over: over.signal, dice: dice(part) },
  });
  const known: string[] = [];
  const startedAt = Date.now();
  const sampling = setInterval(() => samples.take(), SAMPLED_EVERY_MS);
  const telling = setInterval(() => {
    const held = samples.take();
    const shown = held ? `${Math.round(held.rssMb)} MB, ${held.handles} handles` : 'it has ended';
    const passed = `${Math.round((Date.now() - startedAt) / 1_000)} s`.padStart(6);
    say(`${passed}  ${way.requests} requests, ${way.clean} without error, ${ledger.size} writes; ${shown}`);
  }, TOLD_EVERY_MS);
  const ending = setTimeout(end, minutes * 60_000);
  const everybody = [
    storm({ cluster, sandbox, ways, tally, ends, dice: dice(0), over: over.signal }),
    ...Array.from({ length: readers }, (_, index) => readAlways(around(1 + index))),
    ...Array.from({ length: writers }, (_, index) => new Writer(around(1_000 + index)).writeAlways()),
  ];
  try {
    await Promise.all(everybody);
  } finally {
    end();
    await Promise.allSettled(everybody);
    for (const timer of [sampling, telling, ending]) clearTimeout(timer);
  }
  const ran = { minutes: (Date.now() - startedAt) / 60_000, requests: way.requests, clean: way.clean };
  sandbox.providers.forEach((provider) => {
    provider.clearFaults();
  });

  say('Nothing fails any more: what is open is settled.');
  const settledBy = Date.now() + SETTLED_WITHIN_MS;
  const unsettled = () => store.writesIn(['INTENT', 'SENT'], 500);
  while ((await unsettled()).length > 0 && Date.now() < settledBy) await wait(500);
  const findings = await ledger.compare(sandbox, new Way(cluster.url));
  const open = (await unsettled()).length;
  await Promise.all(cluster.gateways.map((each) => ends.watch(each, 'SIGTERM', () => each.stop())));
  const figures = figuresOf({ ...ran, findings, unsettled: open, ends, samples });
  say(`
What went wrong: ${tally}
Records shown: ${way.servedFrom}
Errors and problems told, by code: ${way.failed}

${table(figures)}`);
  const { lost, denied, doubled, repeated, open: unanswered } = findings;
  const seen = [lost, denied, doubled, repeated, unanswered, ends.unclean, ends.untold].flat();
  for (const each of seen.slice(0, 20)) say(`see ${each}`);
  return figures.every(({ met }) => met !== false);
}

if (values.help) say(HELP);
// Node may wait forever for sockets that were reset while they were being ended.
else process.exit((await run()) ? 0 : 1);
