import { afterAll, beforeAll, expect, it } from 'vitest';
import { Admission } from '../../src/server/admission.ts';
import { asCaller, type KeyedWorld, keyOf, startKeyedWorld } from '../support/callers.ts';
import { idOf } from '../support/customers.ts';
import { openRaw } from '../support/raw.ts';
import { afreshEach } from '../support/world.ts';

/** More operations than this process can answer. */

const READ = 'query ($id: ID!) { customer(id: $id) { octobat { name } } }';

const keys = ['greedy', 'modest'].map((name) => ({ name, scopes: ['customers:read'] as const }));

const admission = new Admission(8);
let world: KeyedWorld;
let id: string;
beforeAll(async () => {
  world = await startKeyedWorld(keys, { admission });
  id = await idOf(asCaller(world, keyOf({ name: 'modest' })), 'OCTOBAT', 'oc_cu_1421878635hksc26e4de79');
});
afterAll(() => world.close());
afreshEach(() => world);

const as = (name: string) => asCaller(world, keyOf({ name })).query(READ, { id });

it('are refused at once with 503 and when to come again, and those of who asks for little are not', async () => {
  const held = world.provider('octobat').fault({ kind: 'delay', ms: 2_000 });
  const running = Array.from({ length: 8 }, () => as('greedy'));
  await expect.poll(() => admission.running).toBe(8);
  const refused = await as('greedy');
  expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
  expect(refused.errors).toMatchObject([
    {
      message: 'This gateway has more to do than it can. Try again in a moment.',
      extensions: { code: 'OVERLOADED', retryable: true, retryAfterMs: 1_000 },
    },
  ]);
  const beside = as('modest');
  for (const { status, errors } of await Promise.all([...running, beside])) expect([status, errors]).toEqual([200, []]);
  held.remove();
  expect([admission.running, (await as('greedy')).status]).toEqual([0, 200]);
});

it('leave their connection as it was: whoever is turned away asks again on it, in whatever way they send', async () => {
  const held = world.provider('octobat').fault({ kind: 'delay', ms: 2_000 });
  const running = Array.from({ length: 8 }, () => as('greedy'));
  await expect.poll(() => admission.running).toBe(8);
  const body = JSON.stringify({ query: READ, variables: { id } });
  const head = `POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keyOf({ name: 'greedy' })}\r\ncontent-type: application/json\r\n`;
  const whole = `${head}content-length: ${body.length}\r\n\r\n${body}`;
  const chunked = `${head}transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  // The last one's body comes late, and is let by.
  const [begin, end] = [whole.slice(0, -20), whole.slice(-20)];
  const sent = [
    ...[whole, whole, chunked, whole + whole].map((text, time) => [text, time + (time < 3 ? 1 : 2)] as const),
    ...([
      [begin, 6],
      [end + whole, 7],
    ] as const),
  ];
  const { socket, until } = await openRaw(new URL(world.gateway.url));
  for (const [text, answers] of sent) {
    socket.write(text);
    await until(new RegExp(`(?:HTTP/1.1 503 [\\s\\S]*?"code":"OVERLOADED"[\\s\\S]*){${answers}}`));
  }
  socket.destroy();
  held.remove();
  for (const { status } of await Promise.all(running)) expect(status).toBe(200);
});

it('give their place back, also where they fail or nobody may ask', async () => {
  const caller = asCaller(world, keyOf({ name: 'modest' }));
  await Promise.all([caller.query('{ nothing }'), caller.query('{ customer(id: "x") { id } }'), caller.query('{')]);
  await world.query('{ __typename }', {}, { authorization: 'Bearer nobody' });
  expect(admission.running).toBe(0);
});
