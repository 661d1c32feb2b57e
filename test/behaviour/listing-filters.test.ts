import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { country } from '../../src/model/country.ts';
import { nationalDigits, phone } from '../../src/model/phone.ts';
import { createAda } from '../support/customers.ts';
import { list, NOW, nodesOf, recordsOf, refused, startListingWorld, TRUST, textOf } from '../support/listing.ts';
import { afreshEach, type World } from '../support/world.ts';

/** Filters of a list from the directory, against what the providers' records say. */

interface ProviderRecord {
  readonly provider: string;
  readonly providerId: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: { readonly country: string | null; readonly postalCode: string | null } | null;
  readonly taxId: string | null;
  readonly kind: string | null;
  readonly status: string | null;
  /** Every number as it is written there. */
  readonly written: readonly string[];
}

const FIELDS = `providerId email phone address { country postalCode } taxId kind status extension {
  ... on OctobatCustomer { phoneNumber } ... on NutcacheCustomer { phone mobilePhone }
  ... on CycleSoftwareCustomer { phoneNumbers { phoneNumber } } }`;

const clock = { at: NOW, now: () => clock.at, elapsed: () => performance.now() };
let world: World;
let records: ProviderRecord[];
/** By record: the customer that it is of. */
const customerOf = new Map<string, string>();
beforeAll(async () => {
  world = await startListingWorld({ clock, sandbox: { customers: 60 } });
  for (const [phoneNumber, from] of [
    ['020 555 0001', 'NL'],
    ['+31 20 555 0001', 'DE'],
    ['0205550001', 'DE'],
    ['call 0205550001', null],
    ['020/555.00.01', null],
  ] as const)
    await createAda(world, ['CYCLE_SOFTWARE'], {
      ...{ phone: null, address: from && { country: from } },
      cycleSoftware: { phoneNumbers: [{ phoneNumber }] },
    });
  const all = await Promise.all(TRUST.map((provider) => recordsOf(world, provider, FIELDS)));
  records = all.flat().map(({ extension: own, ...record }) => ({
    ...record,
    written: [own?.phoneNumber, own?.phone, own?.mobilePhone]
      .concat(own?.phoneNumbers?.map((each: { phoneNumber: string }) => each.phoneNumber))
      .filter((each) => typeof each === 'string'),
  }));
  const { customers } = await list(world, { first: 500 });
  for (const { id, records: held } of nodesOf(customers)) for (const record of held) customerOf.set(textOf(record), id);
  world.calls();
});
afterAll(() => world.close());
afreshEach(() => world);

/** Lists by a filter, and expects everybody of whom one record is that. */
async function finds(filter: object, matches: (record: ProviderRecord) => boolean): Promise<number> {
  const { customers } = await list(world, { first: 500, filter });
  const expected = new Set(records.filter(matches).map((record) => customerOf.get(textOf(record))));
  expect([filter, new Set(nodesOf(customers).map(({ id }) => id))]).toEqual([filter, expected]);
  expect(customers.edges).toHaveLength(expected.size);
  expect(customers.totalCount).toBe(expected.size);
  expect(world.calls()).toEqual([]);
  return expected.size;
}

/** Some of the values that records have, about as many. */
function some<Value>(values: readonly (Value | null | undefined)[], most = 12): Value[] {
  const distinct = [...new Set(values)].filter((value) => value !== null && value !== undefined);
  expect(distinct.length).toBeGreaterThan(1);
  const step = Math.ceil(distinct.length / most);
  return distinct.filter((_, index) => index % step === 0);
}

describe('a filter', () => {
  it('by email takes any case and blanks around it', async () => {
    const same = (one: string | null, other: string) => one?.toLowerCase() === other.toLowerCase();
    for (const email of some(records.map((record) => record.email)))
      for (const spelt of [email, email.toUpperCase(), ` ${email}\n`])
        expect(await finds({ email: spelt }, (record) => same(record.email, email))).toBeGreaterThan(0);
    expect(await finds({ email: 'nobody@nowhere.example' }, () => false)).toBe(0);
    // Nothing but the whole address is that address.
    expect(await finds({ email: 'da@example.com' }, () => false)).toBe(0);
  });

  it('by country takes a code or a name', async () => {
    const names = { NL: ['nl', 'NLD', 'Nederland', 'the Netherlands'], BE: ['België', 'belgique'], DE: ['Duitsland'] };
    for (const [code, spellings] of Object.entries(names))
      for (const spelt of [code, ...spellings])
        expect(await finds({ country: spelt }, ({ address }) => address?.country === code)).toBeGreaterThan(2);
    expect(await finds({ country: 'Iceland' }, () => false)).toBe(0);
  });

  it('by postal code takes any case, blanks and hyphens', async () => {
    const plain = (code: string | null | undefined) => code?.toLowerCase().replace(/[\s-]/g, '');
    for (const code of some(records.map(({ address }) => address?.postalCode)))
      for (const spelt of [code, ` ${code.toLowerCase()} `, code.replace(/\s/g, ''), code.replace(/(..)$/, ' $1')])
        expect(
          await finds({ postalCode: spelt }, ({ address }) => plain(address?.postalCode) === plain(code)),
        ).toBeGreaterThan(0);
  });

  it('by tax number takes any case and punctuation', async () => {
    const plain = (id: string | null) => id?.replace(/\W/g, '') ?? null;
    for (const id of some(
      records.map(({ taxId }) => taxId),
      8,
    ))
      for (const spelt of [id, id.toLowerCase(), id.replace(/(.)(?=.)/g, '$1 '), `${id.slice(0, 4)}.${id.slice(4)}`])
        expect(await finds({ taxId: spelt }, ({ taxId }) => plain(taxId) === plain(id))).toBeGreaterThan(0);
  });

  it('by kind finds nobody of whom it is not said', async () => {
    expect(await finds({ kind: 'BUSINESS' }, ({ kind }) => kind === 'BUSINESS')).toBeGreaterThan(1);
    expect(await finds({ kind: 'INDIVIDUAL' }, ({ kind }) => kind === 'INDIVIDUAL')).toBe(0);
    expect(records.some(({ kind }) => kind === null)).toBe(true);
  });

  it.each(['ACTIVE', 'INACTIVE'])('by status finds %s', async (status) => {
    expect(await finds({ status }, (record) => record.status === status)).toBeGreaterThan(1);
  });

  it('by the time of a change finds who was seen to change since', async () => {
    const before = { changedSince: new Date(NOW + 1).toISOString() };
    expect(await finds(before, () => false)).toBe(0);
    expect(await finds({ changedSince: new Date(NOW).toISOString() }, () => true)).toBeGreaterThan(100);
    clock.at += 60_000;
    const id = await createAda(world, ['DIRTY_LEMON'], { phone: '+31612349990', address: null });
    const { customers } = await list(world, { filter: before });
    expect(nodesOf(customers).map((node) => node.id)).toEqual([id]);
    await world.query('mutation ($id: ID!) { eraseCustomerCopies(input: { id: $id }) { errors { code } } }', { id });
    clock.at -= 60_000;
  });
});

describe('a filter by phone', () => {
  const numbersOf = ({ phone: own, written, address }: ProviderRecord): readonly string[] => [
    ...(own ? [own] : []),
    ...written.map((each) => phone(each, address?.country ?? null) ?? each.replace(/\D/g, '')),
  ];
  const has = (number: string) => (record: ProviderRecord) => {
    const numbers = numbersOf(record);
    return numbers.includes(number) || numbers.includes(nationalDigits(number));
  };

  it('takes every number of a record, in the international spelling', async () => {
    const numbers = records.flatMap(numbersOf).filter((number) => number.startsWith('+'));
    for (const number of some(numbers, 10))
      for (const spelt of [number, number.replace(/(...)(?=.)/g, '$1 '), `${number.slice(0, 5)}-(${number.slice(5)})`])
        expect(await finds({ phone: spelt }, has(number))).toBeGreaterThan(0);
  });

  it.each([
    ['0733030050', 'NL'],
    [' 073-303 00 50', 'Nederland'],
    ['0031 73 303 0050', 'nl'],
    ['+31733030050', 'BE'],
    ['(073) 303.00.50', 'NLD'],
  ])('takes the national spelling with its country: %s %s', async (number, phoneCountry) => {
    expect(await finds({ phone: number, phoneCountry }, has('+31733030050'))).toBeGreaterThan(1);
  });

  it('takes equal national digits where a record’s number can’t be read', async () => {
    const found = records.filter(has('+31205550001'));
    expect(found.flatMap(({ written }) => written)).toEqual([
      ...['020 555 0001', '+31 20 555 0001', 'call 0205550001', '020/555.00.01'],
    ]);
    expect(await finds({ phone: '020 5550001', phoneCountry: 'NL' }, has('+31205550001'))).toBe(4);
    // Read in its own country, the same digits are another number.
    expect(await finds({ phone: '0205550001', phoneCountry: 'DE' }, has('+49205550001'))).toBe(3);
  });

  it('takes no part of a number for the whole', async () => {
    expect(await finds({ phone: '+3173303005' }, has('+3173303005'))).toBe(0);
    expect(await finds({ phone: '073303005', phoneCountry: 'NL' }, () => false)).toBe(0);
  });
});

describe('several filters', () => {
  it('are all met by one record: what one says and another says does not add up', async () => {
    const split = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE'], {
      ...{ companyName: 'Splinter', email: 'one@splinter.example', phone: '+31611110001' },
    });
    await world.query(
      `mutation ($id: ID!) { updateCustomer(input: { id: $id, providers: [CYCLE_SOFTWARE], email: "two@splinter.example" }) { errors { message } } }`,
      { id: split },
    );
    const ids = async (filter: object) => nodesOf((await list(world, { filter })).customers).map(({ id }) => id);
    for (const email of ['one@splinter.example', 'two@splinter.example']) {
      expect(await ids({ email })).toEqual([split]);
      expect(await ids({ email, text: 'splinter', phone: '+31611110001', country: 'NL' })).toEqual([split]);
    }
    expect(await ids({ email: 'one@splinter.example', providers: ['OCTOBAT'] })).toEqual([split]);
    expect(await ids({ email: 'two@splinter.example', providers: ['OCTOBAT'] })).toEqual([]);
    expect(await ids({ email: 'one@splinter.example', providers: ['CYCLE_SOFTWARE', 'NUTCACHE'] })).toEqual([]);
    await world.query('mutation ($id: ID!) { eraseCustomerCopies(input: { id: $id }) { errors { code } } }', {
      id: split,
    });
  });

  it('narrow one another', async () => {
    const NL = ({ address }: ProviderRecord) => address?.country === 'NL';
    expect(
      await finds({ country: 'NL', kind: 'BUSINESS' }, (record) => NL(record) && record.kind === 'BUSINESS'),
    ).toBeGreaterThan(1);
    expect(
      await finds(
        { country: 'NL', providers: ['OCTOBAT', 'NUTCACHE'] },
        (record) => NL(record) && ['OCTOBAT', 'NUTCACHE'].includes(record.provider),
      ),
    ).toBeGreaterThan(1);
    expect(
      await finds(
        { kind: 'BUSINESS', providers: ['CYCLE_SOFTWARE'], changedSince: new Date(NOW).toISOString() },
        (record) => record.provider === 'CYCLE_SOFTWARE' && record.kind === 'BUSINESS',
      ),
    ).toBeGreaterThan(1);
    for (const record of records.filter(({ email, address }) => email && address?.postalCode).slice(0, 10)) {
      const filter = { email: record.email, postalCode: record.address?.postalCode, country: record.address?.country };
      await finds(
        filter,
        ({ email, address }) =>
          [
            email?.toLowerCase(),
            address?.postalCode?.replace(/\s/g, '').toLowerCase(),
            country(address?.country),
          ].join() ===
          [
            record.email?.toLowerCase(),
            record.address?.postalCode?.replace(/\s/g, '').toLowerCase(),
            record.address?.country,
          ].join(),
      );
    }
  });

  it.each([
    { phone: '0733030050' },
    { phone: '12', phoneCountry: 'NL' },
    { phone: '', phoneCountry: 'NL' },
    { phone: 'call me', phoneCountry: 'NL' },
    { phone: '+' },
    { phone: '+31733030050', phoneCountry: 'Atlantis' },
    { phoneCountry: 'Atlantis' },
    { email: 'nobody' },
    { email: '' },
    { country: 'Atlantis' },
    { country: '31' },
    { postalCode: '  ' },
    { postalCode: '--' },
    { taxId: 'none' },
    { taxId: '' },
  ])('refuse what can’t be read, in words that do not say it again: %j', async (filter) => {
    const message = await refused(world, { filter });
    expect(message).toMatch(/filter\.(phone|phoneCountry|email|country|postalCode|taxId) /);
    expect(message).not.toMatch(/Atlantis|nobody|0733030050|call me|none/);
  });
});
