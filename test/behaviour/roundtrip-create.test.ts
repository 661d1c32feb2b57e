import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { email } from '../../src/model/email.ts';
import { taxId } from '../../src/model/taxId.ts';
import { text } from '../../src/model/text.ts';
import { emails, RUNS, startUnlimitedWorld, words } from '../support/roundtrip.ts';
import type { World } from '../support/world.ts';

/** What is created comes back as it was written, over real HTTP: generated inputs; a failure prints its seed. */

let world: World;
beforeAll(async () => {
  world = await startUnlimitedWorld();
});
afterAll(() => world.close());

const blanks = fc.constantFrom('', '', ' ', '\u00a0');
const written = (values: fc.Arbitrary<string>) => fc.tuple(blanks, values, blanks).map((parts) => parts.join(''));
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 3 });

/** Each as somebody may write it in a country, and what it is. */
const countries = fc.constantFrom(
  ...([
    ['NL', 'NL', ['+31', '0'], '6########'],
    ['Nederland', 'NL', ['+31 ', '0'], '73#######'],
    ['be', 'BE', ['+32', '0'], '47#######'],
    ['France', 'FR', ['+33', '0'], '6########'],
    ['Deutschland', 'DE', ['+49', '0'], '151########'],
    ['US', 'US', ['+1', ''], '212########'.slice(0, 10)],
  ] as const),
);
const addresses = fc.record(
  {
    line1: maybe(
      fc.oneof(
        written(words),
        fc
          .tuple(words, fc.integer({ min: 1, max: 9999 }), fc.constantFrom('', 'a', 'bis', ' A', '-2'))
          .map((parts) => `${parts[0]} ${parts[1]}${parts[2]}`),
      ),
    ),
    line2: maybe(written(words)),
    city: maybe(written(words)),
    postalCode: maybe(written(fc.constantFrom('1012 AB', '1012ab', '75004', 'SW1A 1AA'))),
    region: maybe(written(words)),
  },
  { requiredKeys: [] },
);

interface Generated {
  readonly input: Record<string, unknown>;
  /** Every field as it has to come back, in the unified vocabulary. */
  readonly is: Fields;
}
type Fields = Readonly<Record<string, string | null>>;

/** A number that nobody else has: Dirty Lemon wants them unique. */
let subscriber = 0;

const inputs: fc.Arbitrary<Generated> = fc
  .record({
    kind: maybe(fc.constantFrom('BUSINESS', 'INDIVIDUAL')),
    firstName: maybe(written(words)),
    lastName: maybe(written(words)),
    companyName: maybe(written(words)),
    email: maybe(written(emails)),
    taxId: maybe(fc.constantFrom('NL855630693B01', ' be 0412 345 678', 'fr 12.345-678')),
    address: addresses,
    country: countries,
    national: fc.boolean(),
    hasPhone: fc.boolean(),
  })
  .map(({ address, country: [name, code, prefixes, pattern], national, hasPhone, ...plain }): Generated => {
    subscriber += 1;
    const digits = String(subscriber).padStart(pattern.split('#').length - 1, '0');
    const number = pattern.replace(/#+/, digits);
    const phone = hasPhone ? `${prefixes[national ? 1 : 0]}${number}` : undefined;
    const input = { ...plain, phone, address: { ...address, country: name } };
    const said = (value: string | undefined, normalise: (value: string) => string | null) =>
      value === undefined ? null : normalise(value);
    return {
      input,
      is: {
        kind: plain.kind ?? null,
        firstName: said(plain.firstName, text),
        lastName: said(plain.lastName, text),
        companyName: said(plain.companyName, text),
        email: said(plain.email, email),
        phone: hasPhone ? `${prefixes[0].trim()}${number}` : null,
        taxId: said(plain.taxId, taxId),
        line1: said(address.line1, text),
        line2: said(address.line2, text),
        city: said(address.city, text),
        postalCode: said(address.postalCode, text),
        region: said(address.region, text),
        country: code,
      },
    };
  });

const PROFILE =
  'kind displayName firstName lastName companyName email phone taxId address { line1 line2 city postalCode region country }';
const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id } outcomes { status ignoredFields } errors { code field message } } }`;
const READ = `query ($id: ID!) { customer(id: $id) { records { provider ${PROFILE} } } }`;

interface Held {
  /** Over the input: what the provider needs besides. */
  readonly completed?: (generated: Generated, run: number) => Generated;
  /** The fields that come back, and how; all others come back as nothing. */
  readonly back: (is: Fields) => Fields;
}

const person = ({ firstName, lastName }: Fields) =>
  [firstName, lastName].filter((part) => part !== null).join(' ') || null;
const pick = (is: Fields, ...names: string[]): Fields =>
  Object.fromEntries(names.map((name) => [name, is[name] ?? null]));
const ADDRESS = ['line1', 'line2', 'city', 'postalCode', 'region', 'country'];

const HELD: Readonly<Record<string, Held>> = {
  OCTOBAT: {
    // One name: a company's, or both parts of a person's. B2C says no kind.
    back: (is) => {
      const name = is.companyName ?? (is.firstName !== null && is.lastName !== null ? person(is) : null);
      const isBusiness = is.kind === 'BUSINESS';
      return {
        ...pick(is, 'email', 'phone', 'taxId', ...ADDRESS),
        kind: isBusiness ? 'BUSINESS' : null,
        displayName: name,
        companyName: isBusiness ? name : null,
      };
    },
  },
  CYCLE_SOFTWARE: {
    completed: ({ input, is }) =>
      is.lastName !== null || is.companyName !== null
        ? { input, is }
        : { input: { ...input, lastName: 'Base' }, is: { ...is, lastName: 'Base' } },
    // No second line and no region; Klant says no kind.
    back: (is) => ({
      ...pick(
        is,
        'firstName',
        'lastName',
        'companyName',
        'email',
        'phone',
        'taxId',
        'line1',
        'city',
        'postalCode',
        'country',
      ),
      kind: is.kind === 'BUSINESS' ? 'BUSINESS' : null,
      displayName: is.companyName ?? person(is),
    }),
  },
  DIRTY_LEMON: {
    completed: ({ input, is }, run) => {
      const phone = is.phone ?? `+3161234${String(run).padStart(4, '0')}`;
      return {
        input: {
          ...input,
          phone: input.phone ?? phone,
          dirtyLemon: { phoneCountry: input.phone === undefined ? 'NL' : is.country },
        },
        is: { ...is, phone },
      };
    },
    back: (is) => ({
      ...pick(is, 'firstName', 'lastName', 'email', 'phone'),
      displayName: person(is) ?? is.phone ?? null,
    }),
  },
  ONBOARD_FLOW: {
    completed: ({ input, is }, run) => ({
      input: {
        ...input,
        email: input.email ?? 'base@example.com',
        onboardFlow: { customerId: `cus_round_${run}`, userId: 'u', hasPaymentMethod: true },
      },
      is: { ...is, email: is.email ?? 'base@example.com' },
    }),
    back: (is) => ({ ...pick(is, 'firstName', 'lastName', 'email'), displayName: person(is) ?? is.email ?? null }),
  },
};

/** The input's fields that a provider does not store: alone it would refuse them, beside another it ignores them. */
describe('a customer created at', () => {
  it.each(Object.keys(HELD))('%s comes back with every field that it holds, and nothing else', async (provider) => {
    const held = HELD[provider];
    if (!held) throw new Error(`${provider} is not in the table`);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(inputs, async (drawn) => {
        run += 1;
        const { input, is } = held.completed?.(drawn, run) ?? drawn;
        const fields = await storedFields(provider, input);
        const created = await world.query(CREATE, { input: { ...fields, providers: [provider] } });
        expect(created.errors).toEqual([]);
        expect(created.data.createCustomer.errors).toEqual([]);
        // Octobat keeps one name: a company's takes the place of a person's.
        const ignoredFields =
          provider === 'OCTOBAT' && fields.companyName ? ['firstName', 'lastName'].filter((name) => fields[name]) : [];
        expect(created.data.createCustomer.outcomes).toEqual([{ status: 'SUCCEEDED', ignoredFields }]);
        const read = await world.query(READ, { id: created.data.createCustomer.customer.id });
        const [record] = read.data.customer.records;
        expect(flat(record)).toEqual(only(held.back(is)));
      }),
      { numRuns: RUNS },
    );
  });

  /** Asks what would be ignored, and leaves it out: a field that nobody holds refuses the whole input. */
  async function storedFields(provider: string, input: Record<string, unknown>): Promise<Record<string, unknown>> {
    const { data, errors } = await world.query(CREATE, { input: { ...input, providers: [provider], dryRun: true } });
    expect(errors).toEqual([]);
    const refused: string[][] = data.createCustomer.errors.map((error: { code: string; field: string[] }) => {
      expect(error.code).toBe('CAPABILITY_UNSUPPORTED');
      return error.field;
    });
    const { address, ...plain } = input as { address: Record<string, unknown> };
    const without = (fields: Record<string, unknown>, names: (string | undefined)[]) =>
      Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
    return {
      ...without(
        plain,
        refused.filter(({ length }) => length === 1).map(([name]) => name),
      ),
      address: without(
        address,
        refused.map(([, name]) => name),
      ),
    };
  }
});

const flat = ({ address, provider: _, ...record }: Record<string, unknown>): Fields =>
  only({ ...record, ...(address as object) } as Fields);
const only = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
