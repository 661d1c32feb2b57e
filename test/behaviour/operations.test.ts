import { readdirSync, readFileSync } from 'node:fs';
import { type DocumentNode, parse } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SentMessage } from '../../src/sandbox/sandbox.ts';
import { subscribe } from '../support/events.ts';
import { letCodesRest } from '../support/verification.ts';
import { startWorld, type World } from '../support/world.ts';

/** The sample operations, in the order and with the variables in which a person meets them in GraphiQL's tabs. */

const FOLDER = new URL('../../schema/operations/', import.meta.url);

interface Sample {
  readonly file: string;
  readonly text: string;
  readonly document: DocumentNode;
  readonly variables: string;
}

const samples = readdirSync(FOLDER)
  .sort()
  .map((file): Sample => {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    return { file, text, document: parse(text), variables: /^# variables: (.*)$/m.exec(text)?.[1] ?? '{}' };
  });

const messages: SentMessage[] = [];
let world: World;
let created = '';
let alike: readonly string[] = [];
beforeAll(async () => {
  world = await startWorld({
    sandbox: { customers: 20, onMessage: (message) => messages.push(message) },
    environment: { SYNC_INTERVAL: '3600' },
  });
});
afterAll(() => world.close());

/** What a person does with the words that stand where an id or a code is wanted. */
const fillIn = (variables: string): Record<string, unknown> =>
  JSON.parse(
    variables
      .replace('paste the id that CreateCustomer answered', created)
      .replace('paste the ids of two customers', alike[0] ?? '')
      .replace('that PossibleDuplicates answered', alike[1] ?? '')
      .replace('paste the code that the demo printed last', /\d{4,}/.exec(messages.at(-1)?.text ?? '')?.[0] ?? ''),
  );

interface Alike {
  readonly id: string;
  readonly possibleDuplicates: readonly { readonly customer: { readonly id: string } }[];
}

/** What a subscription is told when the customer that was created is updated. */
async function firstEvent(query: string, variables: Record<string, unknown>) {
  const stream = await subscribe(world.gateway.url, { query, variables });
  const update = 'mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { errors { code } } }';
  await world.query(update, { input: { id: created, companyName: 'Lovelace and daughters' } });
  const event = await stream.next();
  return { status: stream.status, errors: [], data: null, ...event?.data };
}

it.each(samples)('$file runs as it stands', async ({ file, text, variables }) => {
  // A person takes longer.
  if (file.includes('request-confirmation')) await letCodesRest(world, created);
  const { status, data, errors } = await (text.includes('\nsubscription ') ? firstEvent : world.query)(
    text,
    fillIn(variables),
  );
  expect(errors).toEqual([]);
  expect(status).toBe(200);
  for (const [name, value] of Object.entries(data)) {
    // OnboardFlow has nothing to read: before anything was sent to it, its example is nobody.
    if (name !== 'onboardFlow') expect(value).not.toBeNull();
    expect((value as { readonly errors?: readonly unknown[] } | null)?.errors ?? []).toEqual([]);
  }
  if (file.includes('possible-duplicates')) {
    const [first] = data.customers.nodes.filter((node: Alike) => node.possibleDuplicates.length > 0) as Alike[];
    alike = [first?.id ?? '', first?.possibleDuplicates[0]?.customer.id ?? ''];
  }
  if (file.includes('create-customer')) created = data.createCustomer.customer.id;
});

it('gives every operation and fragment a name of its own', () => {
  const names = samples.flatMap(({ document }) =>
    document.definitions.map((definition) => ('name' in definition ? (definition.name?.value ?? '') : '')),
  );
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^([A-Z][a-z]+)+$/);
});

it('says in each what it shows', () => {
  for (const { text } of samples) expect(text.replace(/^# variables: .*\n/m, '')).toMatch(/^# [A-Z]/);
});
