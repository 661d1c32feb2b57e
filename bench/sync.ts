import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import type { Figure } from './figure.ts';
import { openPlace } from './place.ts';
import type { Measured } from './syncRuns.ts';

/**
 * Sync of one provider's whole listing from the sandbox, a process of its own, into each store: a first run, and a second
 * one that finds everything as it was. Each pair of runs has a process of its own, so that its memory is theirs.
 */

const CLI = new URL('../src/cli.ts', import.meta.url).pathname;
const RUNS = new URL('syncRuns.ts', import.meta.url).pathname;

/** Octobat has so many of the sandbox's people, about. */
const PART = 0.78;

/**
 * @param records how many there are, about
 * @param profile writes a .cpuprofile of each pair of runs into this folder
 */
export async function benchSync(
  records: number,
  stores: readonly string[],
  profile: boolean,
  say: (line: string) => void,
): Promise<readonly Figure[]> {
  say('starting the sandbox');
  const sandbox = await startSandbox(Math.ceil(records / PART));
  const lines: Figure[] = [];
  try {
    for (const name of stores) {
      say(`${name}: syncing`);
      const place = await openPlace(name);
      try {
        lines.push(...told(place.name, await measured({ ...sandbox.env, ...place.env }, profile)));
      } finally {
        await place.drop();
      }
    }
  } finally {
    sandbox.child.kill();
  }
  return lines;
}

async function measured(env: Record<string, string>, profile: boolean): Promise<readonly Measured[]> {
  const settings = { AUTH: 'none', LOG_LEVEL: 'warn', SYNC_INTERVAL: '0', PATH: process.env.PATH ?? '' };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--max-semi-space-size=8', ...(profile ? ['--cpu-prof'] : []), RUNS],
    { env: { ...settings, ...env } },
  );
  return JSON.parse(stdout) as Measured[];
}

function told(store: string, runs: readonly Measured[]): Figure[] {
  return runs.flatMap(({ records, ms, cpuMs, heldMs, rssMb }, index) => {
    const run = index === 0 ? 'first sync' : 'sync again, nothing changed';
    const rate = Math.round((records * 1000) / ms);
    return [
      {
        what: `${store}: ${run}, ${records} records`,
        value: `${rate} records/s, ${Math.round((cpuMs * 1000) / records)} µs of CPU each`,
        target: '≥ 5000 records/s',
        met: rate >= 5_000,
      },
      { what: `${store}: ${run}, event loop held`, value: `${heldMs} ms`, target: '< 100 ms', met: heldMs < 100 },
      { what: `${store}: ${run}, memory behind it`, value: `${rssMb} MB` },
    ];
  });
}

interface Sandbox {
  readonly child: ChildProcess;
  readonly env: Record<string, string>;
}

async function startSandbox(customers: number): Promise<Sandbox> {
  const args = ['sandbox', '--provider', 'octobat', '--customers', String(customers), '--max-calls', '0'];
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill());
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    if (!text.includes('# Ready')) continue;
    const pairs = text.matchAll(/^([A-Z_]+)=(.*)$/gm);
    return { child, env: Object.fromEntries([...pairs].map(([, name = '', value = '']) => [name, value])) };
  }
  throw new Error('the sandbox ended before it was ready');
}
