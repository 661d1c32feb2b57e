import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendTo, startHttpWorld } from '../support/http.ts';
import type { World } from '../support/world.ts';

/** What is said of a value that GraphQL itself refuses: where it is and what is taken there, never the value. */

let world: World;
beforeAll(async () => {
  world = await startHttpWorld();
});
afterAll(() => world.close());
const { post } = sendTo(() => world);

const SECRET = 'ada-at-home';
const LIST = 'query ($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }';
const PAGE = 'query ($first: Int) { customers(first: $first) { totalCount } }';
const CREATE = 'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { errors { code } } }';

async function messagesOf(body: unknown): Promise<string[]> {
  const { json, text } = await post(body);
  expect(json.data).toBeUndefined();
  expect(text).not.toContain(SECRET);
  const messages = json.errors.map(({ message }: { message: string }) => message);
  for (const message of messages) expect(message.length).toBeLessThanOrEqual(1_000);
  return messages;
}

describe('a value that is refused', () => {
  const long = `${SECRET} `.repeat(50_000);
  const since = 'Variable "$filter" got an invalid value at "filter.changedSince"; ';

  it.each([
    [
      'a date',
      { query: LIST, variables: { filter: { changedSince: long } } },
      `${since}This is not what DateTime takes: An instant in RFC 3339, UTC.`,
    ],
    [
      'a date that quotes GraphQL’s own words',
      { query: LIST, variables: { filter: { changedSince: `${SECRET}" at "filter"; ${SECRET}` } } },
      `${since}This is not what DateTime takes: An instant in RFC 3339, UTC.`,
    ],
    [
      'a text',
      { query: LIST, variables: { filter: { text: [SECRET] } } },
      'Variable "$filter" got an invalid value at "filter.text"; String cannot represent a non string value.',
    ],
    [
      'a number',
      { query: PAGE, variables: { first: long } },
      'Variable "$first" got an invalid value; Int cannot represent non-integer value.',
    ],
    [
      'an enum value',
      { query: LIST, variables: { filter: { providers: ['OCTOBAT', `${SECRET}" does not exist in "X" enum.`] } } },
      'Variable "$filter" got an invalid value at "filter.providers[1]"; This value does not exist in "ProviderName" enum.',
    ],
    [
      'an object',
      { query: LIST, variables: { filter: long } },
      'Variable "$filter" got an invalid value; Expected type "CustomerFilter" to be an object.',
    ],
    [
      'a field beside it that is missing',
      { query: CREATE, variables: { input: { firstName: long } } },
      'Variable "$input" got an invalid value; Field "providers" of required type "[ProviderName!]!" was not provided.',
    ],
    [
      'a date in the document',
      { query: `{ customers(filter: { changedSince: "${long}" }) { totalCount } }` },
      'This is not what DateTime takes: An instant in RFC 3339, UTC.',
    ],
    [
      'a number in the document',
      { query: `{ customers(first: "${long}") { totalCount } }` },
      'Int cannot represent non-integer value.',
    ],
    [
      'an object in the document',
      { query: `{ customers(filter: "${long}") { totalCount } }` },
      'Expected value of type "CustomerFilter".',
    ],
    [
      'an enum value in the document',
      { query: `{ provider(name: "${long}") { name } }` },
      'Enum "ProviderName" cannot represent non-enum value.',
    ],
    ['a text out of place', { query: `{ customers "${long}" }` }, 'Syntax Error: Expected Name, found String.'],
    [
      'a text in blocks out of place',
      { query: `{ """${long}""" }` },
      'Syntax Error: Expected Name, found BlockString.',
    ],
  ])('is told by its place: %s', async (_, body, message) => {
    expect(await messagesOf(body)).toEqual([message]);
  });

  it('is never in an answer, whatever it is and wherever it stands', async () => {
    const secret = fc.constantFrom(
      ...['', '"', '\\', '; ', ' at "filter.text"', ' value: ', '" enum.', '\n', '\ud800'].map((end) => SECRET + end),
    );
    const value = fc.oneof(
      secret,
      fc.array(secret, { minLength: 1, maxLength: 3 }),
      fc.record({ [SECRET.replaceAll('-', '_')]: secret }),
      fc.record({ text: fc.record({ text: secret }) }),
    );
    const field = fc.constantFrom('changedSince', 'kind', 'status', 'providers', 'cycleSoftware');
    await fc.assert(
      fc.asyncProperty(field, value, async (name, refused) => {
        await messagesOf({ query: LIST, variables: { filter: { [name]: refused } } });
        await messagesOf({ query: PAGE, variables: { first: refused } });
      }),
      { numRuns: 100 },
    );
  });
});

it('of very many values that are refused, the first few are told', async () => {
  const filter = Object.fromEntries(Array.from({ length: 1_000 }, (_, place) => [`x${place}`, SECRET]));
  const messages = await messagesOf({ query: LIST, variables: { filter } });
  expect(messages).toHaveLength(4);
  expect(messages.at(-1)).toMatch(/^Too many errors processing variables/);
});

it('a name as long as a request is cut short', async () => {
  const name = 'n'.repeat(500_000);
  const asField = await messagesOf({ query: `{ ${name} }` });
  expect(asField).toEqual([expect.stringMatching(/^Cannot query field "n+…n+" on type "Query"\.$/)]);
  const asKey = await messagesOf({ query: LIST, variables: { filter: { [name]: SECRET } } });
  expect(asKey).toEqual([
    expect.stringMatching(/^Variable "\$filter" got an invalid value; Field "n+…n+" is not defined by type "Cust/),
  ]);
});
