import { isNonNullType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Provider } from '../../src/contract/provider.ts';
import { type AccessTable, type FieldAccess, SCOPES, type Scope } from '../../src/contract/scopes.ts';
import { membersOf } from '../../src/gateway/gateway.ts';
import { createBuilder } from '../../src/graphql/builder.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { asCaller, bearer, type KeyedWorld, keyOf, startKeyedWorld } from '../support/callers.ts';
import { createAda } from '../support/customers.ts';
import {
  forbiddenAt,
  objectsAt,
  objectTypes,
  operationOf,
  requiredArgs,
  type Start,
  type Way,
  waysTo,
} from '../support/fields.ts';
import type { Answer, World } from '../support/world.ts';

/** Who may see and do what: the contract's table of scopes, held against every field that the schema has. */

// ------------------------------------------------------------------------------------------------- the contract

/** The contract's "Scopes", field by field; `Type.*` is every field of it. What is not named goes with its object. */
const CONTRACT: Readonly<Record<string, Scope>> = {
  'Query.*': 'customers:read',
  'Mutation.createCustomer': 'customers:write',
  'Mutation.updateCustomer': 'customers:write',
  'Mutation.confirmCustomer': 'customers:confirm',
  'Mutation.requestCustomerConfirmation': 'customers:confirm',
  'Mutation.createSelfServiceLink': 'links:create',
  'CreateCustomerPayload.customer': 'customers:read',
  'UpdateCustomerPayload.customer': 'customers:read',
  'ConfirmCustomerPayload.customer': 'customers:read',
  'RequestCustomerConfirmationPayload.customer': 'customers:read',
  'WriteOutcome.record': 'customers:read',
  'WriteOutcome.request': 'records:raw',
  'FieldChange.before': 'customers:read',
  'FieldChange.after': 'customers:read',
  'CustomerRecord.providerId': 'records:raw',
  'CustomerRecord.raw': 'records:raw',
  'OnboardFlowCustomer.customerId': 'records:raw',
  'OctobatCustomer.paymentSources': 'payments:read',
  'Provider.health': 'providers:read',
  'Provider.rateLimits': 'providers:read',
};

const scopeOf = (type: string, field: string): Scope | undefined =>
  CONTRACT[`${type}.${field}`] ?? CONTRACT[`${type}.*`];

/** "Inside a payload, null without an error": the types of which payloads are made. */
const isInsidePayload = (type: string): boolean =>
  /Payload$/.test(type) || ['WriteOutcome', 'FieldChange'].includes(type);

// -------------------------------------------------------------------------------------------------- the callers

const others = (scope: Scope): Scope[] => SCOPES.filter((each) => each !== scope);

const CALLERS: readonly { readonly name: string; readonly scopes: readonly Scope[] }[] = [
  { name: 'somebody without a scope', scopes: [] },
  ...SCOPES.map((scope) => ({ name: `only ${scope}`, scopes: [scope] })),
  ...SCOPES.map((scope) => ({ name: `all but ${scope}`, scopes: others(scope) })),
  { name: 'every scope', scopes: SCOPES },
];
const EVERY = 'every scope';
const PAST = '2020-01-01T00:00:00Z';

const providers = await loadProviders();
const schema = buildSchema(membersOf(providers, new Map(), []));
const types = objectTypes(schema).filter((type) => type !== schema.getQueryType() && type !== schema.getMutationType());

let world: KeyedWorld;
let all: World;
/** Ada is at four providers; Brenda's record at Octobat can't be asked. */
const people = { ada: '', brenda: '' };
beforeAll(async () => {
  const expired = { name: 'expired', scopes: SCOPES, expiresAt: PAST };
  world = await startKeyedWorld([...CALLERS, expired]);
  all = asCaller(world, keyOf({ name: EVERY }));
  people.ada = await createAda(all);
  people.brenda = await createAda(all, ['OCTOBAT', 'CYCLE_SOFTWARE'], { firstName: 'Brenda' });
  const [, brendas] = (
    await all.query('query ($id: ID!) { customer(id: $id) { records { providerId } } }', {
      id: people.brenda,
    })
  ).data.customer.records;
  world.provider('cycle-software').fault({ kind: 'status', status: 503, id: brendas.providerId });
  world.provider('octobat').fault({ kind: 'mutate', method: 'GET', change: withPaymentSource });
  world.calls();
});
afterAll(() => world.close());

/** A card on file, with what must not be seen without its scope. */
const CARD = 'card_4f5c0ffee';
const withPaymentSource = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && 'payment_sources' in json
    ? { ...json, payment_sources: { data: [{ id: CARD, payment_source_type: 'CreditCard', exp_month: 12 }] } }
    : json;

// --------------------------------------------------------------------------------------------------- the starts

const id = (value: string) => `id: ${JSON.stringify(value)}`;

/** An unconfirmed customer, and the code that their phone got. */
let phones = 0;
async function unconfirmed(): Promise<{ readonly id: string; readonly code: string }> {
  const phone = `+3161200${String(phones++).padStart(4, '0')}`;
  const created = await createAda(all, ['DIRTY_LEMON'], { address: null, phone });
  const sent = world.provider('dirty-lemon').messages.find(({ to }) => to === phone);
  return { id: created, code: /\d{4,}/.exec(sent?.text ?? '')?.[0] ?? '' };
}

/** What makes a field answer with something to see; every other root field gets what it can't do without. */
const SAID: Readonly<Record<string, readonly Start['args'][]>> = {
  customer: [() => id(people.ada), () => id(people.brenda)],
  customers: [() => 'first: 3'],
  provider: providers.map((provider) => () => `name: ${constant(provider)}`),
  customerByProviderId: providers.flatMap((provider) =>
    examplesOf(provider).map((at) => () => `provider: ${constant(provider)}, providerId: ${JSON.stringify(at())}`),
  ),
  createCustomer: [
    () => 'input: { providers: [CYCLE_SOFTWARE], lastName: "Lovelace" }',
    () => 'input: { providers: [] }',
  ],
  updateCustomer: [
    () => `input: { ${id(people.ada)}, lastName: "Love ${phones++}", providers: [CYCLE_SOFTWARE], dryRun: true }`,
    () => `input: { ${id(people.ada)}, lastName: "Love ${phones++}", providers: [CYCLE_SOFTWARE] }`,
  ],
  confirmCustomer: [
    async () => {
      const { id: customer, code } = await unconfirmed();
      return `input: { ${id(customer)}, confirmationToken: "${code}" }`;
    },
  ],
  requestCustomerConfirmation: [async () => `input: { ${id((await unconfirmed()).id)} }`],
  createSelfServiceLink: [() => `input: { ${id(people.ada)}, kind: BILLING_PAGE }`],
};

const constant = ({ id: name }: Provider): string => name.toUpperCase().replaceAll('-', '_');

/** The provider's own examples; those of a provider with a sandbox are there by themselves. */
function examplesOf({ id: name }: Provider): (() => string)[] {
  return [0, 1, 2].map((place) => () => {
    const { examples } = world.provider(name);
    return examples[place] ?? examples[0] ?? '1';
  });
}

const starts: readonly Start[] = (['query', 'mutation'] as const).flatMap((operation) => {
  const root = operation === 'query' ? schema.getQueryType() : schema.getMutationType();
  return Object.values(root?.getFields() ?? {}).flatMap((field) =>
    (SAID[field.name] ?? [() => requiredArgs(field.args, people.ada)]).map((args) => ({
      operation,
      field: field.name,
      args,
    })),
  );
});

// --------------------------------------------------------------------------------------------------- the matrix

type Sight = 'seen' | 'null' | 'forbidden' | 'no such object';

/** What a caller sees of every field of a type, and where else they are refused. */
interface View {
  readonly fields: Readonly<Record<string, Sight>>;
  readonly refusedOnTheWay: readonly string[];
}

const pathOf = (way: Way): string[] => [way.start.field, ...way.steps.map(({ field }) => field)];

function viewOf(answer: Answer, way: Way): View {
  const refused = forbiddenAt(answer);
  const objects = objectsAt(answer.data, way);
  const here = pathOf(way).join('.');
  const sight = (field: string): Sight => {
    if (objects.length === 0) return 'no such object';
    const seen = objects.some((object) => object[field] !== null);
    if (refused.includes(`${here}.${field}`)) return seen ? 'seen' : 'forbidden';
    return seen ? 'seen' : 'null';
  };
  const names = Object.keys(way.type.getFields());
  return {
    fields: Object.fromEntries(names.map((name) => [name, sight(name)])),
    refusedOnTheWay: refused.filter((path) => !names.some((name) => path === `${here}.${name}`)),
  };
}

/** What the contract lets these scopes see on a way on which every scope sees `whole`. */
function expectedView(way: Way, scopes: readonly Scope[], whole: View): View {
  const path = pathOf(way);
  const stations = [
    { type: way.start.operation === 'query' ? 'Query' : 'Mutation', field: way.start.field },
    ...way.steps.map(({ on, field }) => ({ type: on, field })),
  ];
  const lacks = (type: string, field: string): boolean => {
    const scope = scopeOf(type, field);
    return scope !== undefined && !scopes.includes(scope);
  };
  const stop = stations.findIndex(({ type, field }) => lacks(type, field));
  const at = stations[stop];
  const names = Object.keys(way.type.getFields());
  if (!at) {
    const seen = (name: string): Sight =>
      !lacks(way.type.name, name)
        ? (whole.fields[name] ?? 'null')
        : isInsidePayload(way.type.name)
          ? 'null'
          : 'forbidden';
    return { fields: Object.fromEntries(names.map((name) => [name, seen(name)])), refusedOnTheWay: [] };
  }
  // A mutation answers all the same, with its error and nothing else.
  const answers = at.type === 'Mutation' && (way.steps.length === 0 || path.at(-1) === 'errors');
  const said = ['errors', 'outcomes', 'code', 'message', 'retryable'];
  const bare = (name: string): Sight => (said.includes(name) ? 'seen' : 'null');
  return {
    fields: Object.fromEntries(names.map((name) => [name, answers ? bare(name) : 'no such object'])),
    refusedOnTheWay: at.type === 'Mutation' || isInsidePayload(at.type) ? [] : [path.slice(0, stop + 1).join('.')],
  };
}

const gated = (way: Way): string[] =>
  Object.keys(way.type.getFields()).filter((field) => scopeOf(way.type.name, field) !== undefined);

/** The first way on which a caller with every scope reaches the type, with something in each field that takes a scope. */
async function openWay(type: (typeof types)[number]): Promise<{ way: Way; whole: View }> {
  let best: { way: Way; whole: View } | undefined;
  for (const way of waysTo(schema, type, starts)) {
    const whole = viewOf(await all.query(await operationOf(way)), way);
    if (Object.values(whole.fields).includes('no such object')) continue;
    best ??= { way, whole };
    if (gated(way).every((field) => whole.fields[field] === 'seen')) return { way, whole };
  }
  if (!best) throw new Error(`no way leads to a ${type.name}: give its root field arguments in this test`);
  return best;
}

describe('every field of the schema', () => {
  it.each(types.map((type) => [type.name, type] as const))(
    '%s is seen by exactly whom the contract says',
    async (_, type) => {
      const { way, whole } = await openWay(type);
      const seen: Record<string, View> = {};
      const expected: Record<string, View> = {};
      for (const caller of CALLERS) {
        const answer = await world.query(await operationOf(way), {}, bearer(keyOf(caller)));
        expect(answer.status).toBe(200);
        seen[caller.name] = viewOf(answer, way);
        expected[caller.name] = expectedView(way, caller.scopes, whole);
      }
      expect(seen).toEqual(expected);
      // What nobody sees can't leak here: the test then says nothing of it.
      expect(gated(way).filter((field) => whole.fields[field] !== 'seen')).toEqual([]);
    },
  );

  it.each([
    ['nobody', {}],
    ['an expired key', bearer(keyOf({ name: 'expired' }))],
    ['a key that was taken out', bearer('key-of-somebody-who-left')],
  ])('is closed to %s', async (_, headers) => {
    world.calls();
    for (const start of new Map(starts.map((each) => [each.field, each])).values()) {
      const args = start.operation === 'query' ? await start.args() : 'input: {}';
      const { status, data, errors } = await world.query(
        `${start.operation} { ${start.field}${args === '' ? '' : `(${args})`} { __typename } }`,
        {},
        headers,
      );
      expect({ status, data, codes: errors.map(({ extensions }) => extensions.code) }).toEqual({
        status: 401,
        data: undefined,
        codes: ['UNAUTHENTICATED'],
      });
    }
    expect(world.calls()).toEqual([]);
  });

  it('that takes a scope can be null by itself, and takes no argument that it could not be asked without', () => {
    const faults = objectTypes(schema).flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => scopeOf(type.name, field.name) !== undefined && isNonNullType(field.type))
        .map((field) => `${type.name}.${field.name}`),
    );
    expect(faults).toEqual([]);
    const unreached = types.flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => field.args.some((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined))
        .map((field) => `${type.name}.${field.name}`),
    );
    expect(unreached).toEqual([]);
  });

  it('of the contract’s table is in the schema', () => {
    const missing = Object.keys(CONTRACT).filter((name) => {
      const [type = '', field = ''] = name.split('.');
      const found = objectTypes(schema).find((each) => each.name === type);
      return !found || (field !== '*' && !found.getFields()[field]);
    });
    expect(missing).toEqual([]);
  });
});

describe('a mutation without its scope', () => {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});

  it.each(mutations.map(({ name }) => [name] as const))(
    '%s answers FORBIDDEN, reads nothing and sends nothing',
    async (name) => {
      const scope = scopeOf('Mutation', name);
      if (!scope) throw new Error(`the contract does not say who may ${name}`);
      const args = await starts.find(({ field }) => field === name)?.args();
      world.calls();
      for (const caller of CALLERS.filter(({ scopes }) => !scopes.includes(scope))) {
        const { status, data, errors } = await world.query(
          `mutation { ${name}(${args}) { errors { code message field retryable } } }`,
          {},
          bearer(keyOf(caller)),
        );
        expect(status).toBe(200);
        expect(errors).toEqual([]);
        expect(data[name]).toEqual({
          errors: [{ code: 'FORBIDDEN', message: `This takes the scope ${scope}.`, field: null, retryable: false }],
        });
      }
      expect(world.calls()).toEqual([]);
    },
  );
});

describe('a caller who may only write', () => {
  const write = (document: string, variables: Record<string, unknown>) =>
    world.query(document, variables, bearer(keyOf({ name: 'only customers:write' })));

  it('gets what was written, and not who the customer is', async () => {
    const { data, errors, text } = await write(
      `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
        customer { id email octobat { name } }
        outcomes { provider status record { id email } changes { field before after } request } errors { code } } }`,
      { input: { id: people.ada, providers: ['OCTOBAT', 'CYCLE_SOFTWARE'], companyName: 'Canary & Sons' } },
    );
    expect(errors).toEqual([]);
    expect(data.updateCustomer.customer).toBeNull();
    expect(data.updateCustomer.errors).toEqual([]);
    expect(data.updateCustomer.outcomes).toMatchObject([
      { provider: 'OCTOBAT', status: 'SUCCEEDED', record: null, request: null },
      { provider: 'CYCLE_SOFTWARE', status: 'SUCCEEDED', record: null, request: null },
    ]);
    for (const { changes } of data.updateCustomer.outcomes) {
      expect(changes.length).toBeGreaterThan(0);
      for (const change of changes) expect(change).toMatchObject({ before: null, after: null });
    }
    expect(text).not.toMatch(/Canary|Lovelace|ada@example/);
  });

  it('may not create a confirmed customer: that takes customers:preconfirm, and nothing is sent', async () => {
    world.calls();
    const input = { providers: ['DIRTY_LEMON'], phone: '+31612999999', dirtyLemon: { confirmation: false } };
    const create =
      'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { outcomes { status } errors { code field } } }';
    const forbidden = { outcomes: [], errors: [{ code: 'FORBIDDEN', field: ['dirtyLemon', 'confirmation'] }] };
    for (const asked of [input, { ...input, dryRun: true }])
      expect((await write(create, { input: asked })).data.createCustomer).toEqual(forbidden);
    const literal = `mutation { createCustomer(input: { providers: [DIRTY_LEMON, CYCLE_SOFTWARE], lastName: "Lovelace",
      phone: "+31612999999", dirtyLemon: { confirmation: false } }) { outcomes { status } errors { code field } } }`;
    expect((await write(literal, {})).data.createCustomer).toEqual(forbidden);
    expect(world.calls()).toEqual([]);

    const allowed = await world.query(create, { input }, bearer(keyOf({ name: EVERY })));
    expect(allowed.data.createCustomer).toEqual({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
    expect(world.provider('dirty-lemon').messages.filter(({ to }) => to === input.phone)).toEqual([]);
  });
});

it('shows nothing of cards, raw answers and providers’ ids to a caller who may only read', async () => {
  const { data } = await all.query('query ($id: ID!) { customer(id: $id) { records { providerId } } }', {
    id: people.ada,
  });
  const secrets = [CARD, ...data.customer.records.map(({ providerId }: { providerId: string }) => providerId)].filter(
    (text) => text.length > 6,
  );
  expect(secrets.length).toBeGreaterThan(2);
  for (const type of types) {
    for (const way of waysTo(
      schema,
      type,
      starts.filter(({ operation }) => operation === 'query'),
      2,
    ).slice(0, 12)) {
      const { text } = await world.query(await operationOf(way), {}, bearer(keyOf({ name: 'only customers:read' })));
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
  }
});

describe('a schema is not built', () => {
  /** Octobat with another table of access. */
  const build = (changed: Readonly<Record<string, FieldAccess | undefined>>) => () =>
    buildSchema(
      membersOf(
        providers.map((provider) => (provider.id === 'octobat' ? open(provider, changed) : provider)),
        new Map(),
        [],
      ),
    );

  const open = (provider: Provider, changed: Readonly<Record<string, FieldAccess | undefined>>): Provider => ({
    ...provider,
    schema(builder) {
      const own = provider.schema(builder);
      const access = Object.entries({ ...own.access, ...changed }).filter(([, rules]) => rules !== undefined);
      return { ...own, access: Object.fromEntries(access) as AccessTable };
    },
  });

  it('with a field that nobody has classified', () => {
    expect(build({ OctobatPaymentSource: { parent: ['id'] } })).toThrow(
      'OctobatPaymentSource.expMonth is not classified',
    );
    expect(build({ OctobatCustomer: undefined })).toThrow('OctobatCustomer.paymentSources is not classified');
  });

  it('with a field under two rules', () => {
    const parent = ['id', 'type', 'source', 'country', 'expMonth', 'expYear', 'details'];
    expect(build({ OctobatPaymentSource: { parent, 'records:raw': ['id'] } })).toThrow(
      'OctobatPaymentSource.id is classified twice',
    );
  });

  it('with a rule for a field or a type that is not there', () => {
    const parent = ['id', 'type', 'source', 'country', 'expMonth', 'expYear', 'details'];
    expect(build({ OctobatPaymentSource: { parent, 'payments:read': ['cvc'] } })).toThrow(
      'OctobatPaymentSource.cvc is classified, but there is no such field',
    );
    expect(build({ OctobatCard: { parent: ['number'] } })).toThrow('OctobatCard');
  });

  it('with a provider that says who may see what is not its own', () => {
    const nutcache = providers.find(({ id: name }) => name === 'nutcache');
    if (!nutcache) throw new Error('no nutcache');
    expect(build({ NutcacheCustomer: nutcache.schema(createBuilder()).access.NutcacheCustomer })).toThrow(
      'NutcacheCustomer',
    );
    const parent = Object.keys(types.find(({ name }) => name === 'CustomerRecord')?.getFields() ?? {});
    expect(parent).toContain('raw');
    expect(build({ CustomerRecord: { parent } })).toThrow('CustomerRecord');
  });
});
