import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SCOPES } from '../../src/contract/scopes.ts';
import { type KeyedWorld, keyOf, startKeyedWorld } from '../support/callers.ts';
import { hostileRequest, sendHostile } from '../support/hostileClient.ts';

/** Requests that are nearly as they should be. `npm run fuzz` sends many more, to a gateway that is a process of its own. */

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const caller = { name: 'fuzz', scopes: SCOPES };

let world: KeyedWorld;
beforeAll(async () => {
  world = await startKeyedWorld([caller], { sandbox: { customers: 20 } });
});
afterAll(() => world.close());

it(`are answered with data or a typed error, and none says that something here is wrong (SEED=${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(hostileRequest(keyOf(caller)), async (hostile) => {
      expect((await sendHostile(world.gateway.url, hostile)).problem).toBeNull();
    }),
    { seed: SEED, numRuns: 400, endOnFailure: true },
  );
  expect((await world.query('{ __typename }', {}, { authorization: `Bearer ${keyOf(caller)}` })).status).toBe(200);
});
