import { expect, test } from 'vitest';
import { withInsertion } from '../model/name.ts';
import { phone } from '../model/phone.ts';
import { createPopulation, type Person } from '../sandbox/people.ts';
import { candidatePairs } from './blocking.ts';
import { comparable } from './comparable.ts';
import { compare } from './comparison.ts';
import { answerOf, learn } from './model.ts';
import { stated } from './test-records.ts';

/** One clerk writes the whole name into one field, another knows no address, a third has the landline. */
const CLERKS: readonly ((person: Person) => ReturnType<typeof stated>)[] = [
  (person) =>
    stated({ ...contact(person), displayName: [person.firstName, person.lastName].join(' '), address: home(person) }),
  (person) => stated({ ...contact(person), firstName: person.firstName, lastName: lastName(person) }),
  (person) =>
    stated({
      firstName: person.firstName,
      lastName: lastName(person),
      phone: phone(person.landline ?? person.mobile, person.country),
      address: home(person),
    }),
];

const lastName = ({ insertion, lastName: name }: Person): string | null => withInsertion(insertion, name);
const contact = ({ email, mobile, country }: Person) => ({ email, phone: phone(mobile, country) });
const home = ({ street, houseNumber, postalCode, city, country }: Person) => ({
  line1: `${street} ${houseNumber}`,
  postalCode,
  city,
  country,
});

test('families, namesakes and clerks’ spellings are told apart in the sandbox’s population', () => {
  const population = createPopulation(600, 11);
  const held = CLERKS.flatMap((clerk, index) =>
    [...population.heldBy(`clerk ${index}`)].map((number) => ({
      number,
      record: comparable(clerk(population.spelled(number, `clerk ${index}`))),
    })),
  );
  const records = held.map(({ record }) => record);
  const pairs = candidatePairs(records);
  const model = learn(records, pairs);
  let [found, right] = [0, 0];
  for (const [first, second] of pairs) {
    const [one, other] = [held[first], held[second]];
    if (one === undefined || other === undefined) continue;
    if (answerOf(model, compare(model.frequencies, one.record, other.record)).same < 0.9) continue;
    found += 1;
    if (one.number === other.number) right += 1;
  }
  const sizes = Map.groupBy(held, ({ number }) => number);
  const truth = [...sizes.values()].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
  expect(right / found).toBeGreaterThan(0.97);
  expect(right / truth).toBeGreaterThan(0.75);
});
