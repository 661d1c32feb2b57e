import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAda } from '../support/customers.ts';
import { runLimited } from '../support/program.ts';
import { openRaw, type RawConnection } from '../support/raw.ts';
import { ask, startWorld, type World } from '../support/world.ts';

/** A process that has no file handle left: every connection takes one. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it('lets nobody in for whom there is none, answers who is in, and goes on as before when it has some again', async () => {
  const database = `file:${join(world.folder, 'clientele.db')}`;
  const environment = {
    ...world.sandbox.env,
    ...{ AUTH: 'none', PORT: '0', DATABASE_URL: database, SYNC_INTERVAL: '0', CACHE_MAX_AGE: '0' },
  };
  const id = await createAda(world, ['OCTOBAT']);
  const program = runLimited({ handles: 64 }, ['start'], { environment, folder: world.folder });
  const url = new URL((await program.ready()).url);
  const query = `{ customer(id: "${id}") { records { servedFrom problem { code } } } }`;
  const body = JSON.stringify({ query });
  const text = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

  const before = await openRaw(url);
  const taking: RawConnection[] = [];
  for (let each = 0; each < 100; each++) taking.push(await openRaw(url));
  // Who comes when there is none left is not kept waiting.
  await expect.poll(() => taking.filter(({ socket }) => socket.closed).length).toBeGreaterThan(30);
  before.socket.write(text);
  expect(await before.until(/\r\n\r\n\{.*\}$/s)).toMatch(/"servedFrom":"(?:LIVE|DIRECTORY)"/);

  for (const { socket } of taking) socket.destroy();
  const live = { customer: { records: [{ servedFrom: 'LIVE', problem: null }] } };
  await expect.poll(async () => (await ask(url.href, query)).data).toEqual(live);
  before.socket.destroy();
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual({ code: 0, signal: null });
});
