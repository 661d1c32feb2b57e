import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { INPUT_FIELDS, type InputField } from '../src/contract/capabilities.ts';
import type { Connection, Provider } from '../src/contract/provider.ts';
import type { Draft } from '../src/contract/write.ts';
import type { Transport } from '../src/http/transport.ts';
import { loadProviders } from '../src/providers/index.ts';
import {
  type Cell,
  DECIDED_AT,
  type Fields,
  missingCells,
  OPERATIONS,
  type ProviderMapping,
  type ReadExample,
  ROWS,
  type Row,
  type WriteExample,
} from './mapping/cells.ts';

/** How every unified field is read, written and cleared at every provider: one table, told cell by cell in the folders. */

const home = new URL('../src/providers/', import.meta.url);
const providers = await loadProviders();
const mappings = new Map<string, ProviderMapping>();
for (const { id } of providers) {
  const file = new URL(`${id}/test-mapping.ts`, home);
  if (existsSync(file)) mappings.set(id, ((await import(file.href)) as { mapping: ProviderMapping }).mapping);
}

it.each(providers.map(({ id }) => id))('has a cell for every field and operation of %s', (id) => {
  expect(missingCells(id, mappings.get(id))).toEqual([]);
});

it('names the cell that is missing, and the file that is', () => {
  const [first] = mappings.values();
  const { phone: _, ...others } = first?.rows ?? {};
  expect(missingCells('acme', { rows: others })).toEqual(OPERATIONS.map((name) => `phone × acme × ${name}`));
  const emailRow = { read: [], write: { none: '' }, clear: { none: 'It has none.' } };
  expect(missingCells('acme', { rows: { ...first?.rows, email: emailRow } })).toEqual([
    'email × acme × read',
    'email × acme × write',
  ]);
  expect(missingCells('acme', undefined)).toEqual([expect.stringContaining('src/providers/acme/test-mapping.ts')]);
});

/** Connects without a network: every call is answered with the same JSON. */
function connect(provider: Provider, settings: Readonly<Record<string, string>>, json: unknown = {}): Connection {
  const transport: Transport = {
    send: async (_request, _limits, read) => read({ status: 200, json }),
    health: () => ({ state: 'UNKNOWN', since: 0, lastProblem: null }),
    load: () => ({ running: 0, waiting: 0, isLeftAlone: false, left: [], isShared: false }),
    callsLeft: () => Infinity,
    close: async () => {},
  };
  const values = Object.entries(provider.settings).map(([name, { schema }]) => [name, schema.parse(settings[name])]);
  return provider.connect(Object.fromEntries(values), {
    clock: { now: () => DECIDED_AT.getTime(), elapsed: () => 0 },
    transport: () => transport,
  });
}

const limits = { deadlineAt: Number.POSITIVE_INFINITY };

/** What the provider's own client makes of its record. */
async function opened(provider: Provider, mapping: ProviderMapping, has: Fields, settings: Fields = {}) {
  const json = mapping.record(has);
  const connection = connect(provider, { ...mapping.settings, ...(settings as Record<string, string>) }, json);
  const wire = connection.read ? await connection.read(mapping.providerId, limits) : json;
  return { connection, wire };
}

type Table = readonly (readonly [name: string, row: Row])[];
const rowsOf = (mapping: ProviderMapping): Table => [
  ...ROWS.flatMap((name) => (mapping.rows[name] ? [[name, mapping.rows[name]] as const] : [])),
  ...Object.entries(mapping.more ?? {}),
];

const examples = <Example>(cell: Cell<Example>): readonly Example[] => ('none' in cell ? [] : cell);
const isInput = (name: string): name is InputField => INPUT_FIELDS.some((field) => field === name);

describe.each([...mappings])('%s', (id, mapping) => {
  const provider = providers.find((each) => each.id === id);
  if (!provider) throw new Error(`${id} is not registered`);
  const table = rowsOf(mapping);

  it.each(table)('reads %s', async (name, { read }) => {
    const { connection, wire } = await opened(provider, mapping, {});
    if ('none' in read) expect(readOf(connection, wire, name)).toBeNull();
    for (const { has, reads, settings = {} } of examples<ReadExample>(read)) {
      const record = await opened(provider, mapping, has, settings);
      expect({ has, reads: readOf(record.connection, record.wire, name) }).toEqual({ has, reads });
    }
  });

  it.each(table)('writes %s', async (name, { write }) => {
    if ('none' in write) {
      for (const draft of await draftsOfUnheld(provider, mapping, name)) {
        expect(draft.held).not.toContain(name);
        expect(draft.changes.map(({ field }) => field)).not.toContain(name);
      }
    }
    for (const example of examples(write)) {
      if (example.on !== 'update') checkCreate(provider, mapping, example);
      if (example.on !== 'create') await checkUpdate(provider, mapping, example);
    }
  });

  it.each(table)('clears %s', async (_, { clear }) => {
    for (const example of examples(clear)) {
      if ('refused' in example) {
        const draft = await update(provider, mapping, example);
        expect({ request: draft.request, problems: draft.problems.map(({ path }) => path.join('.')) }).toEqual({
          request: null,
          problems: [example.refused],
        });
      } else await checkUpdate(provider, mapping, example);
    }
  });

  it('says of itself that it stores the fields that have a cell to write, and no others', () => {
    for (const [operation, other] of [
      ['CREATE', 'update'],
      ['UPDATE', 'create'],
    ] as const) {
      const written = INPUT_FIELDS.filter((field) =>
        examples(mapping.rows[field].write).some(({ on, held }) => on !== other && (held?.includes(field) ?? true)),
      );
      expect([operation, provider.capabilities[operation].fields ?? []]).toEqual([operation, written]);
    }
  });
});

function readOf(connection: Connection, wire: unknown, name: string): string | null {
  const [field, part] = name.split('.');
  const readers = new Map<string, (wire: unknown) => unknown>(Object.entries(connection.profile));
  const value = readers.get(field ?? '')?.(wire) ?? null;
  if (value instanceof Date) return value.toISOString();
  if (part === undefined || value === null) return value as string | null;
  return new Map<string, string | null>(Object.entries(value)).get(part) ?? null;
}

/** A value that every provider would have to notice. */
const SAMPLE: Readonly<Record<string, string>> = {
  kind: 'BUSINESS',
  email: 'sample@example.com',
  phone: '+31612345678',
  'address.country': 'DE',
};

/** What drafts make of a field that is said not to be written. */
async function draftsOfUnheld(provider: Provider, mapping: ProviderMapping, name: string): Promise<Draft[]> {
  if (!isInput(name)) return [];
  const patch = { [name]: SAMPLE[name] ?? 'Sample' };
  const { connection } = await opened(provider, mapping, {});
  return [
    ...(connection.create ? [create(provider, mapping, { patch })] : []),
    ...(connection.update ? [await update(provider, mapping, { patch })] : []),
  ];
}

type Written = Omit<WriteExample, 'sends'>;

function create(provider: Provider, mapping: ProviderMapping, { patch, own }: Written): Draft {
  const connection = connect(provider, mapping.settings);
  const least = mapping.create;
  if (!connection.create || !least) throw new Error(`${provider.id} tells no create: say on: 'update'`);
  const input = own || least.own ? provider.inputs.create?.parse({ ...least.own, ...own }) : undefined;
  return connection.create.draft({ patch: { ...least.patch, ...patch }, own: input, decidedAt: DECIDED_AT });
}

async function update(provider: Provider, mapping: ProviderMapping, example: Written): Promise<Draft> {
  const { patch = {}, own, has = {}, known } = example;
  const { connection, wire } = await opened(provider, mapping, has);
  if (!connection.update) throw new Error(`${provider.id} has no update: say none(…)`);
  return connection.update.draft({
    patch,
    own: own && provider.inputs.update?.parse(own),
    decidedAt: DECIDED_AT,
    current: { providerId: mapping.providerId, wire },
    known: { firstName: null, lastName: null, email: null, ...known },
  });
}

function checkCreate(provider: Provider, mapping: ProviderMapping, example: WriteExample): void {
  const { sends } = example;
  const draft = create(provider, mapping, example);
  expect(seen(draft, example)).toEqual({ body: over(mapping.create?.body, sends), ...stored(example) });
}

async function checkUpdate(provider: Provider, mapping: ProviderMapping, example: WriteExample): Promise<void> {
  const { sends, has = {} } = example;
  const draft = await update(provider, mapping, example);
  const body = sends === null ? null : over(mapping.update?.(has), sends);
  expect(seen(draft, example)).toEqual({ body, ...stored(example) });
}

/** What of a draft the table speaks of; the example stands beside it, to tell which one it was. */
function seen(draft: Draft, { patch = {}, own, has }: WriteExample) {
  const named = new Set(Object.keys(patch));
  return {
    body: draft.request && (draft.request.form ?? draft.request.json),
    held: draft.held.filter((field) => named.has(field)).sort(),
    problems: draft.problems,
    example: { patch, own, has },
  };
}

const stored = ({ patch = {}, own, has, held }: WriteExample) => ({
  held: [...(held ?? Object.keys(patch))].sort(),
  problems: [],
  example: { patch, own, has },
});

const over = (base: Fields = {}, changed: Fields | null): Fields =>
  Object.fromEntries(Object.entries({ ...base, ...changed }).filter(([, value]) => value !== undefined));
