import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../support/customers.ts';
import { newAda, read, says } from '../support/merging.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** What is wrong in the records of a customer is told beside what was merged of them. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

describe('dataQuality', () => {
  const DIRTY: readonly (readonly [provider: string, id: string, issues: readonly (readonly [string, string])[]])[] = [
    ['OCTOBAT', 'oc_cu_1421878635hksc26e4de79', [['taxNumber', 'MISSING_TAX_ID']]],
    ['CYCLE_SOFTWARE', '1006', []],
    ['CYCLE_SOFTWARE', '8', []],
    ['NUTCACHE', '143222', [['phone', 'INVALID_PHONE']]],
    [
      'NUTCACHE',
      '147504',
      [
        ['contact', 'EMAIL_IN_OTHER_FIELD'],
        ['address', 'EMAIL_IN_OTHER_FIELD'],
      ],
    ],
    ['NUTCACHE', '149643', []],
    ['DIRTY_LEMON', 'fffd7e80-1691-41f5-8946-9deeaf0b8640', []],
  ];

  it.each(DIRTY)('tells what is wrong in the document’s own %s %s', async (provider, providerId, issues) => {
    const id = await idOf(world, provider, providerId);
    const { dataQuality } = await read(world, 'dataQuality { provider field code message }', id);
    expect(dataQuality.map(({ field, code }: Record<string, string>) => [field, code])).toEqual(issues);
    for (const issue of dataQuality) expect(issue.provider).toBe(provider);
    expect(JSON.stringify(dataQuality)).not.toMatch(/yopmail|octobat\.com|123-456/i);
  });

  it('tells a country that the phone contradicts, as in the document’s own create example', async () => {
    const id = await newAda(world, ['CYCLE_SOFTWARE']);
    says(world, 'cycle-software', {
      country_code_iso_3166: 'sr',
      phone_numbers: [{ phone_number_id: 'mob', phone_number: '+381 60 2222222' }],
    });
    expect(await read(world, 'address { country } phone dataQuality { field code }', id)).toEqual({
      address: { country: 'SR' },
      phone: '+381602222222',
      dataQuality: [{ field: 'phoneNumbers.mob', code: 'PHONE_COUNTRY_MISMATCH' }],
    });
  });

  it('tells of every record, in trust order, with the value left as it is in the extension', async () => {
    const id = await newAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON']);
    says(world, 'octobat', { email: 'nobody', billing_address_country: 'Atlantis', phone_number: '12' });
    says(world, 'cycle-software', { attn: 'post@example.com', email: 'also nobody' });
    says(world, 'dirty-lemon', { country_code: 'XX' });
    const customer = await read(
      world,
      'email octobat { email billingAddressCountry } cycleSoftware { attn } dataQuality { provider field code }',
      id,
    );
    expect(customer).toEqual({
      email: 'ada@example.com',
      octobat: { email: 'nobody', billingAddressCountry: 'Atlantis' },
      cycleSoftware: { attn: 'post@example.com' },
      dataQuality: [
        { provider: 'OCTOBAT', field: 'email', code: 'INVALID_EMAIL' },
        { provider: 'OCTOBAT', field: 'billingAddressCountry', code: 'UNKNOWN_COUNTRY' },
        { provider: 'OCTOBAT', field: 'phoneNumber', code: 'INVALID_PHONE' },
        { provider: 'CYCLE_SOFTWARE', field: 'email', code: 'INVALID_EMAIL' },
        { provider: 'CYCLE_SOFTWARE', field: 'attn', code: 'EMAIL_IN_OTHER_FIELD' },
        { provider: 'DIRTY_LEMON', field: 'countryCode', code: 'UNKNOWN_COUNTRY' },
      ],
    });
  });

  it('tells a status that nobody has documented', async () => {
    const id = await idOf(world, 'NUTCACHE', '153801');
    expect(await read(world, 'status nutcache { status } dataQuality { field code }', id)).toEqual({
      status: null,
      nutcache: { status: 2 },
      dataQuality: [{ field: 'status', code: 'UNKNOWN_STATUS' }],
    });
  });
});
