import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError, type Environment } from '../../src/config.ts';
import { startGateway } from '../../src/main.ts';
import { idOf } from '../support/customers.ts';
import { ENOUGH } from '../support/settings.ts';
import { ask, startWorld } from '../support/world.ts';

/** What settings name, in a gateway that starts on them: files, the database, addresses, secrets and switches. */

const folder = mkdtempSync(join(tmpdir(), 'clientele-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what a setting names', () => {
  const start = async (environment: Environment) => {
    const gateway = await startGateway({
      ...{
        ...ENOUGH,
        PORT: '0',
        SYNC_INTERVAL: '0',
        LOG_LEVEL: 'silent',
        DATABASE_URL: `file:${join(folder, 'named.db')}`,
      },
      ...environment,
    });
    onTestFinished(() => gateway.stop());
    return gateway;
  };
  const problem = async (environment: Environment) => {
    const thrown = await start(environment).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(String(thrown)).not.toContain('canary');
    return (thrown as ConfigError).problems;
  };
  const path = (name: string, text?: string) => {
    const whole = join(folder, `canary-${name}`);
    if (text === undefined) mkdirSync(whole);
    else writeFileSync(whole, text);
    return whole;
  };

  it('is told when a file of keys is none', async () => {
    const keys = (file: string) => problem({ AUTH: 'required', API_KEYS_FILE: file });
    const entry = { name: 'canary', sha256: 'a'.repeat(64), scopes: ['customers:read'] };
    for (const file of [
      join(folder, 'canary-absent'),
      path('folder'),
      path('empty', ''),
      path('text', 'canary'),
      path('object', JSON.stringify(entry)),
      path('digest', JSON.stringify([{ ...entry, sha256: 'canary' }])),
      path('scope', JSON.stringify([{ ...entry, scopes: ['canary'] }])),
      path('expiry', JSON.stringify([{ ...entry, expiresAt: 'canary' }])),
      path('name', JSON.stringify([{ ...entry, name: '' }])),
    ])
      expect(await keys(file)).toEqual([
        expect.stringMatching(/^API_KEYS_FILE: (it|key 1) .* See the settings in the README$/),
      ]);
    expect(await keys(path('scope', JSON.stringify([entry, { ...entry, scopes: ['canary'] }])))).toEqual([
      'API_KEYS_FILE: key 2 is not as documented in its scopes. See the settings in the README',
    ]);
    await start({ AUTH: 'required', API_KEYS_FILE: path('keys', JSON.stringify([entry])) });
  });

  it('is told when the database can’t be', async () => {
    const file = path('file', 'no database, but something that somebody may still want');
    for (const url of [`file:${join(file, 'x.db')}`, `file:${path('taken')}`, `file:${file}`])
      expect(await problem({ DATABASE_URL: url, ID_SECRET: 'x'.repeat(16) })).toEqual([
        expect.stringMatching(/^DATABASE_URL: the store can’t be opened/),
      ]);
    expect(readFileSync(file, 'utf8')).toContain('somebody may still want');
  });

  it('is told when the database’s server can’t be reached, without the address', async () => {
    const DATABASE_URL = 'postgres://canary:canary@127.0.0.1:1/canary';
    expect(await problem({ DATABASE_URL, ID_SECRET: 'x'.repeat(16) })).toEqual([
      'DATABASE_URL: the store can’t be opened (ECONNREFUSED)',
    ]);
  });

  it('is told when the kept id secret is broken, and it is not replaced', async () => {
    const database = path('secret.db', '');
    rmSync(database);
    writeFileSync(`${database}.id-secret`, 'canary');
    expect(await problem({ DATABASE_URL: `file:${database}` })).toEqual([
      expect.stringMatching(/^ID_SECRET is not set/),
    ]);
    expect(readFileSync(`${database}.id-secret`, 'utf8')).toBe('canary');
    await start({ DATABASE_URL: `file:${database}`, ID_SECRET: 'x'.repeat(16) });
  });

  it('is told when nobody can be listened to there, and nothing stays open', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => void taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    expect(await problem({ PORT: String((taken.address() as AddressInfo).port) })).toEqual([
      expect.stringMatching(/^PORT is taken/),
    ]);
    const keys = path('listen-keys', '[]');
    for (const HOST of ['canary.invalid', '192.0.2.1'])
      expect(await problem({ HOST, AUTH: 'required', API_KEYS_FILE: keys })).toEqual([
        expect.stringMatching(/^HOST is not an address/),
      ]);
  });

  it('seals ids: the same with the same secret, opened by the next one’s gateway too', async () => {
    const world = await startWorld({ environment: { ID_SECRET: 'a'.repeat(32) } });
    onTestFinished(() => world.close());
    const id = await idOf(world, 'OCTOBAT', 'oc_cu_1421878635hksc26e4de79');
    const read = async (environment: Record<string, string>) =>
      ask((await world.another(environment)).url, 'query ($id: ID!) { customer(id: $id) { id } }', { id });
    const own = (answer: Awaited<ReturnType<typeof read>>) =>
      (answer.data as { customer: { id: string } | null }).customer?.id;
    expect(own(await read({}))).toBe(id);
    const next = own(await read({ ID_SECRET: 'b'.repeat(32), ID_SECRET_PREVIOUS: 'a'.repeat(32) }));
    expect(next).toEqual(expect.any(String));
    expect(next).not.toBe(id);
    const other = await read({ ID_SECRET: 'b'.repeat(32) });
    expect(other.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(readdirSync(world.folder).filter((name) => name.includes('secret'))).toEqual([]);
  });

  it('switches off and on', async () => {
    const keys = path('switch-keys', '[]');
    const shows = async (environment: Record<string, string>) => {
      const { url } = await start(environment);
      const page = await fetch(url, { headers: { accept: 'text/html' } });
      return [
        /graphiql/i.test(await page.text()),
        (await ask(url, '{ __schema { queryType { name } } }')).errors.length === 0,
      ];
    };
    expect(await shows({})).toEqual([true, true]);
    expect(await shows({ GRAPHIQL: 'off', INTROSPECTION: 'off' })).toEqual([false, false]);
    expect(await shows({ AUTH: 'required', API_KEYS_FILE: keys })).toEqual([false, false]);
    expect((await shows({ AUTH: 'required', API_KEYS_FILE: keys, GRAPHIQL: 'on' }))[0]).toBe(true);
  });
});
