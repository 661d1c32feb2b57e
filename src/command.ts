import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { GatewayError } from './errors.ts';
import type { Ids } from './ids/ids.ts';
import type { Store } from './store/store.ts';

/** What commands have in common, those on the store above all. */

/** What such a command works on. */
export interface StoreParts {
  readonly store: Store;
  readonly ids: Ids;
}

export type OpenStore = () => Promise<StoreParts>;

export interface StoreCommand<Arguments> {
  readonly help: string;
  /** @throws Mistake */
  readonly read: (argv: readonly string[]) => Arguments;
  /** @throws Mistake, Refusal */
  readonly run: (parts: StoreParts, args: Arguments) => Promise<void>;
}

/** The arguments are at fault. */
export class Mistake extends Error {}

/** There is nothing to be done, and why. */
export class Refusal extends Error {}

/** Whose doing it is that is done at this machine, in the audit log. */
export const OPERATOR = 'operator';

/** @returns the exit code: see `runReadily` */
export async function runOnStore<Arguments>(
  { help, read, run }: StoreCommand<Arguments>,
  argv: readonly string[],
  open: OpenStore,
): Promise<number> {
  return runReadily(help, argv, async () => {
    const args = read(argv);
    const parts = await open();
    try {
      await run(parts, args);
    } finally {
      await parts.store.close();
    }
  });
}

/**
 * Runs a command that tells of mistakes and refusals in words.
 * @param work throws Mistake, Refusal
 * @returns the exit code: 0, 1 where there is nothing to be done, 2 for a mistake in the arguments
 */
export async function runReadily(help: string, argv: readonly string[], work: () => Promise<void>): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(help);
    return 0;
  }
  try {
    await work();
    return 0;
  } catch (thrown) {
    if (thrown instanceof Refusal) {
      process.stderr.write(`${thrown.message}\n`);
      return 1;
    }
    const isMistake = thrown instanceof Mistake || (thrown instanceof GatewayError && thrown.code === 'BAD_USER_INPUT');
    if (!isMistake) throw thrown;
    process.stderr.write(`${thrown.message}\n\n${help}`);
    return 2;
  }
}

/** Reads options, and nothing else. @throws Mistake */
export const optionsOf = <const Options extends ParseArgsOptionsConfig>(argv: readonly string[], options: Options) =>
  argumentsOf(argv, options, false).values;

/**
 * Reads options and what stands beside them. What stands behind one that takes a value is its value, even where it begins as an
 * option does: ids may.
 * @throws Mistake
 */
export function argumentsOf<const Options extends ParseArgsOptionsConfig>(
  argv: readonly string[],
  options: Options,
  allowPositionals = true,
) {
  const args: string[] = [];
  for (const each of argv) {
    const last = args.at(-1) ?? '';
    const isValue = last.startsWith('--') && options[last.slice(2)]?.type === 'string';
    if (isValue) args[args.length - 1] = `${last}=${each}`;
    else args.push(each);
  }
  try {
    return parseArgs({ args, options, allowPositionals });
  } catch (thrown) {
    throw new Mistake(thrown instanceof Error ? thrown.message : 'These arguments can’t be read.');
  }
}

/** Rows below one another, the first of which names the columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
