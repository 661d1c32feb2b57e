import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAda, idOf } from '../support/customers.ts';
import { generatedHostileId, NEVER_AN_ID, ONLY_A_NAME } from '../support/hostileIds.ts';
import { type Answer, startWorld, type World } from '../support/world.ts';

/** Whatever stands where an id belongs is refused before anything is sent. */

let world: World;
let ada: string;
beforeAll(async () => {
  world = await startWorld();
  ada = await createAda(world);
});
afterAll(() => world.close());
beforeEach(() => void world.calls());

const PROVIDERS = ['OCTOBAT', 'CYCLE_SOFTWARE', 'NUTCACHE', 'DIRTY_LEMON', 'ONBOARD_FLOW'];
/** OnboardFlow's ids are the caller's own words, and reading one of them sends nothing. */
const MADE_BY_THE_PROVIDER = PROVIDERS.slice(0, -1);

const everywhere = (providers: readonly string[]) => `query ($id: ID!, $text: String!) {
  node(id: $id) { id }
  nodes(ids: [$id, $id]) { id }
  customer(id: $id) { id email octobat { name } }
  after: customers(after: $text) { nodes { id } }
  afterOne: customers(after: $text, filter: { providers: [NUTCACHE] }) { nodes { id } }
  ${providers.map((name) => `by${name}: customerByProviderId(provider: ${name}, providerId: $text) { id email }`).join('\n')}
  ${PROVIDERS.map((name) => `of${name}: provider(name: ${name}) { records(after: $text) { nodes { id } } }`).join('\n')}
}`;

const paths = ({ errors }: Answer): string[] => errors.map(({ path }) => path?.join('.') ?? '').sort();

function expectRefusedEverywhere(answer: Answer, providers: readonly string[]): void {
  expect(answer.status).toBe(200);
  expect(new Set(answer.errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['BAD_USER_INPUT']));
  expect(paths(answer)).toEqual(
    [
      ...['node', 'nodes.0', 'nodes.1', 'customer', 'after', 'afterOne'],
      ...providers.map((name) => `by${name}`),
      ...PROVIDERS.map((name) => `of${name}.records`),
    ].sort(),
  );
  expect(world.calls()).toEqual([]);
}

describe('where something is read', () => {
  it.each(NEVER_AN_ID.map((id) => [short(id), id]))('%s is no id anywhere, and nothing is sent', async (_, id) => {
    const answer = await world.query(everywhere(PROVIDERS), { id, text: id });
    expectRefusedEverywhere(answer, PROVIDERS);
    if (id.length > 3) expect(answer.text).not.toContain(JSON.stringify(id).slice(1, -1));
  });

  it.each(ONLY_A_NAME)('%s is no id where the provider makes them, and nothing is sent', async (id) => {
    expectRefusedEverywhere(
      await world.query(everywhere(MADE_BY_THE_PROVIDER), { id, text: id }),
      MADE_BY_THE_PROVIDER,
    );
    const { data, errors } = await world.query(
      'query ($id: String!) { customerByProviderId(provider: ONBOARD_FLOW, providerId: $id) { id } }',
      { id },
    );
    expect([data, errors, world.calls()]).toEqual([{ customerByProviderId: null }, [], []]);
  });

  it('nothing generated is an id either', async () => {
    const property = fc.asyncProperty(generatedHostileId, async (id) => {
      expectRefusedEverywhere(await world.query(everywhere(PROVIDERS), { id, text: id }), PROVIDERS);
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it('an id of a megabyte is refused one way or the other', async () => {
    const id = 'a'.repeat(1_048_576);
    const { errors } = await world.query('query ($id: ID!) { node(id: $id) { id } }', { id });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['REQUEST_TOO_LARGE']);
    expect(world.calls()).toEqual([]);
  });

  it('a number, where ids are text, is only another spelling', async () => {
    for (const id of ['1006', '-1', '1.5', '1e3', '9007199254740993', 'true', 'null', '{}', '[1]']) {
      const { errors, status } = await world.query(`{ node(id: ${id}) { id } }`);
      expect(errors).toHaveLength(1);
      expect(['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED']).toContain(errors[0]?.extensions.code);
      expect([200, 400]).toContain(status);
    }
    expect(world.calls()).toEqual([]);
  });

  it('fifty line breaks harm nobody who comes after', async () => {
    const id = await idOf(world, 'OCTOBAT', 'oc_cu_1421878635hksc26e4de79');
    const broken = Array.from({ length: 50 }, (_, index) => `1006\r\nX-Evil-${index}: 1\r\n\r\n`);
    await Promise.all(
      broken.map(async (text) =>
        expectRefusedEverywhere(await world.query(everywhere(PROVIDERS), { id: text, text }), PROVIDERS),
      ),
    );
    const startedAt = performance.now();
    const good = await Promise.all(
      Array.from({ length: 20 }, () =>
        world.query('query ($id: ID!) { customer(id: $id) { octobat { name } } }', { id }),
      ),
    );
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    for (const { data, errors } of good) {
      expect(errors).toEqual([]);
      expect(data.customer.octobat.name).toBeTypeOf('string');
    }
    expect(world.calls()).toHaveLength(20);
  });

  it('one provider’s id at another is refused, or asked of that one alone', async () => {
    const examples = Object.fromEntries(
      world.sandbox.providers.map(({ id, examples: [first = ''] }) => [id.toUpperCase().replaceAll('-', '_'), first]),
    );
    const outcomes: string[] = [];
    for (const [owner, providerId] of Object.entries(examples)) {
      for (const provider of PROVIDERS.filter((name) => name !== owner)) {
        const { data, errors } = await world.query(
          'query ($provider: ProviderName!, $providerId: String!) { customerByProviderId(provider: $provider, providerId: $providerId) { id email } }',
          { provider, providerId },
        );
        expect(data).toEqual({ customerByProviderId: null });
        const asked = new Set(world.calls().map((call) => call.split(' ')[0]?.toUpperCase().replaceAll('-', '_')));
        if (errors.length > 0) {
          expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
          expect(asked.size).toBe(0);
        } else expect([...asked].every((each) => each === provider)).toBe(true);
        outcomes.push(`${owner} at ${provider}: ${errors.length > 0 ? 'refused' : 'none'}`);
      }
    }
    expect(outcomes.filter((outcome) => outcome.endsWith('none')).sort()).toEqual([
      'CYCLE_SOFTWARE at NUTCACHE: none',
      'CYCLE_SOFTWARE at ONBOARD_FLOW: none',
      'DIRTY_LEMON at ONBOARD_FLOW: none',
      'NUTCACHE at CYCLE_SOFTWARE: none',
      'NUTCACHE at ONBOARD_FLOW: none',
      'OCTOBAT at ONBOARD_FLOW: none',
    ]);
  });
});

const WRITES = `mutation ($id: ID!, $good: ID!) {
  update: updateCustomer(input: { id: $id, lastName: "X" }) { ...Refused }
  updateRecords: updateCustomer(input: { id: $good, records: [$id], lastName: "X" }) { ...Refused }
  updateBoth: updateCustomer(input: { id: $id, records: [$id, $id], lastName: "X", dryRun: true }) { ...Refused }
  request: requestCustomerConfirmation(input: { id: $id }) { ...Refused }
  requestRecord: requestCustomerConfirmation(input: { id: $good, recordId: $id }) { ...Refused }
  link: createSelfServiceLink(input: { id: $id, kind: CARD }) { ...Refused }
  linkRecord: createSelfServiceLink(input: { id: $good, recordId: $id, kind: CARD }) { ...Refused }
}
fragment Refused on WritePayload { errors { code field provider retryable } }`;
const CONFIRM = `mutation ($id: ID!, $record: ID) {
  confirm: confirmCustomer(input: { id: $id, recordId: $record, confirmationToken: "123456" }) {
    customer { id } outcomes { status } errors { code field } } }`;

const PLACES: Record<string, string[]> = {
  update: ['id'],
  updateRecords: ['records.0'],
  updateBoth: ['id', 'records.0', 'records.1'],
  request: ['id'],
  requestRecord: ['recordId'],
  link: ['id'],
  linkRecord: ['recordId'],
};

async function expectNothingWritten(id: string): Promise<void> {
  const { data, errors } = await world.query(WRITES, { id, good: ada });
  expect(errors).toEqual([]);
  for (const [alias, places] of Object.entries(PLACES)) {
    const told = data[alias].errors.map((error: { code: string; field: string[] }) => [
      error.code,
      error.field.join('.'),
    ]);
    expect([alias, told]).toEqual([alias, places.map((place) => ['INVALID_INPUT', place])]);
  }
  for (const [variables, place] of [
    [{ id }, 'id'],
    [{ id: ada, record: id }, 'recordId'],
  ] as const) {
    const { data: answer } = await world.query(CONFIRM, variables);
    expect(answer.confirm).toEqual({
      customer: null,
      outcomes: [],
      errors: [{ code: 'INVALID_INPUT', field: [place] }],
    });
  }
  expect(world.calls()).toEqual([]);
}

describe('where something is written', () => {
  it.each([...NEVER_AN_ID, ...ONLY_A_NAME].map((id) => [short(id), id]))(
    '%s is no id: each mutation says where, and nothing is sent',
    (_, id) => expectNothingWritten(id),
  );

  it('nothing generated is an id either', async () => {
    await fc.assert(fc.asyncProperty(generatedHostileId, expectNothingWritten), { numRuns: 60 });
  });

  // Blanks around what a person types are taken off, so that " 1006" is 1006.
  const typed = NEVER_AN_ID.filter((id) => !/^[\p{White_Space}\p{Cf}]*\w{0,4}[\p{White_Space}\p{Cf}]*$/u.test(id));
  it.each(typed.map((id) => [short(id), id]))('%s is nobody’s own id of a customer either', async (_, customerId) => {
    const { data, errors } = await world.query(
      `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id } errors { code field } } }`,
      {
        input: {
          providers: ['ONBOARD_FLOW'],
          email: 'a@example.com',
          onboardFlow: { customerId, userId: 'user_1', hasPaymentMethod: false },
        },
      },
    );
    expect(errors).toEqual([]);
    expect(data.createCustomer).toEqual({
      customer: null,
      errors: [{ code: 'INVALID_INPUT', field: ['onboardFlow', 'customerId'] }],
    });
    expect(world.calls()).toEqual([]);
  });
});

/** As a test's name shows it. */
function short(id: string): string {
  const text = JSON.stringify(id);
  return text.length <= 40 ? text : `${text.slice(0, 20)}… (${id.length} characters)`;
}
