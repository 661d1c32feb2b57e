import fc from 'fast-check';
import { Client } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SCOPES } from '../../src/contract/scopes.ts';
import { asCaller, bearer, keyOf, startKeyedWorld } from '../support/callers.ts';
import { idOf } from '../support/customers.ts';
import { sendHostile } from '../support/hostile/client.ts';
import { sources } from '../support/hostile/documents.ts';
import { faultIn } from '../support/hostile/judge.ts';
import { hostileRequests } from '../support/hostile/requests.ts';
import { runs } from '../support/hostile/runs.ts';
import type { World } from '../support/world.ts';

/** Documents, variables, headers and bodies that are spoilt at random: `npm run fuzz` sends many more. */

const KEY = { name: 'fuzz', scopes: SCOPES };
const SENT = { ...bearer(keyOf(KEY)), 'content-type': 'application/json', accept: 'application/json' };

let world: World;
let client: Client;
beforeAll(async () => {
  world = await startKeyedWorld([KEY], { sandbox: { customers: 20 }, environment: { INTROSPECTION: 'on' } });
  client = new Client(new URL(world.gateway.url).origin);
});
afterAll(async () => {
  await client.destroy();
  await world.close();
});

it('whatever is asked, the answer is one that is documented', async () => {
  const id = await idOf(asCaller(world, keyOf(KEY)), 'OCTOBAT', 'oc_cu_1421878635hksc26e4de79');
  await fc.assert(
    fc.asyncProperty(hostileRequests(sources(id), SENT), async (request) => {
      expect(faultIn(await sendHostile(client, request))).toBeNull();
    }),
    runs(400),
  );
});
