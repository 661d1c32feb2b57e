import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Put before a gateway: for how long, at most, nothing else could run there since SIGUSR2 came last. On a machine that does
 * other work as well, its thread's own time between two looks says what the gateway has to do with that. See ../fuzz.ts.
 */

export interface Held {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
let longest = 0;
let before = process.threadCpuUsage();

setInterval(() => {
  const { user, system } = process.threadCpuUsage(before);
  longest = Math.max(longest, (user + system) / 1_000);
  before = process.threadCpuUsage();
}, 1).unref();

process.on('SIGUSR2', () => {
  delay.reset();
  longest = 0;
});

process.on('exit', () => {
  const held: Held = { wallMs: delay.max / 1e6, cpuMs: longest };
  writeFileSync(process.env.HELD_FILE ?? '', JSON.stringify(held));
});
