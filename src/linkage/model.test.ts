import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { candidatePairs } from './blocking.ts';
import { comparable } from './comparable.ts';
import { compare } from './comparison.ts';
import { answerOf, learn, type Model, sampleOf } from './model.ts';
import { CROWD, type Stated, stated } from './test-records.ts';

/** How likely the two are one customer, who stand in a directory with two hundred others and whom else is named. */
function score(one: Stated, other: Stated, ...others: readonly Stated[]): number {
  const people = [...CROWD, ...[one, other, ...others].map(stated)];
  const records = people.map((profile) => comparable(profile));
  const model = learn(sampleOf(records));
  const [left, right] = [records[CROWD.length], records[CROWD.length + 1]];
  if (left === undefined || right === undefined) throw new Error('nobody is there');
  const answer = answerOf(model, compare(model.frequencies, left, right));
  expect(answerOf(model, compare(model.frequencies, right, left)).same).toBeCloseTo(answer.same, 10);
  expect(answer.same).toBeGreaterThanOrEqual(0);
  expect(answer.same + answer.related).toBeLessThanOrEqual(1);
  return answer.same;
}

const home = { line1: 'Mauritslaan 32', postalCode: '8448PE', city: 'Heerenveen', country: 'NL' };
const zoe = { firstName: 'Zoë', lastName: 'Zwart', email: 'zoe@example.com', phone: '+31612345678', address: home };

describe('one customer', () => {
  test.each<[string, Stated, Stated]>([
    ['the same in everything', zoe, zoe],
    ['email and name', { ...zoe, phone: null }, { firstName: 'Zoe', lastName: 'Zwart', email: zoe.email }],
    [
      'phone and a name spelt wrong',
      { ...zoe, email: null },
      { firstName: 'Zoë', lastName: 'Zwrat', phone: zoe.phone },
    ],
    ['name and address', { ...zoe, email: null, phone: null }, { firstName: 'Zwart', lastName: 'Zoe', address: home }],
    [
      'a firm’s tax number',
      { companyName: 'Acme', taxId: 'NL123456B01' },
      { companyName: 'ACME B.V.', taxId: 'NL123456B01' },
    ],
  ])('%s', (_, one, other) => {
    expect(score(one, other)).toBeGreaterThan(0.9);
  });
});

describe('not known to be one customer', () => {
  test.each<[string, Stated, Stated]>([
    ['nothing stated', {}, {}],
    [
      'nothing in common',
      zoe,
      { firstName: 'Bert', lastName: 'Groen', email: 'bert@example.org', address: { city: 'Paris' } },
    ],
    ['a first name', { firstName: 'Anna' }, { firstName: 'Anna' }],
    ['a country', { address: { country: 'NL' } }, { address: { country: 'NL' } }],
    ['husband and wife', { ...zoe, email: null }, { ...zoe, email: null, firstName: 'Pieter' }],
    ['neighbours', zoe, { firstName: 'Bert', lastName: 'Groen', address: { ...home, line1: 'Mauritslaan 34' } }],
    ['the same address alone', { address: home }, { address: home }],
  ])('%s', (_, one, other) => {
    expect(score(one, other)).toBeLessThan(0.5);
  });
});

test('a rare last name says more than a common one', () => {
  const name = (lastName: string): Stated => ({ firstName: 'Bert', lastName, address: { city: 'Utrecht' } });
  const common = Array.from({ length: 40 }, (_, index) => ({ firstName: `Name${index}`, lastName: 'Jansen' }));
  expect(score(name('Zwart'), name('Zwart'), ...common)).toBeGreaterThan(
    score(name('Jansen'), name('Jansen'), ...common) + 0.1,
  );
});

test('an address that many share says less than one’s own', () => {
  const office = { email: 'info@example.com' };
  const colleagues = ['Ann', 'Ben', 'Cas', 'Dee', 'Eva'].map((firstName) => ({
    ...office,
    firstName,
    lastName: 'Oud',
  }));
  const [jan, jon] = [
    { ...office, lastName: 'Wit' },
    { ...office, lastName: 'Wit' },
  ];
  expect(score(jan, jon, ...colleagues)).toBeLessThan(score(jan, jon));
});

test('learns the same from the same directory', () => {
  const records = [...CROWD, ...CROWD].map((profile) => comparable(profile));
  expect(learn(sampleOf(records)).same).toEqual(learn(sampleOf(records)).same);
});

test('a sample teaches how many records a customer has, and how common names are', () => {
  const everybody = [...CROWD, ...CROWD].map((profile) => comparable(profile));
  const whole = learn(sampleOf(everybody));
  const sampled = learn(sampleOf(everybody, CROWD.length, 100 * everybody.length));
  expect((100 * sampled.samePairs) / whole.samePairs).toBeCloseTo(1, 0);
  const held = ({ frequencies: { everywhere } }: Model): number => everywhere.firstName.holders.get('anna') ?? 0;
  expect(held(sampled) / held(whole)).toBeCloseTo(0.5, 1);
});

test('takes no namesake for another, however many they are', () => {
  const people = Array.from({ length: 300 }, (_, number) =>
    comparable(
      stated({
        firstName: ['Anna', 'Bert', 'Carla'][number % 3] ?? null,
        lastName: ['Jansen', 'Smit', 'Visser', 'Bakker'][number % 4] ?? null,
        phone: `+31${600_000_000 + number * 7919}`,
        address: {
          line1: `Kerkstraat ${number}`,
          city: number % 5 === 0 ? 'Utrecht' : 'Rosmalen',
          postalCode: `${3000 + number * 11}`,
        },
      }),
    ),
  );
  const pairs = candidatePairs(people, 600);
  expect(pairs.length).toBeGreaterThan(10_000);
  const model = learn({ ...sampleOf(people), pairs });
  const likely = pairs.filter(([first, second]) => {
    const [one, other] = [people[first], people[second]];
    return (
      one !== undefined && other !== undefined && answerOf(model, compare(model.frequencies, one, other)).same > 0.5
    );
  });
  expect(likely).toEqual([]);
});

test('gives a likelihood for any two records, the same from both sides', () => {
  const text = fc.option(fc.oneof(fc.constantFrom('Anna', 'Smit', 'A.', '1', '12 b'), fc.string({ unit: 'binary' })));
  const person = fc
    .record({
      firstName: text,
      lastName: text,
      displayName: text,
      companyName: text,
      email: text,
      phone: text,
      taxId: text,
      line1: text,
      line2: text,
      city: text,
      country: text,
    })
    .map(({ line1, line2, city, country, ...rest }) =>
      comparable(stated({ ...rest, address: { line1, line2, city, country } })),
    );
  fc.assert(
    fc.property(fc.array(person, { minLength: 2, maxLength: 6 }), (people) => {
      const model = learn(sampleOf(people));
      const [one, other] = people;
      if (one === undefined || other === undefined) throw new Error('nobody is there');
      const { same } = answerOf(model, compare(model.frequencies, one, other));
      expect(same).toBeGreaterThanOrEqual(0);
      expect(same).toBeLessThanOrEqual(1);
      expect(answerOf(model, compare(model.frequencies, other, one)).same).toBeCloseTo(same, 8);
    }),
  );
});
