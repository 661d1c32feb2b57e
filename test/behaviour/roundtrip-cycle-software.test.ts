import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../../src/main.ts';
import { email } from '../../src/model/email.ts';
import { text } from '../../src/model/text.ts';
import { idOf } from '../support/customers.ts';
import { emails, RUNS, startUnlimitedWorld, words } from '../support/roundtrip.ts';
import { ask, type World } from '../support/world.ts';

/** What CycleSoftware has comes back from an update as it was, over real HTTP: generated inputs; a failure prints its seed. */

let world: World;
beforeAll(async () => {
  world = await startUnlimitedWorld();
});
afterAll(() => world.close());

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
    // JSON.parse reads a -0, JSON.stringify writes it as 0; and an answer with a key named __proto__ is refused whole.
    fc
      .jsonValue({ maxDepth: 3 })
      .map((value) => JSON.parse(JSON.stringify(value)) as unknown)
      .filter((value) => !JSON.stringify(value).includes('__proto__')),
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
