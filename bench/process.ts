import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A gateway or what it needs, by what the system says of it: it is not asked, and does no work for being measured. */
export interface Measured {
  readonly url: string;
  readonly pid: number;
  /** From its start to its ready line. */
  readonly readyMs: number;
  /** Since its start, all threads, in user and kernel. */
  cpuMs(): number;
  rssMb(): number;
  /** Files, sockets and pipes that it holds open. */
  handles(): number;
  /** Whether it has ended, told to or not. */
  hasEnded(): boolean;
  /** Ends it, and waits until it has. @param signal SIGTERM lets it end what it is at */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

export interface Ended {
  /** null: a signal has ended it. */
  readonly code: number | null;
}

const TICK_MS = 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** One caller asks here for as much as there is. */
const UNCOUNTED = { CALLER_OPERATIONS_PER_MINUTE: '100000000', CALLER_CALLS_PER_MINUTE: '100000000' };

/**
 * Starts Node on a script and waits for the line that says that it is ready.
 * @param stderr a file descriptor for what it logs
 * @param alone Ctrl-C in a terminal is not for it: whoever has started it says when it stops
 */
export async function start(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  stderr: number | 'inherit' = 'inherit',
  alone = false,
): Promise<Measured> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...UNCOUNTED, ...environment },
    stdio: ['ignore', 'pipe', stderr],
    detached: alone,
  });
  const ended = once(child, 'exit').then(([code]): Ended => ({ code }));
  const killed = () => child.kill('SIGKILL');
  // Before whatever else is done at the exit: a process that still runs writes into the folder that is removed.
  process.prependOnceListener('exit', killed);
  const url = await readyUrl(child, args);
  const readyMs = performance.now() - startedAt;
  return {
    url,
    pid: child.pid ?? 0,
    readyMs,
    cpuMs() {
      // Fields 14 and 15 of proc(5), counted behind the name, which may hold blanks.
      const [user, system] = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
        .slice(11);
      return (Number(user) + Number(system)) * TICK_MS;
    },
    rssMb() {
      return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
    },
    handles: () => readdirSync(`/proc/${child.pid}/fd`).length,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const how = await ended;
      process.off('exit', killed);
      return how;
    },
  };
}

async function readyUrl(child: ChildProcess, args: readonly string[]): Promise<string> {
  if (!child.stdout) throw new Error('no output to read');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    if (line.includes('"ready":true')) return (JSON.parse(line) as { url: string }).url;
  }
  throw new Error(`${args.join(' ')} ended before it was ready`);
}
