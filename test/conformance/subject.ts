import {
  buildClientSchema,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  type IntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { expect } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import type { InputField } from '../../src/contract/capabilities.ts';
import { type Provider, providerNames } from '../../src/contract/provider.ts';
import type { RunningSandbox } from '../../src/sandbox/sandbox.ts';
import { type Answer, startWorld, type World } from '../support/world.ts';

/**
 * Low, because the suite waits for it again and again, and high enough that no answer which is well is ever late on a
 * busy machine.
 */
export const TIMEOUT_MS = 700;

/** A provider under test in its world, and what can be known of it without knowing which one it is. */
export interface Subject {
  readonly provider: Provider;
  /** Its enum value, and its field on Customer. */
  readonly constant: string;
  readonly field: string;
  readonly world: World;
  readonly sandbox: RunningSandbox;
  readonly schema: GraphQLSchema;
  /** Of the gateway and of the sandboxes. */
  readonly clock: Clock;
  /** The clock goes on, unless somebody is asking: no provider's own limits are met. */
  goOn(ms?: number): void;
  /** Asks the gateway; the clock goes on before. */
  ask(document: string, variables?: Record<string, unknown>): ReturnType<World['query']>;
  /** What the provider received since the last look, reads and writes apart. */
  received(): { readonly reads: readonly string[]; readonly writes: readonly string[] };
  /** What a CREATE at these providers takes: the fields that they can store, and what they say they need of their own. */
  createInput(providers?: readonly Provider[]): Promise<Record<string, unknown>>;
  /** Every field of a type, below one of its objects, in GraphQL. */
  everything(type: string): string;
}

/** As little of a provider as the input needs to know. */
const SAMPLES: { readonly [F in InputField]?: (number: number) => string } = {
  firstName: () => 'Ada',
  lastName: (number) => `Lovelace ${number}`,
  email: (number) => `ada.${number}@example.com`,
  phone: (number) => `+316${String(20_000_000 + number)}`,
  'address.line1': (number) => `Damrak ${number}`,
  'address.city': () => 'Amsterdam',
  'address.postalCode': () => '1012 AB',
  'address.country': () => 'NL',
};

export async function startSubject(providers: readonly Provider[], id: string, folder?: URL): Promise<Subject> {
  const provider = providers.find((each) => each.id === id);
  if (!provider) throw new Error(`there is no provider ${id}`);
  let ahead = 0;
  let asking = 0;
  const clock = { now: () => Date.now() + ahead, elapsed: () => performance.now() + ahead };
  const options = { customers: 40, clock: clock.now, ...(folder && { providersFolder: folder }) };
  const world = await startWorld({
    clock,
    sandbox: options,
    environment: { PROVIDER_TIMEOUT_MS: String(TIMEOUT_MS), ...(folder && { TRUST_ORDER: id }) },
    ...(folder && { providersFolder: folder }),
  });
  const { constant, field } = providerNames(id);
  const sandbox = world.provider(id);
  const goOn = (ms = 1_000) => {
    if (asking === 0) ahead += ms;
  };
  const ask: Subject['ask'] = (document, variables) => {
    goOn();
    asking++;
    // What the provider says now is what is tested, and not the copies that would answer for it.
    return world.query(document, variables, { 'cache-control': 'no-cache' }).finally(() => {
      asking--;
    });
  };
  const introspected = await ask(getIntrospectionQuery());
  const schema = buildClientSchema(introspected.data as IntrospectionQuery);
  let number = 0;
  const needed = new Map<string, readonly Need[]>();
  const subject: Subject = {
    ...{ provider, constant, field, world, sandbox, schema, clock, goOn, ask },
    received() {
      const calls = world.calls().filter((call) => call.startsWith(`${id} `));
      const isRead = (call: string) => call.startsWith(`${id} GET `);
      return { reads: calls.filter(isRead), writes: calls.filter((call) => !isRead(call)) };
    },
    async createInput(at = [provider]) {
      const key = at.map((each) => each.id).join();
      const needs = needed.get(key) ?? (await needsOf(subject, at));
      needed.set(key, needs);
      number += 1;
      return sampleInput(subject, at, needs, number);
    },
    everything: (type) => everything(schema, type, field, new Set(['Customer', type])),
  };
  world.calls();
  return subject;
}

export const isNative = (provider: Provider, operation: keyof Provider['capabilities']): boolean =>
  provider.capabilities[operation].support === 'NATIVE';

/** A field of a provider's own input that a create can't do without. */
interface Need {
  readonly provider: string;
  readonly name: string;
}

function sampleInput(
  subject: Subject,
  providers: readonly Provider[],
  needs: readonly Need[],
  number: number,
): Record<string, unknown> {
  const fields = new Set(providers.flatMap(({ capabilities }) => capabilities.CREATE.fields ?? []));
  const input: Record<string, unknown> = { providers: providers.map(({ id }) => providerNames(id).constant) };
  for (const [name, sample] of Object.entries(SAMPLES)) {
    if (!fields.has(name as InputField)) continue;
    const [field = '', part] = name.split('.');
    input[field] = part === undefined ? sample(number) : { ...(input[field] as object), [part]: sample(number) };
  }
  for (const { provider, name } of needs) {
    const own = providerNames(provider).field;
    input[own] = { ...(input[own] as object), [name]: ownSample(subject, provider, name, number) };
  }
  return input;
}

/** Sends nothing: the providers are asked by dry runs what they need, until they have it. */
async function needsOf(subject: Subject, providers: readonly Provider[]): Promise<readonly Need[]> {
  const byField = new Map(providers.map(({ id }) => [providerNames(id).field, id]));
  const needs: Need[] = [];
  for (let round = 0; round < 3; round++) {
    const input = { ...sampleInput(subject, providers, needs, 0), dryRun: true };
    const { data, errors } = await subject.ask(DRY_RUN, { input });
    expect(errors).toEqual([]);
    const problems: { field: string[]; message: string }[] = data.createCustomer.errors;
    if (problems.length === 0) return needs;
    for (const { field, message } of problems) {
      const [own = '', name = ''] = field;
      const provider = byField.get(own);
      if (!provider || !name) throw new Error(`the sample input is refused at ${field.join('.')}: ${message}`);
      needs.push({ provider, name });
    }
  }
  throw new Error('the providers are never content with the sample input');
}

const DRY_RUN =
  'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { outcomes { status } errors { code field message } } }';

/** A value of a provider's own input, by its declared type; text looks like an id of this provider's. */
function ownSample({ schema, world }: Subject, provider: string, name: string, number: number): unknown {
  const type = schema.getType(`${providerNames(provider).type}CreateInput`);
  if (!isInputObjectType(type)) throw new Error(`${provider} asks for ${name}, and has no input of its own`);
  const field = type.getFields()[name];
  if (!field) throw new Error(`${provider} asks for ${name}, which its input has not`);
  return sampleOf(field.type, world.provider(provider).idOf(5_000_000 + number));
}

function sampleOf(type: GraphQLInputType, text: string): unknown {
  const named = getNullableType(type);
  if (isEnumType(named)) return named.getValues()[0]?.name;
  const byName: Record<string, unknown> = { Boolean: false, Int: 1, Float: 1, DateTime: '2026-01-01T00:00:00Z' };
  return byName[String(named)] ?? text;
}

/** Every field below an object of a type; no type twice on the way down, of the providers' extensions only the own. */
function everything(schema: GraphQLSchema, name: string, own: string, seen: ReadonlySet<string>): string {
  const type = schema.getType(name);
  if (!isObjectType(type) && !isInterfaceType(type)) throw new Error(`${name} has no fields`);
  const extensions = schema.getPossibleTypes(schema.getType('ProviderExtension') as never).map((each) => each.name);
  const ownType = extensions.find((each) => each.toLowerCase() === `${own}Customer`.toLowerCase()) ?? '';
  const below = (output: GraphQLOutputType): string | null => {
    const named = getNamedType(output);
    if (isLeafType(named)) return '';
    if (named.name === 'ProviderExtension')
      return `{ __typename ... on ${ownType} { ${everything(schema, ownType, own, new Set([...seen, ownType]))} } }`;
    if (seen.has(named.name) || (extensions.includes(named.name) && named.name !== ownType)) return null;
    return `{ ${everything(schema, named.name, own, new Set([...seen, named.name]))} }`;
  };
  return [
    '__typename',
    ...Object.values(type.getFields())
      // Who may be the same customer says nothing of the provider, and is learnt anew after every change.
      .filter((field) => !field.args.some(isRequiredArgument) && field.name !== 'possibleDuplicates')
      .map((field) => ({ field, selection: below(field.type) }))
      .filter(({ selection }) => selection !== null)
      .map(({ field, selection }) => `${field.name} ${selection}`),
  ].join(' ');
}

const FORBIDDEN_TEXT =
  /hunter2|PANIC|right back|doctype|polluted|x{40}|127\.0\.0\.1|localhost|node_modules|\.ts\b|undici|ECONN|UND_ERR|HPE_|ZodError|invalid_type/i;

/** No provider's words, no address and no trace of the machinery stands in what went wrong. */
export function expectDiscreet(answer: Answer): void {
  const told: unknown[] = [answer.errors];
  JSON.stringify(answer.data, (key, value: unknown) => {
    if (['problem', 'problems', 'errors', 'error', 'reason'].includes(key)) told.push(value);
    return value;
  });
  expect(JSON.stringify(told)).not.toMatch(FORBIDDEN_TEXT);
}
