import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Put before a gateway: for how long, at most, nothing else could run there since SIGUSR2 came last. See ../fuzz.ts. */

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('SIGUSR2', () => delay.reset());
process.on('exit', () => writeFileSync(process.env.HELD_FILE ?? '', String(delay.max / 1e6)));
