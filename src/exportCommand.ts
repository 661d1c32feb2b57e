import { parseArgs } from 'node:util';
import { GatewayError } from './errors.ts';
import { exportCustomer } from './gateway/directory/export.ts';
import type { Ids } from './ids/ids.ts';
import type { Store } from './store/store.ts';

const HELP = `clientele export --id <customer id>
  Writes all that this gateway holds on a customer to stdout, as JSON: each record's copy, what was last sent, what it is
  found by, why records are linked, and what is remembered of changes. No provider is asked; what they hold is theirs to tell.
  --id <id>   the id as the API gives it, a former one too
  --help      this
`;

/** What an export is made from. */
export interface ExportParts {
  readonly store: Store;
  readonly ids: Ids;
}

/** @returns the exit code: 0, 1 where nothing is held, 2 for a mistake in the arguments */
export async function runExport(argv: readonly string[], open: () => Promise<ExportParts>): Promise<number> {
  const refuse = (message: string): number => {
    process.stderr.write(`${message}\n\n${HELP}`);
    return 2;
  };
  const args = readArguments(argv);
  if (typeof args === 'string') return refuse(args);
  if (args.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (!args.id) return refuse('Whose data? Give the customer’s id with --id.');
  const { store, ids } = await open();
  try {
    const key = ids.openAs('customer', args.id);
    const held = await exportCustomer(store, ids, key, new Date());
    if (!held) {
      process.stderr.write('Nothing is held on this customer.\n');
      return 1;
    }
    process.stdout.write(`${JSON.stringify(held, null, 2)}\n`);
    return 0;
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'BAD_USER_INPUT') return refuse(thrown.message);
    throw thrown;
  } finally {
    await store.close();
  }
}

function readArguments(argv: readonly string[]): { id?: string; help?: boolean } | string {
  try {
    return parseArgs({ args: [...argv], options: { id: { type: 'string' }, help: { type: 'boolean', short: 'h' } } })
      .values;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : 'These arguments can’t be read.';
  }
}
