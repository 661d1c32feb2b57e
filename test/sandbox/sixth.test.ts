import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listSandboxes } from '../../src/sandbox/sandbox.ts';
import { sandboxFor, send } from './support.ts';

const source = `
import { answer, defineSandbox, fullName, notRouted } from '../../sandbox/engine.ts';

export const sandbox = defineSandbox({
  credentials: { SECRET: 'hush' },
  settings: { greeting: 'hello' },
  state: () => ({ reads: 0 }),
  examples: { first: { id: 'first', name: 'The document’s own' } },
  id: (number) => 'c' + number,
  number: (id) => Number(id.slice(1)),
  row: (person, id) => ({ id, name: fullName(person) }),
  around: (call, _, next) => (call.headers.authorization === 'hush' ? next() : answer(401)),
  routes: {
    'GET /people/:id': ({ params: { id = '' } }, { records, settings, state }) => {
      state.reads += 1;
      return answer(200, { ...records.get(id), greeting: settings.greeting });
    },
  },
  noRoute: notRouted((error) => ({ error })),
  views: { reads: ({ state }) => state.reads },
});
`;

function folderWith(files: Record<string, string>): URL {
  const root = mkdtempSync(join(tmpdir(), 'sandbox-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  cpSync(fileURLToPath(new URL('../../src/sandbox', import.meta.url)), join(root, 'sandbox'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, 'providers', name), { recursive: true });
    writeFileSync(join(root, 'providers', name, 'sandbox.ts'), text);
  }
  return pathToFileURL(join(root, 'providers/'));
}

describe('a provider that is one new folder', () => {
  it('is simulated with people, settings, faults and views', async () => {
    const providersFolder = folderWith({ 'corner-shop': source });
    const sandbox = await sandboxFor({
      customers: 20,
      providersFolder,
      settings: { 'corner-shop': { greeting: 'hi' } },
    });
    const shop = sandbox.provider('corner-shop');
    expect(sandbox.env).toEqual({ CORNER_SHOP_URL: shop.url, CORNER_SHOP_SECRET: 'hush' });
    expect((await send(shop, 'GET', '/people/first')).status).toBe(401);
    const auth = { authorization: 'hush' };
    expect((await send(shop, 'GET', '/people/first', auth)).json).toEqual({
      id: 'first',
      name: 'The document’s own',
      greeting: 'hi',
    });
    expect((await send(shop, 'GET', '/people/c0', auth)).json).toMatchObject({
      id: 'c0',
      name: expect.stringMatching(/^giel van {1,2}wijgergangs ?$/i),
    });
    expect(shop.view('reads')).toBe(2);
    shop.fault({ kind: 'status', status: 503, id: 'c0' });
    expect((await send(shop, 'GET', '/people/c0', auth)).status).toBe(503);
    expect(sandbox.truth()[0]?.records).toEqual([{ provider: 'corner-shop', id: 'c0' }]);
  });

  it('must export a definition', async () => {
    const providersFolder = folderWith({ empty: 'export const sandbox = 7;' });
    await expect(sandboxFor({ providersFolder })).rejects.toThrow(
      'empty/sandbox.ts does not export sandbox = defineSandbox({ … })',
    );
  });

  it('is not looked for among the five by another name', async () => {
    await expect(sandboxFor({ providers: ['acme'] })).rejects.toThrow(
      /^No sandbox for acme: there are .*cycle-software/,
    );
    const five = ['cycle-software', 'dirty-lemon', 'nutcache', 'octobat', 'onboard-flow'];
    expect(listSandboxes()).toEqual(expect.arrayContaining(five));
  });
});
