import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../../src/main.ts';
import { email } from '../../src/model/email.ts';
import { taxId } from '../../src/model/taxId.ts';
import { text } from '../../src/model/text.ts';
import { idOf } from '../support/customers.ts';
import { ask, startWorld, type World } from '../support/world.ts';

/** What is written comes back as it was written, over real HTTP: generated inputs; a failure prints its seed. */

const RUNS = 100;

let world: World;
beforeAll(async () => {
  world = await startWorld({
    sandbox: { maxCalls: 100, settings: { 'cycle-software': { minutelyLimit: 1_000_000, dailyLimit: 1_000_000 } } },
  });
});
afterAll(() => world.close());

/** Letters of several scripts, composed and not, with what people put between them. */
const letters = fc.constantFrom(...'abcdeXYZéçßøłИванΩ漢字'.split(''), 'e\u0301', ' ', '-', '’', '.', '&', '"', '😀');
const words = fc
  .string({ unit: letters, minLength: 1, maxLength: 30 })
  .filter((value) => text(value) !== null && /\p{L}/u.test(value));
const blanks = fc.constantFrom('', '', ' ', '\u00a0');
const written = (values: fc.Arbitrary<string>) => fc.tuple(blanks, values, blanks).map((parts) => parts.join(''));
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 3 });

const emails = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...'aZ09._+-'.split('')), minLength: 1, maxLength: 20 }),
    fc.constantFrom('example.com', 'EXAMPLE.org', 'sub.Example.co.uk'),
  )
  .map(([local, domain]) => `${local}@${domain}`)
  .filter((value) => email(value) !== null);
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

describe('a CycleSoftware customer', () => {
  const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
    outcomes { status changes { field after } } errors { code field message } } }`;

  /** A shop's system that keeps just what it is sent, as a PUT of a whole object says: what is left out is gone. */
  let shop: Server;
  let customer: Record<string, unknown> = {};
  const bodies: string[] = [];
  let gateway: RunningGateway;
  let id: string;
  beforeAll(async () => {
    shop = createServer((call, response) => {
      let body = '';
      call.on('data', (part: Buffer) => {
        body += part.toString();
      });
      call.on('end', () => {
        if (call.method === 'PUT') {
          bodies.push(body);
          customer = JSON.parse(body);
        }
        response.setHeader('content-type', 'application/json').end(JSON.stringify(customer));
      });
    });
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    const { port } = shop.address() as AddressInfo;
    gateway = await world.another({ CYCLE_SOFTWARE_URL: `http://127.0.0.1:${port}` });
    id = await idOf(world, 'CYCLE_SOFTWARE', '1006');
  });
  afterAll(() => void shop.close());

  const said = fc.oneof(fc.constant(''), words, fc.string({ maxLength: 12 }));
  const numbers = fc.array(
    fc.record({
      phone_number_id: fc.constantFrom('mob', 'tel', '714253', '714254', '714255'),
      customer_id: fc.nat(),
      phone_number: fc.constantFrom('', '06-12345678', '0733030050', '+381 60 2222222', 'ask Tim'),
      name: said,
    }),
    { maxLength: 5 },
  );
  const unknown = fc.dictionary(
    fc.string({ minLength: 1, maxLength: 8 }).map((key) => `x_${key}`),
    // What JSON.parse can read it can't always write: -0 comes back as 0.
    fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown),
    { maxKeys: 4 },
  );
  /** As their systems may have it: texts as they were typed, numbers with other properties, and what nobody documented. */
  const customers = fc
    .record({
      known: fc.record(
        {
          ...{
            customer_type_name: fc.constantFrom('Klant', 'Zakelijk', 'E-commerce', 'Dealer'),
            customer_reference: said,
          },
          ...{
            postcode: said,
            house_number: said,
            house_number_postfix: said,
            company_name: said,
            attn: said,
            title: said,
          },
          ...{
            initials: said,
            insertion: fc.constantFrom('', 'van', ' de '),
            first_name: said,
            name: said,
            street: said,
          },
          ...{
            country_code_iso_3166: fc.constantFrom('NL', 'be', ''),
            email: said,
            vat_number: said,
            coc_number: said,
          },
          ...{
            discount_percentage: fc.oneof(fc.constantFrom(0, 7.5), fc.constant('10')),
            datetime_created: fc.constantFrom(null, '2023-01-03 12:30:44'),
          },
          phone_numbers: fc
            .tuple(numbers, fc.array(unknown, { maxLength: 5 }))
            .map(([entries, more]) => entries.map((entry, index) => ({ ...entry, ...more[index] }))),
        },
        { requiredKeys: [] },
      ),
      more: unknown,
    })
    .map(({ known, more }): Record<string, unknown> => ({ customer_id: 1006, ...known, ...more, city: 'Nistelrode' }));

  it('comes back equal but for the change named, unknown properties and all numbers included', async () => {
    await fc.assert(
      fc.asyncProperty(customers, words, async (before, city) => {
        customer = JSON.parse(JSON.stringify(before));
        bodies.length = 0;
        const { data, errors } = await ask(gateway.url, UPDATE, { input: { id, address: { city } } });
        expect(errors).toEqual([]);
        const after = text(city);
        expect(data).toEqual({
          updateCustomer: {
            outcomes: [{ status: 'SUCCEEDED', changes: [{ field: 'address.city', after }] }],
            errors: [],
          },
        });
        expect(customer).toEqual({ ...before, city: after });
        expect(bodies).toHaveLength(1);
        // In the order in which it came, too: nothing tells whether that matters to them.
        expect(bodies[0]).toBe(JSON.stringify({ ...before, city: after }));
      }),
      { numRuns: RUNS },
    );
  });

  it('loses no number when a number is changed, added or cleared', async () => {
    const change = fc.record({
      phone: fc.constantFrom('+31687654321', null),
      add: fc.option(fc.constantFrom('06 11111111', '+32470123456')),
    });
    await fc.assert(
      fc.asyncProperty(customers, change, async (before, { phone, add }) => {
        customer = JSON.parse(JSON.stringify(before));
        const entries = (from: Record<string, unknown>) => (from.phone_numbers ?? []) as Record<string, unknown>[];
        const own = add === null ? {} : { cycleSoftware: { phoneNumbers: [{ phoneNumber: add, name: 'New' }] } };
        const { data, errors } = await ask(gateway.url, UPDATE, { input: { id, phone, ...own } });
        expect(errors).toEqual([]);
        expect(data).toMatchObject({ updateCustomer: { errors: [] } });
        const { phone_numbers: _before, ...others } = before;
        const { phone_numbers: _after, ...othersAfter } = customer;
        expect(othersAfter).toEqual(others);
        const kept = entries(before).map((entry, index) => ({
          ...entry,
          phone_number: entries(customer)[index]?.phone_number,
        }));
        expect(entries(customer).slice(0, kept.length)).toEqual(kept);
        const changed = entries(before).filter(
          (entry, index) => entry.phone_number !== entries(customer)[index]?.phone_number,
        );
        expect(changed.length).toBeLessThanOrEqual(1);
        expect(entries(customer).slice(kept.length).length).toBeLessThanOrEqual(add === null ? 1 : 2);
      }),
      { numRuns: RUNS },
    );
  });

  it('comes back equal but for the change from the simulated provider as well, which drops what is not sent', async () => {
    const shopKeeper = world.provider('cycle-software');
    const authorization = `Basic ${Buffer.from('Username:Password').toString('base64')}`;
    const call = async (method: 'GET' | 'POST', path: string, body?: object) => {
      const response = await request(`${shopKeeper.url}/api/v1/customers${path}.json`, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      return (await response.body.json()) as Record<string, unknown>;
    };
    const valid = fc.record({
      ...{
        customer_type_name: fc.constantFrom('Klant', 'Zakelijk', 'E-commerce'),
        customer_reference: said,
        name: words,
      },
      ...{
        company_name: said,
        title: said,
        initials: said,
        insertion: said,
        street: said,
        vat_number: said,
        attn: said,
      },
      ...{ discount_percentage: fc.constantFrom(0, 7.5), phone_numbers: numbers },
    });
    await fc.assert(
      fc.asyncProperty(valid, emails, async (made, changed) => {
        const before = await call('POST', '', made);
        const customerId = await idOf(world, 'CYCLE_SOFTWARE', String(before.customer_id));
        const { data } = await world.query(UPDATE, { input: { id: customerId, email: changed } });
        expect(data.updateCustomer).toMatchObject({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
        expect(await call('GET', `/${before.customer_id}`)).toEqual({ ...before, email: email(changed) });
      }),
      { numRuns: RUNS },
    );
  });
});
