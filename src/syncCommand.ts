import { parseArgs } from 'node:util';
import { systemClock } from './clock.ts';
import type { Member, SyncWatcher } from './gateway/gateway.ts';
import { isListed, type Sync, whyNotListed } from './gateway/sync/sync.ts';
import type { Outcome } from './gateway/sync/watcher.ts';
import { type Out, type Progress, showProgress } from './syncProgress.ts';

const HELP = `clientele sync [provider …] [--full]

Copies the listings of providers into the gateway's store: now, in this process, on the settings of the gateway. It may
run meanwhile. Without a provider, every one that is configured and can be listed.

  --full    lists everything from the beginning, where only changes would be asked for, or a run would be gone on with
  --help    this

A provider that another process is at is left to it, and counts as not complete. Ctrl-C stops behind the page that is
being kept; the next run goes on from there. Exit code: 0 when every provider is complete, 1 when not, 2 when nothing
was begun since the command was wrong.
`;

export interface Opened {
  readonly sync: Sync;
  readonly members: readonly Member[];
  close(): Promise<void>;
}

/** Where the command writes, and what stops it. */
export interface Surroundings {
  readonly stdout: Out;
  readonly stderr: Out;
  /** Calls back once when it is to stop. */
  readonly onStop: (stop: () => void) => void;
}

/** Runs `clientele sync`; gives the exit code. @param open opens the store and the providers of the environment */
export async function runSyncCommand(
  argv: readonly string[],
  open: (watcher: SyncWatcher) => Promise<Opened>,
  surroundings: Surroundings = ofProcess,
): Promise<number> {
  const { stdout, stderr, onStop } = surroundings;
  const read = readArguments(argv);
  if (read === 'help') {
    stdout.write(HELP);
    return 0;
  }
  if (typeof read === 'string') return refused(stderr, read);
  // Known only when the providers are: nothing runs before.
  let progress: Progress | undefined;
  const opened = await open({
    began: (...told) => progress?.began(...told),
    kept: (...told) => progress?.kept(...told),
    waiting: (...told) => progress?.waiting(...told),
    ended: (...told) => progress?.ended(...told),
  });
  try {
    const chosen = choose(opened.members, read.providers);
    if (typeof chosen === 'string') return refused(stderr, chosen);
    const shown = showProgress(stderr, chosen, systemClock.elapsed);
    progress = shown;
    onStop(() => {
      shown.say('Stopping behind the page that is being kept. The next run goes on from there.');
      void opened.sync.stop();
    });
    const runs = chosen.map((provider) => opened.sync.run(provider, { full: read.full }));
    const outcomes = await Promise.all(runs).finally(shown.end);
    stdout.write(table(outcomes));
    return outcomes.every(({ state }) => state === 'COMPLETE') ? 0 : 1;
  } finally {
    await opened.close();
  }
}

const ofProcess: Surroundings = {
  stdout: process.stdout,
  stderr: process.stderr,
  onStop(stop) {
    const once = (): void => {
      // A second signal ends the process at once.
      process.off('SIGINT', once).off('SIGTERM', once);
      stop();
    };
    process.on('SIGINT', once).on('SIGTERM', once);
  },
};

function refused(stderr: Out, why: string): number {
  stderr.write(`${why}\nTry clientele sync --help.\n`);
  return 2;
}

interface Arguments {
  readonly providers: readonly string[];
  readonly full: boolean;
}

/** @returns why not, where they can't be read */
function readArguments(argv: readonly string[]): Arguments | string {
  try {
    const options = { full: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    return values.help ? 'help' : { providers: [...new Set(positionals)], full: values.full ?? false };
  } catch (cause) {
    return cause instanceof Error ? cause.message : 'The arguments can’t be read.';
  }
}

/** @returns why not, where one of them can't be synced */
function choose(members: readonly Member[], named: readonly string[]): readonly string[] | string {
  const listed = members.filter(isListed).map(({ id }) => id);
  if (named.length === 0) return listed.length > 0 ? listed : 'No provider that is configured can be listed.';
  for (const name of named) {
    const member = members.find(({ id }) => id === name);
    if (!member)
      return `There is no provider ${JSON.stringify(name)}: there are ${members.map(({ id }) => id).join(', ')}.`;
    if (!isListed(member)) return `${name} can’t be synced: ${whyNotListed(member)}`;
  }
  return named;
}

const NUMBERS = ['added', 'changed', 'unchanged', 'missing'] as const;

function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => [
    outcome.provider,
    String(outcome.counts.seen),
    ...NUMBERS.map((name) => String(outcome.counts[name])),
    (outcome.durationMs / 1000).toFixed(1),
    words(outcome),
  ]);
  const all = [['provider', 'records', ...NUMBERS, 'seconds', 'outcome'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const isText = (column: number): boolean => column === 0 || column === widths.length - 1;
  return all
    .map((row) =>
      row
        .map((cell, column) => (isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd()
        .concat('\n'),
    )
    .join('');
}

function words({ state, problem }: Outcome): string {
  switch (state) {
    case 'COMPLETE':
      return 'complete';
    case 'STOPPED':
      return 'stopped: the next run goes on from there';
    case 'ELSEWHERE':
      return 'another process is syncing it: left to that one';
    default:
      return `failed: ${problem ? `${problem.code} ${problem.message}` : 'unknown'}`;
  }
}
