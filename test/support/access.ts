import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Provider } from '../../src/contract/provider.ts';
import { SCOPES, type Scope } from '../../src/contract/scopes.ts';
import { membersOf } from '../../src/gateway/gateway.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { asCaller, type KeyedWorld, keyOf, startKeyedWorld } from './callers.ts';
import { sameStore } from './changes.ts';
import { createAda } from './customers.ts';
import { subscribe } from './events.ts';
import { objectTypes, requiredArgs, type Start } from './fields.ts';
import { letCodesRest } from './verification.ts';
import type { World } from './world.ts';

/** Who may see what, as the contract says it, and a world in which every field of the schema has something to see. */

// ------------------------------------------------------------------------------------------------- the contract

/** The contract's "Scopes", field by field; `Type.*` is every field of it. What is not named goes with its object. */
export const CONTRACT: Readonly<Record<string, Scope>> = {
  'Query.*': 'customers:read',
  'Subscription.*': 'customers:read',
  'Mutation.createCustomer': 'customers:write',
  'Mutation.updateCustomer': 'customers:write',
  'Mutation.linkCustomers': 'customers:write',
  'Mutation.unlinkRecord': 'customers:write',
  'Mutation.eraseCustomerCopies': 'customers:erase',
  'Mutation.confirmCustomer': 'customers:confirm',
  'Mutation.requestCustomerConfirmation': 'customers:confirm',
  'Mutation.createSelfServiceLink': 'links:create',
  'CreateCustomerPayload.customer': 'customers:read',
  'UpdateCustomerPayload.customer': 'customers:read',
  'LinkCustomersPayload.customer': 'customers:read',
  'UnlinkRecordPayload.customer': 'customers:read',
  'UnlinkRecordPayload.separated': 'customers:read',
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
  'Provider.sync': 'providers:read',
};

export const scopeOf = (type: string, field: string): Scope | undefined =>
  CONTRACT[`${type}.${field}`] ?? CONTRACT[`${type}.*`];

// -------------------------------------------------------------------------------------------------- the callers

const others = (scope: Scope): Scope[] => SCOPES.filter((each) => each !== scope);

export const CALLERS: readonly { readonly name: string; readonly scopes: readonly Scope[] }[] = [
  { name: 'somebody without a scope', scopes: [] },
  ...SCOPES.map((scope) => ({ name: `only ${scope}`, scopes: [scope] })),
  ...SCOPES.map((scope) => ({ name: `all but ${scope}`, scopes: others(scope) })),
  { name: 'every scope', scopes: SCOPES },
];
export const EVERY = 'every scope';
const PAST = '2020-01-01T00:00:00Z';

export const providers = await loadProviders();
export const schema = buildSchema(membersOf(providers, new Map(), []));
const OPERATIONS = ['query', 'mutation', 'subscription'] as const;
const roots = OPERATIONS.map((operation) => schema.getRootType(operation as never));
export const types = objectTypes(schema).filter((type) => !roots.includes(type));

/** A card on file, with what must not be seen without its scope. */
export const CARD = 'card_4f5c0ffee';
const withPaymentSource = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && 'payment_sources' in json
    ? { ...json, payment_sources: { data: [{ id: CARD, payment_source_type: 'CreditCard', exp_month: 12 }] } }
    : json;

// ---------------------------------------------------------------------------------------------------- the world

export interface AccessWorld extends KeyedWorld {
  /** The same world, asked by a caller with every scope. */
  readonly all: World;
  /** Ada is at four providers; Brenda's record at Octobat can't be asked; there are two of Theodora. */
  readonly people: { readonly ada: string; readonly brenda: string; readonly theodora: string };
  /** Every root field, with arguments that make it answer. */
  readonly starts: readonly Start[];
}

/** Shares nothing with the many Adas that are made here. */
const theodora = {
  ...{ firstName: 'Theodora', lastName: 'Quist', email: 'theodora@quist.example', phone: '+31687654321' },
  address: { line1: 'Keizersgracht 9', city: 'Utrecht', postalCode: '3511AA', country: 'NL' },
};

/** A world in which every one of `CALLERS` has a key, and one whose key is over. */
export async function startAccessWorld(): Promise<AccessWorld> {
  const expired = { name: 'expired', scopes: SCOPES, expiresAt: PAST };
  const world = withEvents(
    await startKeyedWorld([...CALLERS, expired], {
      subscriptions: { pollMs: 5 },
      // Every field is asked for by every caller.
      sandbox: { settings: { 'cycle-software': { minutelyLimit: 100_000 } } },
    }),
  );
  const all = asCaller(world, keyOf({ name: EVERY }));
  const people = {
    ada: await createAda(all),
    brenda: await createAda(all, ['OCTOBAT', 'CYCLE_SOFTWARE'], { firstName: 'Brenda' }),
    theodora: await createAda(all, ['OCTOBAT'], theodora),
  };
  await createAda(all, ['CYCLE_SOFTWARE'], theodora);
  const [, brendas] = (
    await all.query('query ($id: ID!) { customer(id: $id) { records { providerId } } }', {
      id: people.brenda,
    })
  ).data.customer.records;
  // A page for people says nothing of the provider, however often it is asked for: others are still read there.
  world.provider('cycle-software').fault({ kind: 'html', id: brendas.providerId });
  world.provider('octobat').fault({ kind: 'mutate', method: 'GET', change: withPaymentSource });
  world.calls();
  return { ...world, all, people, starts: startsIn(world, all, people) };
}

/** The same world, in which a subscription answers with its first event: something is made to happen for it. */
function withEvents(world: KeyedWorld): KeyedWorld {
  async function firstEvent(query: string, variables?: Record<string, unknown>, headers?: Record<string, string>) {
    const stream = await subscribe(world.gateway.url, {
      query,
      ...(variables && { variables }),
      ...(headers && { headers }),
    });
    const { status } = stream;
    if (status !== 200) {
      const text = await stream.text();
      return { status, headers: stream.headers, data: undefined, errors: JSON.parse(text).errors, text };
    }
    const store = sameStore(world);
    const [record] = await store.page('octobat', 0, 1);
    if (!record) throw new Error('nobody is known at Octobat');
    while ((await store.copies([record])).size === 0) await nextTurn();
    await store.tell([{ kind: 'UPDATED', record, fields: ['email'], at: new Date() }]);
    await store.close();
    const event = await stream.next();
    stream.hangUp();
    return { status, headers: stream.headers, data: null, errors: [], ...event?.data, text: JSON.stringify(event) };
  }
  return {
    ...world,
    query: ((document: string, ...more: [Record<string, unknown>?, Record<string, string>?]) =>
      document.startsWith('subscription')
        ? firstEvent(document, ...more)
        : world.query(document, ...more)) as World['query'],
  };
}

// --------------------------------------------------------------------------------------------------- the starts

const id = (value: string) => `id: ${JSON.stringify(value)}`;

const constant = ({ id: name }: Provider): string => name.toUpperCase().replaceAll('-', '_');

function startsIn(world: World, all: World, people: AccessWorld['people']): readonly Start[] {
  /** An unconfirmed customer, and the code that their phone got. */
  let phones = 0;
  async function unconfirmed(): Promise<{ readonly id: string; readonly code: string }> {
    const phone = `+3161200${String(phones++).padStart(4, '0')}`;
    const created = await createAda(all, ['DIRTY_LEMON'], { address: null, phone });
    const sent = world.provider('dirty-lemon').messages.find(({ to }) => to === phone);
    return { id: created, code: /\d{4,}/.exec(sent?.text ?? '')?.[0] ?? '' };
  }

  /** The provider's own examples; those of a provider with a sandbox are there by themselves. */
  function examplesOf({ id: name }: Provider): (() => string)[] {
    return [0, 1, 2].map((place) => () => {
      const { examples } = world.provider(name);
      return examples[place] ?? examples[0] ?? '1';
    });
  }

  /** What makes a field answer with something to see; every other root field gets what it can't do without. */
  const SAID: Readonly<Record<string, readonly Start['args'][]>> = {
    customer: [() => id(people.ada), () => id(people.brenda), () => id(people.theodora)],
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
    requestCustomerConfirmation: [
      async () => {
        const customer = await unconfirmed();
        await letCodesRest(all, customer.id);
        return `input: { ${id(customer.id)} }`;
      },
    ],
    linkCustomers: [
      async () => {
        const ids = [await createAda(all, ['CYCLE_SOFTWARE']), await createAda(all, ['OCTOBAT'])];
        return `input: { ids: ${JSON.stringify(ids)} }`;
      },
    ],
    unlinkRecord: [
      async () => {
        const created = await createAda(all, ['OCTOBAT', 'CYCLE_SOFTWARE']);
        const { data } = await all.query('query ($id: ID!) { customer(id: $id) { records { id } } }', { id: created });
        return `input: { recordId: "${data.customer.records[1].id}" }`;
      },
    ],
    eraseCustomerCopies: [async () => `input: { ${id(await createAda(all, ['OCTOBAT']))} }`],
    createSelfServiceLink: [() => `input: { ${id(people.ada)}, kind: BILLING_PAGE }`],
  };

  return OPERATIONS.flatMap((operation, index) =>
    Object.values(roots[index]?.getFields() ?? {}).flatMap((field) =>
      (SAID[field.name] ?? [() => requiredArgs(field.args, people.ada)]).map((args) => ({
        operation,
        field: field.name,
        args,
      })),
    ),
  );
}
