import { expect, test } from 'vitest';
import { comparable } from './comparable.ts';
import { candidate, judge } from './duplicates.ts';
import { learn, sampleOf } from './model.ts';
import { CROWD, type Stated, stated } from './test-records.ts';

const model = learn(sampleOf(CROWD.map((profile) => comparable(profile))));
const customer = (...records: readonly Stated[]) => records.map((record) => candidate(stated(record)));
const score = (one: readonly Stated[], other: readonly Stated[], ...others: readonly Stated[]): number =>
  judge(model, customer(...one), [customer(...other), ...others.map((each) => customer(each))])[0]?.score ?? Number.NaN;

const address = { line1: 'Mauritslaan 32', postalCode: '8448PE', city: 'Heerenveen', country: 'NL' };
const sanne = { firstName: 'Sanne', lastName: 'Zwart', address };
const sander = { firstName: 'Sander', lastName: 'Zwart', address };
const initial = { firstName: 'S.', lastName: 'Zwart', address, phone: '+31513612345' };

test('the two records that are most alike decide, and tell why', () => {
  const one = customer({ lastName: 'Zwart' }, { ...sanne, email: 'sanne@example.com' });
  const other = customer({ displayName: 'Sanne Zwart', email: 'sanne@example.com' }, { companyName: 'Zwart' });
  const [verdict] = judge(model, one, [other]);
  expect(verdict?.score).toBeGreaterThan(0.9);
  expect(verdict?.evidence).toEqual(['Same name', 'Same email address']);
});

test('what other records say can contradict them', () => {
  const alone = score([{ ...sanne, phone: initial.phone }], [initial]);
  expect(alone).toBeGreaterThan(0.9);
  expect(score([{ ...sanne, phone: initial.phone }], [initial, sander])).toBeLessThan(0.6);
});

test('a number that others are found to hold says less than one’s own', () => {
  const [one, other] = [
    { lastName: 'Wit', phone: '+31513612345' },
    { lastName: 'Wit', phone: '+31513612345' },
  ];
  const strangers = ['Groen', 'Rood', 'Blauw'].map((lastName) => ({ lastName, phone: '+31513612345' }));
  expect(score([one], [other], ...strangers)).toBeLessThan(score([one], [other]));
});

test('a customer without records is nobody', () => {
  expect(judge(model, [], [customer(sanne)])).toEqual([{ score: 0, evidence: [] }]);
  expect(judge(model, customer(sanne), [])).toEqual([]);
});

test('of hundreds of records the likely ones are compared', () => {
  const crowd = Array.from({ length: 300 }, (_, index) => ({ firstName: 'Bert', lastName: `Groen${index}` }));
  const [one, other] = [customer(...crowd, sanne), customer(...crowd.map(({ lastName }) => ({ lastName })), sanne)];
  const many = Array.from({ length: 99 }, () => other);
  expect(judge(model, one, [other, ...many])[0]?.evidence).toContain('Same address');
});
