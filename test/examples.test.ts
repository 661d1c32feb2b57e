import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copied } from './support/listing.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ sandbox: { customers: 120 }, environment: { SYNC_INTERVAL: '3600' } });
  await copied(world);
});
afterAll(() => world.close());

it('lists every customer, page by page, with the typed documents alone', async () => {
  const script = join(import.meta.dirname, '../examples/list-customers.ts');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, world.gateway.url]);
  const lines = stdout.trim().split('\n');
  expect(stderr).toBe('');
  expect(lines.at(-1)).toBe(`${lines.length - 1} customers.`);
  expect(lines.length).toBeGreaterThan(120);
  expect(stdout).toMatch(/OCTOBAT/);
});
