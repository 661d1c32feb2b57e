import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAda } from '../support/customers.ts';
import { type Answer, startWorld, type World } from '../support/world.ts';

/** Providers whose answers are nearly as they should be: whatever comes of it is data or a typed problem, and never our error. */

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const RUNS = Number(process.env.RUNS ?? 150);

let world: World;
let ada: string;
beforeAll(async () => {
  world = await startWorld({
    sandbox: { customers: 20, settings: { 'cycle-software': { minutelyLimit: 1_000_000 } } },
  });
  ada = await createAda(world);
});
afterAll(() => world.close());

type Change = (json: unknown) => unknown;

const other = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    true,
    0,
    -1,
    1e308,
    2 ** 53,
    [],
    {},
    '\0',
    '\ud800',
    '<script>',
    '\u001b[31m',
    'x'.repeat(5_000),
  ),
  fc.constantFrom<unknown>(
    '2023-02-31 25:61:61',
    '06-',
    '+',
    'FR',
    'France',
    '{"a":1}',
    '../..',
    'javascript:alert(1)',
    ['x'],
    { id: 'x' },
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

/** Somewhere in it, by numbers from 0 to 1 that lead there. */
function changedAt(json: unknown, way: readonly number[], change: Change): unknown {
  const [turn, ...rest] = way;
  if (turn === undefined || typeof json !== 'object' || json === null) return change(json);
  const keys = Object.keys(json);
  const key = keys[Math.floor(keys.length * turn)];
  if (key === undefined) return change(json);
  const inner = changedAt((json as Record<string, unknown>)[key], rest, change);
  return Array.isArray(json) ? json.with(Number(key), inner) : { ...json, [key]: inner };
}

const way = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 5 });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(way, other).map(
    ([at, value]): Change =>
      (json) =>
        changedAt(json, at, () => value),
  ),
  way.map(
    (at): Change =>
      (json) =>
        changedAt(json, at, () => undefined),
  ),
  way.map(
    (at): Change =>
      (json) =>
        changedAt(json, at, (inner) => [inner, inner]),
  ),
  way.map(
    (at): Change =>
      (json) =>
        changedAt(json, at, (inner) => ({ inner })),
  ),
  fc.tuple(way, fc.constantFrom('id', 'email', 'name', '__proto__', 'error', 'success', 'customers'), other).map(
    ([at, name, value]): Change =>
      (json) =>
        changedAt(json, at, (inner) => ({ ...(inner as object), [name]: value })),
  ),
);

const EVERYTHING = `id displayName kind firstName lastName companyName email phone taxId status createdAt updatedAt
  address { lines country rawCountry } verification { state phone } problems { code } dataQuality { code }
  records { provider raw problem { code } extension { id } }
  octobat { name email billingAddressCountry } cycleSoftware { attn phoneNumbers { phoneNumber } } nutcache { name } dirtyLemon { phoneNumber } onboardFlow { customerId }`;

/** An answer as it has to be, whatever a provider said. */
function assertSane({ status, errors, text }: Answer): void {
  expect(status).toBe(200);
  expect(errors.map(({ extensions }) => extensions.code)).not.toContain('INTERNAL_SERVER_ERROR');
  expect(text).not.toMatch(/"code":"INTERNAL/);
}

it(`are answered around (SEED=${SEED})`, async () => {
  const examples = world.sandbox.providers.flatMap(({ id, examples: [first] }) =>
    first === undefined ? [] : [{ provider: id.toUpperCase().replaceAll('-', '_'), providerId: first }],
  );
  const read = `query ($provider: ProviderName!, $providerId: String!) { customerByProviderId(provider: $provider, providerId: $providerId) { ${EVERYTHING} } }`;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), fc.nat(9), async (changes, number) => {
      for (const provider of world.sandbox.providers)
        provider.fault({ kind: 'mutate', change: (json) => changes.reduce((now, each) => each(now), json) });
      const headers = { 'cache-control': 'no-cache' };
      const answers = await Promise.all([
        ...examples.map((example) => world.query(read, example, headers)),
        world.query(`query ($id: ID!) { customer(id: $id) { ${EVERYTHING} } }`, { id: ada }, headers),
        world.query('{ providers { records(first: 3) { nodes { id displayName raw } totalCount } } }', {}, headers),
        world.query(
          '{ customers(filter: { providers: [CYCLE_SOFTWARE], phone: "0612345678", phoneCountry: "NL" }) { nodes { id } } }',
        ),
      ]);
      answers.push(
        await world.query(
          'mutation ($id: ID!, $name: String) { updateCustomer(input: { id: $id, lastName: $name }) { outcomes { status error { code } } errors { code } } }',
          { id: ada, name: `Lovelace ${number}` },
        ),
      );
      for (const provider of world.sandbox.providers) provider.clearFaults();
      for (const answer of answers) assertSane(answer);
    }),
    { seed: SEED, numRuns: RUNS, endOnFailure: true },
  );
  const healed = await world.query('query ($id: ID!) { customer(id: $id) { email } }', { id: ada });
  expect(healed.errors).toEqual([]);
});
