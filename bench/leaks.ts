import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts';
import type { Figure } from './figure.ts';
import { type Growth, growthOf } from './leaks/growth.ts';
import { type Heap, heapOf } from './leaks/heap.ts';
import { Work } from './leaks/work.ts';
import { openPlace } from './place.ts';
import { type Measured, start } from './process.ts';

/**
 * That nothing leaks: rounds of the same mixed work, of which much fails, and behind each of them what the gateway's heap
 * holds, by class. What grows from each round to the next one is kept by something that forgets nothing.
 */

const CLI = new URL('../src/cli.ts', import.meta.url).pathname;
const ROUNDS = 5;
const KEY = 'key-of-the-benchmark';

/** So many that what the gateway remembers of them by itself, some thousands of records and ids, is full with them. */
const CUSTOMERS = 3_000;
const LIMITS = { settings: { 'cycle-software': { minutelyLimit: 1_000_000, dailyLimit: 100_000_000 } } };

/** What was asked and is not wanted any more ends a while later. */
const QUIET_WITHIN_MS = 10_000;

/** Behind a round. */
interface Sample {
  readonly heap: Heap;
  readonly rssMb: number;
  /** But for connections to providers, which are kept for what is asked next. */
  readonly handles: number;
}

/** @param store `sqlite` or `postgres` */
export async function benchLeaks(store: string, say: (line: string) => void): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-bench-'));
  const place = await openPlace(store);
  const sandbox = await startSandbox({ customers: CUSTOMERS, maxCalls: 100, ...LIMITS });
  const log = openSync(join(folder, 'log'), 'w');
  try {
    const sha256 = createHash('sha256').update(KEY).digest('hex');
    const scopes = ['customers:read', 'customers:write'];
    writeFileSync(join(folder, 'keys.json'), JSON.stringify([{ name: 'bench', sha256, scopes }]));
    const environment = {
      ...{ PORT: '0', AUTH: 'required', API_KEYS_FILE: join(folder, 'keys.json'), PROVIDER_TIMEOUT_MS: '1000' },
      ...{ ...sandbox.env, ...place.env, SYNC_INTERVAL: '0' },
    };
    say('copying the listings');
    await promisify(execFile)(process.execPath, [CLI, 'sync'], { env: { PATH: process.env.PATH, ...environment } });
    const gateway = await start(['--max-semi-space-size=8', '--inspect=127.0.0.1:0', CLI, 'start'], environment, log);
    const inspector = /ws:\S+/.exec(readFileSync(join(folder, 'log'), 'utf8'))?.[0];
    if (inspector === undefined) throw new Error('the gateway has no inspector');
    const atStart = gateway.handles();
    const work = new Work(sandbox, gateway.url, KEY);
    say('filling caches');
    await work.fill();
    const samples: Sample[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      await work.round();
      const sample = await sampleOf(gateway, inspector, sandbox, samples[0]?.handles ?? atStart);
      samples.push(sample);
      say(`round ${round}: ${Math.round(sample.rssMb)} MB, ${sample.handles} handles, ${objects(sample)} objects`);
    }
    await gateway.stop();
    const growth = growthOf(samples.map(({ heap }) => heap));
    for (const each of growth) say(told(each));
    return figures(place.name, atStart, samples, growth);
  } finally {
    closeSync(log);
    await sandbox.close();
    await place.drop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** When it is quiet. @param fewest handles that there can be */
async function sampleOf(gateway: Measured, inspector: string, sandbox: Sandbox, fewest: number): Promise<Sample> {
  const by = performance.now() + QUIET_WITHIN_MS;
  const handlesNow = async (): Promise<number> => {
    const kept = await Promise.all(sandbox.providers.map((provider) => provider.connections()));
    return gateway.handles() - kept.reduce((sum, each) => sum + each, 0);
  };
  let handles = await handlesNow();
  for (; handles > fewest && performance.now() < by; handles = await handlesNow()) await wait(100);
  return { handles, rssMb: gateway.rssMb(), heap: await heapOf(inspector) };
}

const held = ({ heap }: Sample, what: 'count' | 'bytes'): number =>
  [...heap.values()].reduce((sum, each) => sum + each[what], 0);
const objects = (sample: Sample): number => held(sample, 'count');

const told = ({ name, counts, bytes }: Growth): string =>
  `grows: ${name}: ${counts.join(' ')}; ${bytes.map((each) => Math.round(each / 1024)).join(' ')} KiB`;

function figures(
  store: string,
  atStart: number,
  samples: readonly Sample[],
  growth: readonly Growth[],
): readonly Figure[] {
  const handles = samples.map((each) => each.handles);
  const overRounds = (of: (sample: Sample) => number): string => samples.map((each) => Math.round(of(each))).join(' ');
  return [
    {
      what: `${store}: classes of objects that grow in every round`,
      value: growth.map(({ name }) => name).join(', ') || 'none',
      target: 'none',
      met: growth.length === 0,
    },
    { what: 'objects behind each round', value: overRounds(objects) },
    { what: 'their MB', value: overRounds((each) => held(each, 'bytes') / 1024 ** 2) },
    {
      what: `file handles behind each round, ${atStart} at the start`,
      value: handles.join(' '),
      target: 'those of the first',
      met: (handles.at(-1) ?? 0) <= (handles[0] ?? 0),
    },
    { what: 'memory of the process behind each round, MB', value: overRounds(({ rssMb }) => rssMb) },
  ];
}
