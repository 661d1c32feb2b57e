import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../../src/main.ts';
import { email } from '../../src/model/email.ts';
import { text } from '../../src/model/text.ts';
import { idOf } from '../support/customers.ts';
import { byProperty, exactly, type Fields } from '../support/exactly.ts';
import { emails, RUNS, RUNS_MS, startUnlimitedWorld, words } from '../support/roundtrip.ts';
import { ask, type World } from '../support/world.ts';

/** What CycleSoftware has comes back from an update as it was, over real HTTP: generated inputs; a failure prints its seed. */

let world: World;
beforeAll(async () => {
  world = await startUnlimitedWorld();
});
afterAll(() => world.close());

describe(`a CycleSoftware customer, ${RUNS} times,`, () => {
  const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
    outcomes { status changes { field after } } errors { code field message } } }`;

  /** A shop's system that keeps just what it is sent, as a PUT of a whole object says: what is left out is gone. */
  let shop: Server;
  let stored = '{}';
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
          stored = body;
        }
        response.setHeader('content-type', 'application/json').end(stored);
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
  /** Numbers as other systems spell them, such that no JavaScript can hold among them. */
  const spelt = fc
    .constantFrom(
      ...['0', '-0', '7', '7.0', '7.50', '1e2', '1E-7', '-12.340', '1e400', '0.12345678901234567890'],
      ...['9007199254740993', '-9007199254740993.5', '123456789012345678901234567890'],
    )
    .map((source) => JSON.rawJSON(source) as unknown);
  const value = fc.oneof(
    spelt,
    fc.array(spelt, { maxLength: 3 }),
    // An answer with a key named __proto__ is refused whole.
    fc.jsonValue({ maxDepth: 3 }).filter((json) => !JSON.stringify(json).includes('__proto__')),
  );
  const unknown = fc.dictionary(
    fc.string({ minLength: 1, maxLength: 8 }).map((key) => `x_${key}`),
    fc.oneof(value, fc.record({ deep: value, 'also deep': fc.dictionary(fc.constantFrom('a', 'b'), value) })),
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
            discount_percentage: fc.oneof(
              fc.constantFrom(0, 7.5),
              fc.constant('10'),
              fc.constantFrom('7.50', '1e1').map(JSON.rawJSON),
            ),
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
    .map(({ known, more }): Fields => ({ customer_id: 1006, ...known, ...more, city: 'Nistelrode' }));

  const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(fc.option(values, { nil: null }), { nil: undefined });
  /** What somebody may ask to be changed. */
  const patches = fc
    .record({
      plain: fc.record({
        firstName: maybe(words),
        companyName: maybe(words),
        email: maybe(emails),
        lastName: maybe(words),
      }),
      address: fc.record({ city: maybe(words), postalCode: maybe(words), line1: maybe(words) }),
      own: fc.record({
        customerReference: maybe(words),
        attn: maybe(words),
        title: maybe(words),
        cocNumber: maybe(words),
      }),
      discountPercentage: maybe(fc.constantFrom(0, 10, 7.5)),
    })
    .map(({ plain, address, own, discountPercentage }) => ({
      input: { ...plain, address, cycleSoftware: { ...own, discountPercentage } },
      // Each property that one of them has a say in, and what is to be read there, where that is told by it alone.
      named: new Map([
        ...placesOf(plain.firstName, ['first_name']),
        ...placesOf(plain.companyName, ['company_name']),
        ...placesOf(plain.email, ['email'], email),
        ...placesOf(plain.lastName, ['name', 'insertion']),
        ...placesOf(address.city, ['city']),
        ...placesOf(address.postalCode, ['postcode']),
        ...placesOf(address.line1, ['street', 'house_number', 'house_number_postfix']),
        ...placesOf(own.customerReference, ['customer_reference']),
        ...placesOf(own.attn, ['attn']),
        ...placesOf(own.title, ['title']),
        ...placesOf(own.cocNumber, ['coc_number']),
        ...(discountPercentage === undefined ? [] : [['discount_percentage', undefined] as const]),
      ]),
    }));

  it(
    'comes back equal but for what is named, unknown properties and all numbers included',
    async () => {
      await fc.assert(
        fc.asyncProperty(customers, patches, async (before, patch) => {
          stored = JSON.stringify(before);
          bodies.length = 0;
          const { input, named } = patch;
          const { data, errors } = await ask(gateway.url, UPDATE, { input: { id, ...input } });
          expect(errors).toEqual([]);
          const { outcomes, errors: problems } = (data as { updateCustomer: Updated }).updateCustomer;
          expect([problems, outcomes]).toMatchObject([
            [],
            [{ status: bodies.length === 1 ? 'SUCCEEDED' : 'UNCHANGED' }],
          ]);
          expect(outcomes[0]?.changes.length === 0).toBe(bodies.length === 0);
          const [was, is] = [byProperty(JSON.stringify(before)), byProperty(stored)];
          const unnamed = (all: ReadonlyMap<string, string>) => [...all].filter(([property]) => !named.has(property));
          expect(unnamed(is)).toEqual(unnamed(was));
          // In the order in which it came, too: nothing tells whether that matters to them.
          expect([...is.keys()].slice(0, was.size)).toEqual([...was.keys()]);
          for (const [property, value] of named)
            if (value !== undefined) expect([property, text(read(stored)[property])]).toEqual([property, value]);
        }),
        { numRuns: RUNS },
      );
    },
    RUNS_MS,
  );

  it(
    'loses no number when a number is changed, added or cleared',
    async () => {
      const change = fc.record({
        phone: fc.constantFrom('+31687654321', null),
        add: fc.option(fc.constantFrom('06 11111111', '+32470123456')),
      });
      await fc.assert(
        fc.asyncProperty(customers, change, async (before, { phone, add }) => {
          stored = JSON.stringify(before);
          const entries = (from: Fields) => (from.phone_numbers ?? []) as Record<string, unknown>[];
          const own = add === null ? {} : { cycleSoftware: { phoneNumbers: [{ phoneNumber: add, name: 'New' }] } };
          const { data, errors } = await ask(gateway.url, UPDATE, { input: { id, phone, ...own } });
          expect(errors).toEqual([]);
          expect(data).toMatchObject({ updateCustomer: { errors: [] } });
          const others = (json: string) => [...byProperty(json)].filter(([property]) => property !== 'phone_numbers');
          expect(others(stored)).toEqual(others(JSON.stringify(before)));
          const [was, is] = [entries(exactly(JSON.stringify(before))), entries(exactly(stored))];
          const kept = was.map((entry, index) => ({ ...entry, phone_number: is[index]?.phone_number }));
          expect(is.slice(0, kept.length)).toEqual(kept);
          const changed = was.filter((entry, index) => entry.phone_number !== is[index]?.phone_number);
          expect(changed.length).toBeLessThanOrEqual(1);
          expect(is.slice(kept.length).length).toBeLessThanOrEqual(add === null ? 1 : 2);
        }),
        { numRuns: RUNS },
      );
    },
    RUNS_MS,
  );

  it(
    'comes back equal but for the change from the simulated provider as well, which drops what is not sent',
    async () => {
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
    },
    RUNS_MS,
  );
});

interface Updated {
  readonly outcomes: readonly { readonly status: string; readonly changes: readonly unknown[] }[];
  readonly errors: readonly unknown[];
}

const read = (json: string): Fields => JSON.parse(json) as Fields;

/** @param normalise what is read there of what was written */
function placesOf(
  value: string | null | undefined,
  properties: readonly string[],
  normalise: (value: string) => string | null = text,
): readonly (readonly [string, string | null | undefined])[] {
  if (value === undefined) return [];
  const [only, ...more] = properties;
  if (only !== undefined && more.length === 0) return [[only, value === null ? null : normalise(value)]];
  return properties.map((property) => [property, undefined]);
}
