import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openSync } from '../src/openSync.ts';

/** Syncs Octobat twice, on the settings of its environment, and tells what that took: see sync.ts. */

/** What one run took. */
export interface Measured {
  readonly records: number;
  readonly ms: number;
  /** Of all threads. */
  readonly cpuMs: number;
  /** The longest that nothing else could run. */
  readonly heldMs: number;
  readonly rssMb: number;
}

const nothing = (): void => undefined;
const runs: Measured[] = [];
for (let run = 0; run < 2; run++) {
  const opened = await openSync(process.env, { began: nothing, kept: nothing, waiting: nothing, ended: nothing });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const { state, counts } = await opened.sync.run('octobat');
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);
  delay.disable();
  if (state !== 'COMPLETE') throw new Error(`the run ended as ${state}`);
  runs.push({
    records: counts.seen,
    ms,
    cpuMs: (user + system) / 1000,
    heldMs: Math.round(delay.max / 1e6),
    rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
  });
  await opened.close();
}
process.stdout.write(JSON.stringify(runs));
