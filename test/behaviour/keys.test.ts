import { readFileSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { startGateway } from '../../src/main.ts';
import { bearer, type KeyedWorld, keysText, sha256, startKeyedWorld } from '../support/callers.ts';
import { sendRaw } from '../support/raw.ts';
import { ask } from '../support/world.ts';

/** Who is let in at all: API keys, and what the gateway does without them. */

describe('a key', () => {
  const key = 'cl_live_0123456789abcdefghijklmnopqrstuvwxyz';
  const reader = { name: 'reader', key, scopes: ['customers:read'] as const };
  const time = { now: Date.parse('2026-05-01T00:00:00Z'), elapsed: 0 };
  const clock: Clock = { now: () => time.now, elapsed: () => time.elapsed };
  let keyed: KeyedWorld;
  beforeAll(async () => {
    keyed = await startKeyedWorld([reader], { clock });
  });
  afterAll(() => keyed.close());

  const QUERY = '{ providers { name } }';
  const statusOf = async (given: string) => (await keyed.query(QUERY, {}, bearer(given))).status;
  const change = (text: string) => {
    writeFileSync(keyed.keysFile, text);
    time.elapsed += 1_000;
  };

  it('opens by its whole, and nothing like it does', async () => {
    expect(await statusOf(key)).toBe(200);
    const near = [key.slice(0, -1), `${key}a`, key.slice(0, 7), key.toUpperCase(), `${key.slice(0, -1)}Z`, sha256(key)];
    for (const wrong of [...near, ` ${key}`, `${key} ${key}`, `${key},${key}`, '', 'null', 'undefined'])
      expect([wrong, await statusOf(wrong)]).toEqual([wrong, 401]);
  });

  it('is sent as a bearer token, in one header, and nowhere else', async () => {
    const answer = await keyed.query(QUERY, {}, { authorization: `bearer ${key}` });
    expect(answer.status).toBe(200);
    for (const authorization of [key, `Basic ${btoa(`${key}:`)}`, `Token ${key}`, `Bearer: ${key}`, 'Bearer'])
      expect((await keyed.query(QUERY, {}, { authorization })).status).toBe(401);
    for (const headers of [
      { 'x-api-key': key },
      { cookie: `authorization=Bearer ${key}` },
      { 'proxy-authorization': key },
    ])
      expect((await keyed.query(QUERY, {}, headers)).status).toBe(401);
    const url = new URL(keyed.gateway.url);
    for (const search of [`access_token=${key}`, `authorization=Bearer%20${key}`, `apiKey=${key}`]) {
      expect((await ask(`${url}?${search}`, QUERY)).status).toBe(401);
    }
    expect((await ask(`http://${key}@${url.host}/graphql`, QUERY)).status).toBe(401);
  });

  it('is refused beside a second one, whichever comes first', async () => {
    const url = new URL(keyed.gateway.url);
    const target = `/graphql?query=${encodeURIComponent(QUERY)}`;
    const send = (...lines: string[]) =>
      sendRaw(url, `GET ${target} HTTP/1.1\r\nhost: ${url.host}\r\n${lines.join('\r\n')}\r\nconnection: close\r\n\r\n`);
    expect(await send(`authorization: Bearer ${key}`)).toMatch(/^HTTP\/1\.1 200 /);
    for (const other of ['Bearer other', `Bearer ${key}`, ''])
      for (const pair of [
        [key, other],
        [other, key],
      ] as const) {
        const [first = '', second = ''] = pair.map((each) => (each === key ? `Bearer ${key}` : each));
        expect(await send(`authorization: ${first}`, `Authorization: ${second}`)).toMatch(/^HTTP\/1\.1 401 /);
      }
  });

  it('is told of a refusal how to do better, and nothing else', async () => {
    const { status, headers, data, errors, text } = await keyed.query(QUERY, {}, bearer('cl_live_wrong'));
    expect({ status, data, challenge: headers['www-authenticate'] }).toEqual({
      status: 401,
      data: undefined,
      challenge: 'Bearer error="invalid_token"',
    });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', retryable: false } }]);
    expect(text).not.toContain('cl_live');
  });

  it('may have 512 characters and no more', async () => {
    const [long, longer] = ['k'.repeat(512), 'k'.repeat(513)];
    change(keysText([reader, { name: 'long', key: long, scopes: [] }, { name: 'longer', key: longer, scopes: [] }]));
    expect(await statusOf(long)).toBe(200);
    expect(await statusOf(longer)).toBe(401);
    expect(await statusOf('k'.repeat(10_000))).toBe(401);
  });

  it('expires at its time', async () => {
    const at = (ms: number) => new Date(time.now + ms).toISOString();
    const soon = { ...reader, name: 'soon', key: 'soon', expiresAt: at(5_000) };
    const offset = { ...reader, name: 'offset', key: 'offset', expiresAt: at(5_000).replace('Z', '+00:00') };
    change(keysText([reader, soon, offset]));
    expect([await statusOf('soon'), await statusOf('offset')]).toEqual([200, 200]);
    time.now += 4_999;
    expect([await statusOf('soon'), await statusOf('offset')]).toEqual([200, 200]);
    time.now += 1;
    expect([await statusOf('soon'), await statusOf('offset')]).toEqual([401, 401]);
    expect(await statusOf(key)).toBe(200);
  });

  it('stands in the file by its digest in either case, beside whatever else the file’s owner notes', async () => {
    const entry = { ...JSON.parse(keysText([reader]))[0], sha256: sha256(key).toUpperCase() };
    change(JSON.stringify([{ ...entry, owner: 'team-a', createdAt: '2026-01-01', note: { ticket: 7 } }], null, 2));
    expect(await statusOf(key)).toBe(200);
  });

  it('has the scopes that the file says now', async () => {
    const code = async () =>
      (await keyed.query(QUERY, {}, bearer(key))).errors.map(({ extensions }) => extensions.code);
    change(keysText([{ ...reader, scopes: ['customers:write'] }]));
    expect(await code()).toEqual(['FORBIDDEN']);
    change(keysText([reader]));
    expect(await code()).toEqual([]);
  });

  const breaks: [string, (path: string) => void][] = [
    ['is taken out of the file', (path) => writeFileSync(path, '[]')],
    ['stands in a file that is gone', (path) => unlinkSync(path)],
    ['stands in a file that is half written', (path) => writeFileSync(path, readFileSync(path, 'utf8').slice(0, -9))],
    ['stands in a file that is empty', (path) => writeFileSync(path, '')],
    ['stands in a file that is no list', (path) => writeFileSync(path, '{"keys":[]}')],
    ['stands beside an entry with an unknown scope', (path) => spoil(path, { scopes: ['customers:raed'] })],
    ['stands beside an entry whose digest is none', (path) => spoil(path, { sha256: key })],
    ['stands beside an entry whose end is no time', (path) => spoil(path, { expiresAt: 'tomorrow' })],
    ['stands in what became a folder’s loop', (path) => loop(path)],
  ];
  const spoil = (path: string, entry: object) =>
    writeFileSync(
      path,
      JSON.stringify([
        ...JSON.parse(readFileSync(path, 'utf8')),
        { name: 'other', scopes: [], sha256: sha256('other'), ...entry },
      ]),
    );
  const loop = (path: string) => {
    unlinkSync(path);
    symlinkSync(path, path);
  };

  it.each(breaks)('that %s is refused within a second, and opens again when the file does', async (_, harm) => {
    change(keysText([reader]));
    expect(await statusOf(key)).toBe(200);
    harm(keyed.keysFile);
    time.elapsed += 999;
    expect(await statusOf(key)).toBe(200);
    time.elapsed += 1;
    expect(await statusOf(key)).toBe(401);
    expect(await statusOf(key)).toBe(401);
    time.elapsed += 1_000;
    expect(await statusOf(key)).toBe(401);
    // As an editor or a deployment does it: the new file takes the old one's place.
    rmSync(keyed.keysFile, { force: true });
    writeFileSync(`${keyed.keysFile}.new`, keysText([reader]));
    renameSync(`${keyed.keysFile}.new`, keyed.keysFile);
    time.elapsed += 1_000;
    expect(await statusOf(key)).toBe(200);
  });
});

describe('without keys', () => {
  const start = async (environment: Record<string, string>) => {
    const gateway = await startGateway({
      ...{ AUTH: 'none', PORT: '0', LOG_LEVEL: 'silent', OCTOBAT_API_KEY: 'k', ID_SECRET: 'x'.repeat(32) },
      ...{ DATABASE_URL: 'file::memory:', SYNC_INTERVAL: '0', ...environment },
    });
    onTestFinished(() => gateway.stop());
    return gateway;
  };

  it('everyone may do everything, on loopback only', async () => {
    for (const HOST of ['127.0.0.1', 'localhost']) {
      const { status, errors } = await ask((await start({ HOST })).url, '{ providers { health { state } } }');
      expect([status, errors]).toEqual([200, []]);
    }
    for (const HOST of ['0.0.0.0', '::', '192.0.2.1', 'example.com', '127.0.0.1.example.com', '::ffff:0.0.0.0'])
      await expect(start({ HOST })).rejects.toThrow(/^AUTH may be none only where HOST is loopback/);
  });

  it('the gateway does not start unless that was asked for', async () => {
    await expect(start({ AUTH: '' })).rejects.toThrow(/^AUTH is required.*API_KEYS_FILE.*JWT_JWKS_URL/);
    await expect(start({ AUTH: 'off' })).rejects.toThrow('AUTH must be required or none');
  });

  it('a page whose name was made to point here is not let in', async () => {
    const { url } = await start({});
    const asked = (host: string) => ask(url, '{ providers { name } }', {}, { host });
    for (const host of ['evil.example', 'evil.example:4000', '127.0.0.1.evil.example', 'localhost.evil.example:80'])
      expect((await asked(host)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    for (const host of ['localhost', 'localhost:4000', '127.0.0.1:1', '[::1]:4000', 'LOCALHOST'])
      expect((await asked(host)).errors).toEqual([]);
  });
});
