import { z } from 'zod';
import { Mistake, type OpenStore, optionsOf, runOnStore, type StoreParts, table } from './command.ts';
import type { NodeRef } from './ids/ids.ts';
import type { AuditCriteria, AuditEntry } from './store/audit.ts';

const HELP = `clientele audit [--since <time>] [--caller <name>] [--write <id>] [--id <id>] [--most <count>] [--json]
  Who did what, when and by which request, newest first: each write with what came of it, each time that this was settled, and
  what else was done with somebody's right to do it. No values stand there. What is done by a command is the caller operator's;
  a request with a space in its name is the gateway's own.
  --since <time>    not before: RFC 3339, such as 2026-05-01T00:00:00Z
  --caller <name>   by one caller
  --write <id>      what came of one write
  --id <id>         on a customer, all of whose records are meant, or on one record
  --most <count>    at most so many, up to 1,000,000; default: 100
  --json            a line of JSON for each
  --help            this
Entries can't be changed or deleted: to archive old ones, an administrator of the database copies them, drops the triggers of
the table audit, deletes them and puts the triggers back.
`;

const OPTIONS = {
  since: { type: 'string' },
  caller: { type: 'string' },
  write: { type: 'string' },
  id: { type: 'string' },
  most: { type: 'string', default: '100' },
  json: { type: 'boolean', default: false },
} as const;

type Arguments = ReturnType<typeof readArguments>;

const LARGEST_MOST = 1_000_000;

/** However many are shown, no more are held at once. */
const PAGE = 500;

/** @returns the exit code: 0, 2 for a mistake in the arguments */
export const runAudit = (argv: readonly string[], open: OpenStore): Promise<number> =>
  runOnStore({ help: HELP, read: readArguments, run }, argv, open);

function readArguments(argv: readonly string[]) {
  const options = optionsOf(argv, OPTIONS);
  const { since, most } = options;
  if (since !== undefined && !z.iso.datetime({ offset: true }).safeParse(since).success)
    throw new Mistake('Since when? Give --since a time as RFC 3339 has it: 2026-05-01T00:00:00Z.');
  if (!/^[1-9]\d{0,6}$/.test(most) || Number(most) > LARGEST_MOST)
    throw new Mistake('How many at most? Give --most a number from 1 to 1000000.');
  return options;
}

async function run(parts: StoreParts, args: Arguments): Promise<void> {
  const criteria = criteriaOf(parts, args);
  let last: AuditEntry | undefined;
  for (let left = Number(args.most); left > 0; ) {
    const page = await parts.store.auditLog(criteria, Math.min(left, PAGE), last);
    if (page.length > 0) process.stdout.write(args.json ? lines(parts, page) : rows(parts, page));
    else if (!last && !args.json) process.stdout.write('There is no such entry.\n');
    left = page.length < PAGE ? 0 : left - page.length;
    last = page.at(-1);
  }
}

/** @throws GatewayError BAD_USER_INPUT where an id is none of ours, Mistake where it is of something else */
function criteriaOf({ ids }: StoreParts, { since, caller, write, id }: Arguments): AuditCriteria {
  return {
    ...(since !== undefined && { since: new Date(since) }),
    ...(caller !== undefined && { caller }),
    ...(write !== undefined && { write: Number(ids.openAs('write', write).providerId) }),
    ...(id !== undefined && { on: customerOrRecord(ids.open(id)) }),
  };
}

function customerOrRecord({ kind, ...key }: NodeRef): AuditCriteria['on'] & {} {
  if (kind === 'customer' || kind === 'record') return { kind, ...key };
  throw new Mistake(`This is the id of a ${kind}, where the id of a customer or a record is needed.`);
}

const COLUMNS = ['when', 'caller', 'action', 'provider', 'fields', 'outcome', 'request', 'write', 'record'] as const;

/** An entry by the names of the columns, its ids as the API gives them. */
function told({ ids }: StoreParts, entry: AuditEntry) {
  const { at, caller, action, provider, fields, outcome, request, write, record } = entry;
  return {
    ...{ when: at.toISOString(), caller, action, provider, fields, outcome, request },
    write: write === null ? null : ids.seal({ kind: 'write', provider: provider ?? '', providerId: String(write) }),
    record: record && ids.seal({ ...record, kind: 'record' }),
  };
}

const lines = (parts: StoreParts, page: readonly AuditEntry[]): string =>
  page.map((entry) => `${JSON.stringify(told(parts, entry))}\n`).join('');

function rows(parts: StoreParts, page: readonly AuditEntry[]): string {
  const cells = page.map((entry) => {
    const row = told(parts, entry);
    return COLUMNS.map((column) => String(row[column] ?? '') || '-');
  });
  return table([COLUMNS, ...cells]);
}
