import {
  Mistake,
  OPERATOR,
  type OpenStore,
  optionsOf,
  Refusal,
  runOnStore,
  type StoreParts,
  table,
} from './command.ts';
import type { KeptResult } from './gateway/writes/journal.ts';
import { belongingOf } from './gateway/writes/recovery.ts';
import type { RecordKey } from './ids/ids.ts';
import { loadProviders } from './providers/index.ts';
import type { Settlement } from './store/settling.ts';
import type { KeptWrite, WriteState } from './store/writes.ts';

const HELP = `clientele writes list [--all] | show <id> | resolve <id> --done [--provider-id <id>] | resolve <id> --failed
  For writes of which nobody knows whether they were done: look at the provider, then say it here. No provider is asked.
  list                   those that are unknown, newest first, at most 500
    --all                whatever came of them
  show <id>              one of them as JSON, without the values that were written: those are in
                         clientele export, once the write’s record is known
  resolve <id>           settles one that is unknown, by your word
    --done               it was done
    --provider-id <id>   the provider's own id of the record, where the write was to make it
    --failed             it was not done
  --help                 this
An <id> is as list and the API give it, and comes first.
`;

const VERBS = {
  list: { all: { type: 'boolean' } },
  show: {},
  resolve: { done: { type: 'boolean' }, failed: { type: 'boolean' }, 'provider-id': { type: 'string' } },
} as const;

interface Options {
  readonly all?: boolean;
  readonly done?: boolean;
  readonly failed?: boolean;
  readonly 'provider-id'?: string;
}

interface Arguments extends Options {
  readonly verb: keyof typeof VERBS;
  readonly id: string;
}

/** @returns the exit code: 0, 1 where there is no such write or it can't be settled, 2 for a mistake in the arguments */
export const runWrites = (argv: readonly string[], open: OpenStore): Promise<number> =>
  runOnStore({ help: HELP, read: readArguments, run }, argv, open);

async function run(parts: StoreParts, args: Arguments): Promise<void> {
  process.stdout.write(await RUN[args.verb](parts, args));
}

const RUN = {
  list,
  show: async (parts, { id }) => shown(parts, await writeOf(parts, id)),
  resolve,
} satisfies Record<Arguments['verb'], (parts: StoreParts, args: Arguments) => Promise<string>>;

function readArguments([verb = '', ...rest]: readonly string[]): Arguments {
  if (!isVerb(verb)) throw new Mistake('What of the writes? Say list, show or resolve.');
  // The id is known by its place.
  const id = verb === 'list' ? '' : rest.shift();
  if (id === undefined) throw new Mistake('Which write? Give its id.');
  const options = optionsOf(rest, VERBS[verb]) as Options;
  if (verb === 'resolve' && !options.done === !options.failed)
    throw new Mistake('Was it done, or not? Give exactly one of --done and --failed.');
  if (options.failed && options['provider-id'] !== undefined)
    throw new Mistake('What was not done has no record: leave --provider-id out.');
  return { verb, id, ...options };
}

const isVerb = (text: string): text is Arguments['verb'] => Object.hasOwn(VERBS, text);

const MOST = 500;
const STATES: readonly WriteState[] = ['INTENT', 'SENT', 'DONE', 'FAILED', 'UNKNOWN'];

async function list(parts: StoreParts, { all = false }: Arguments): Promise<string> {
  const writes = await parts.store.writesIn(all ? STATES : ['UNKNOWN'], MOST);
  if (writes.length === 0) return all ? 'There is no write.\n' : 'There is no write whose outcome is unknown.\n';
  const rows = writes.map((write) => {
    const { begunAt, caller, kind, provider, state, fields } = write;
    return [begunAt.toISOString(), caller, kind, provider, state, fields.join(',') || '-', sealed(parts, write)];
  });
  return table([['when', 'caller', 'kind', 'provider', 'state', 'fields', 'id'], ...rows]);
}

/** @throws Refusal where there is none */
async function writeOf({ store, ids }: StoreParts, id: string): Promise<KeptWrite> {
  const write = await store.write(Number(ids.openAs('write', id).providerId));
  if (!write) throw new Refusal('There is no such write: what is known of one is forgotten after seven days.');
  return write;
}

const sealed = ({ ids }: StoreParts, { provider, id }: KeptWrite): string =>
  ids.seal({ kind: 'write', provider, providerId: String(id) });

/** A write without its content. */
function shown(parts: StoreParts, write: KeptWrite): string {
  const { caller, kind, provider, providerId, state, begunAt, settledAt, fields } = write;
  const said = write.result === null ? null : (JSON.parse(write.result) as KeptResult);
  const result = said && { status: said.status, errorCode: said.error?.code ?? null };
  const told = {
    id: sealed(parts, write),
    caller,
    kind,
    provider,
    providerId,
    state,
    begunAt,
    settledAt,
    fields,
    result,
  };
  return `${JSON.stringify(told, null, 2)}\n`;
}

const DONE: KeptResult = { neverLeft: false, status: 'SUCCEEDED', error: null };
const FAILED: KeptResult = {
  neverLeft: false,
  status: 'FAILED',
  error: {
    ...{ code: 'PROVIDER_REJECTED', message: 'An operator says that it was not done.', field: null },
    ...{ retryable: false, retryAfterMs: null },
  },
};

async function resolve(parts: StoreParts, { id, done = false, 'provider-id': named }: Arguments): Promise<string> {
  const write = await writeOf(parts, id);
  if (write.state !== 'UNKNOWN') throw new Refusal(notUnknown(write.state));
  const [state, said] = done ? (['DONE', DONE] as const) : (['FAILED', FAILED] as const);
  const at = new Date();
  const made = done ? await madeBy(write, named) : null;
  const elsewhere = await parts.store.settle({
    writes: [
      {
        ...{ id: write.id, state, from: ['UNKNOWN'], providerId: made?.providerId ?? null },
        result: JSON.stringify(said),
        ...(said.error && { errorCode: said.error.code }),
      },
    ],
    ...{ request: 'clientele writes', resolvedBy: OPERATOR },
    ...{ at, changes: [], ...(done ? await belongingTo(parts, write, made, at) : { records: [] }) },
  });
  const now = await writeOf(parts, id);
  if (now.state !== state) throw new Refusal(`Somebody was faster. ${notUnknown(now.state)}`);
  if (elsewhere.length > 0)
    process.stderr.write('The record is another customer’s here, and stays there: see linkCustomers in the API.\n');
  return shown(parts, now);
}

const notUnknown = (state: WriteState): string =>
  state === 'INTENT' || state === 'SENT'
    ? `This write is ${state}: the gateway is still at it, or looks for it by itself.`
    : `This write is ${state}: what came of it is known, and stays.`;

/**
 * The record that a person says was made; null: which one was written to is known.
 * @throws Mistake
 */
async function madeBy({ kind, provider, providerId }: KeptWrite, named: string | undefined): Promise<RecordKey | null> {
  if (kind !== 'CREATE' || providerId !== null) {
    if (named !== undefined) throw new Mistake('Which record it is is known: leave --provider-id out.');
    return null;
  }
  if (named === undefined) throw new Mistake('Which record was made? Give the provider’s own id with --provider-id.');
  const { title, idGrammar } = (await loadProviders()).find(({ id }) => id === provider) ?? {};
  if (!idGrammar?.test(named)) throw new Mistake(`This is not an id as ${title ?? provider} makes them.`);
  return { provider, providerId: named };
}

/** Whose the record is, as if it had been found by looking. Nobody has read it since: no copy of it is trusted. */
async function belongingTo(
  { store }: StoreParts,
  write: KeptWrite,
  made: RecordKey | null,
  at: Date,
): Promise<Pick<Settlement, 'records' | 'link'>> {
  const { provider, providerId } = write;
  const key = made ?? (providerId === null ? null : { provider, providerId });
  if (!key) return { records: [] };
  const { customer, others, why } = belongingOf(await store.writesOf(write.mutation));
  const isNew = write.kind === 'CREATE';
  const whose = isNew ? (customer ?? key) : key;
  return {
    records: [
      ...others.map((other) => ({ key: other, customer: whose })),
      { key, customer: whose, outdated: at, ...(isNew && { made: true as const }) },
    ],
    ...(why && { link: { rule: why[0], evidence: [why[1]], at, by: OPERATOR } }),
  };
}
