import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAda } from '../support/customers.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ environment: { CACHE_MAX_AGE: '30' } });
});
afterAll(() => world.close());

/** Of one provider's records, by where their answers came from. */
async function counted(): Promise<Record<string, number>> {
  const text = await (await fetch(new URL('/metrics', world.gateway.url))).text();
  const lines = text.matchAll(/^clientele_records_total\{provider="octobat",source="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, source, count]) => [source, Number(count)]));
}

it('tells where answers for records came from', async () => {
  const id = await createAda(world, ['OCTOBAT']);
  const before = await counted();
  const read = (age: string) =>
    world.query('query ($id: ID!) { customer(id: $id) { email } }', { id }, { 'cache-control': age });
  const ask = async (age: string): Promise<Record<string, number>> => {
    await read(age);
    const now = await counted();
    const more = Object.entries(now).map(([source, count]) => [source, count - (before[source] ?? 0)] as const);
    Object.assign(before, now);
    return Object.fromEntries(more.filter(([, count]) => count > 0));
  };
  expect(await ask('no-cache')).toEqual({ live: 1 });
  expect(await ask('max-age=30')).toEqual({ cached: 1 });
  world.provider('octobat').fault({ kind: 'status', status: 500 });
  expect(await ask('max-age=0')).toEqual({ failed: 1 });
  // Where nothing is said of its age, what was read a moment ago will do.
  expect(await ask('')).toEqual({ cached: 1 });
});
