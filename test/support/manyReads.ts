import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { syncOnce } from './sync.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

/** Worlds whose listings were copied, so that it is known how large they are. */

/** So many people, of whom CycleSoftware has five hundred. */
export const PEOPLE = 643;

/** The sandbox's as well as the gateway's: what is granted for a minute is there again when it is over. */
export function createMovingClock() {
  const clock = {
    ahead: 0,
    now: () => Date.now() + clock.ahead,
    elapsed: () => systemClock.elapsed() + clock.ahead,
    /** Whatever is known for a minute, or granted for one, is over. */
    passMinute(): void {
      clock.ahead += 65_000;
    },
  };
  return clock;
}

/** Copies these listings into the world's store, as `clientele sync` does. */
export async function copyListings(world: World, providers: readonly string[]): Promise<void> {
  const database = { DATABASE_URL: `file:${join(world.folder, 'clientele.db')}` };
  for (const provider of providers)
    await syncOnce({ AUTH: 'none', LOG_LEVEL: 'silent', ...world.sandbox.env, ...database }, provider);
  world.calls();
}

export async function startCopiedWorld(
  providers: readonly string[],
  sandbox: SandboxOptions,
  options: WorldOptions = {},
): Promise<World> {
  const world = await startWorld({ sandbox, ...options });
  await copyListings(world, providers);
  return world;
}

/** Ids of customers whom this provider has, from the directory. */
export async function customersAt(world: World, provider: string, first = 500): Promise<string[]> {
  const { data } = await world.query(
    `{ customers(first: ${first}, filter: { providers: [${provider}] }) { nodes { id } } }`,
  );
  world.calls();
  return data.customers.nodes.map(({ id }: { id: string }) => id);
}

export const NODES = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer {
  id displayName email records { providerId servedFrom changedSeenAt problem { code } raw } } } }`;
