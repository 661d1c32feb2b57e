import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { idOf } from '../support/customers.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** A provider that grants ten calls a minute. */

const clock = { ...systemClock, ahead: 0, elapsed: () => performance.now() + clock.ahead };
let world: World;
beforeAll(async () => {
  const settings = { 'cycle-software': { minutelyLimit: 10 } };
  world = await startWorld({ clock, sandbox: { customers: 30, settings } });
});
afterAll(() => world.close());
afreshEach(() => world);

const read = (id: string) =>
  world.query(
    `query ($id: ID!) { customer(id: $id) { displayName records { servedFrom problem { code retryAfterMs } }} }`,
    { id },
  );

it('is asked ten times, and then answers come from copies, or say when there are calls again', async () => {
  const [known, other] = [await idOf(world, 'CYCLE_SOFTWARE', '8'), await idOf(world, 'CYCLE_SOFTWARE', '11')];
  const unknown = `query { customerByProviderId(provider: CYCLE_SOFTWARE, providerId: "1006") { id } }`;
  await world.query('{ customers { nodes { id } } }');
  for (let time = 0; time < 8; time++) expect((await read(other)).errors).toEqual([]);
  expect(world.provider('cycle-software').calls).toHaveLength(10);

  const { data, errors } = await read(known);
  expect(errors).toEqual([]);
  expect(data.customer.records).toEqual([
    { servedFrom: 'DIRECTORY', problem: { code: 'PROVIDER_RATE_LIMITED', retryAfterMs: expect.any(Number) } },
  ]);
  const refused = await world.query(unknown);
  expect(refused.errors).toMatchObject([
    { extensions: { code: 'PROVIDER_RATE_LIMITED', provider: 'CYCLE_SOFTWARE', retryable: true } },
  ]);
  const inAMinute = data.customer.records[0].problem.retryAfterMs;
  expect(inAMinute).toBeLessThanOrEqual(64_000);
  // Nothing of it came to the provider.
  expect(world.provider('cycle-software').calls).toHaveLength(10);

  const update = await world.query(
    'mutation ($id: ID!) { updateCustomer(input: { id: $id, firstName: "Ada" }) { outcomes { status error { code retryAfterMs } } errors { code } } }',
    { id: known },
  );
  expect(update.data.updateCustomer.outcomes).toMatchObject([
    { status: 'FAILED', error: { code: 'PROVIDER_RATE_LIMITED', retryAfterMs: expect.any(Number) } },
  ]);
  clock.ahead += 64_001;
  await read(known);
  expect(world.provider('cycle-software').calls).toHaveLength(11);
});
