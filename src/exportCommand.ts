import { Mistake, OPERATOR, type OpenStore, optionsOf, Refusal, runOnStore, type StoreParts } from './command.ts';
import { exportCustomer } from './gateway/directory/export.ts';

const HELP = `clientele export --id <customer id>
  Writes all that this gateway holds on a customer to stdout, as JSON: each record's copy, what was last sent, what it is
  found by, why records are linked, and what is remembered of changes. No provider is asked; what they hold is theirs to tell.
  That it was done is noted in the audit log.
  --id <id>   the id as the API gives it, a former one too
  --help      this
`;

/** @returns the exit code: 0, 1 where nothing is held, 2 for a mistake in the arguments */
export const runExport = (argv: readonly string[], open: OpenStore): Promise<number> =>
  runOnStore({ help: HELP, read: readArguments, run }, argv, open);

function readArguments(argv: readonly string[]): string {
  const { id } = optionsOf(argv, { id: { type: 'string' } });
  if (!id) throw new Mistake('Whose data? Give the customer’s id with --id.');
  return id;
}

async function run({ store, ids }: StoreParts, id: string): Promise<void> {
  const key = ids.openAs('customer', id);
  const at = new Date();
  const held = await exportCustomer(store, ids, key, at);
  if (!held) throw new Refusal('Nothing is held on this customer.');
  // Before it is handed out: where it can't be noted, nobody gets it.
  await store.audit({
    ...{ at, caller: OPERATOR, request: 'clientele export' },
    ...{ action: 'EXPORT', record: key, outcome: 'DONE' },
  });
  process.stdout.write(`${jsonOf(held)}\n`);
}

/** JSON leaves some control characters as they are: a terminal is to show what providers say, and not to obey it. */
const jsonOf = (held: unknown): string =>
  JSON.stringify(held, null, 2).replaceAll(/[\u007f-\u009f]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`);
