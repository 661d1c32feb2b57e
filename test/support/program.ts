import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/**
 * A process of its own, as an operator starts it: nothing of this one's environment but the path, and where Node keeps
 * what it has compiled.
 */
export interface Program {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** How it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Resolves when what was written to stdout fits. @throws with what was written, when the process ends before */
  until(pattern: RegExp): Promise<string>;
  /** Waits for the ready line. */
  ready(): Promise<Ready>;
}

export interface Ready {
  readonly ready: true;
  readonly url: string;
  readonly providers: readonly string[];
}

interface ProgramOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
}

/** `clientele …` */
export const runCommand = (argv: readonly string[], options: ProgramOptions = {}): Program =>
  run([CLI, ...argv], options);

/**
 * The same within a limit of the system's (`ulimit`): blocks of 512 bytes that a file may have (POSIX), or handles that it may
 * have open.
 */
export const runLimited = (
  limit: { readonly blocks: number } | { readonly handles: number },
  argv: readonly string[],
  options: ProgramOptions = {},
): Program => {
  const ulimit = 'blocks' in limit ? `-f ${limit.blocks}` : `-n ${limit.handles}`;
  return started('sh', ['-c', `ulimit ${ulimit}; exec "$0" "$@"`, process.execPath, CLI, ...argv], options);
};

/** A module's text, in a process of its own. */
export const runModule = (text: string, options: ProgramOptions = {}): Program =>
  run(['--input-type=module', '--eval', text], options);

const run = (argv: readonly string[], options: ProgramOptions): Program => started(process.execPath, argv, options);

function started(command: string, argv: readonly string[], { environment = {}, folder }: ProgramOptions): Program {
  const child = spawn(command, argv, {
    ...(folder !== undefined && { cwd: folder }),
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      written[name] += chunk;
    });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const program: Program = {
    child,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    ended,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (pattern.test(written.stdout)) resolve(written.stdout);
        };
        child.stdout.on('data', look);
        child.on('close', () => reject(new Error(`ended before ${pattern}:\n${written.stdout}\n${written.stderr}`)));
        look();
      }),
    async ready() {
      const text = await program.until(/^\{"ready":true.*\}$/m);
      return JSON.parse(text.split('\n').find((line) => line.startsWith('{"ready"')) ?? '');
    },
  };
  return program;
}
