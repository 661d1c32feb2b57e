import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newKey } from '../../src/server/keyText.ts';
import { bearer, sha256 } from '../support/callers.ts';
import { runCommand } from '../support/program.ts';
import { ask, startWorld, type World } from '../support/world.ts';

/** `clientele keys`: makes API keys, lists and revokes them. */

let world: World;
let folder: string;
let file: string;
beforeAll(async () => {
  world = await startWorld();
  folder = mkdtempSync(join(tmpdir(), 'clientele-keys-command-'));
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});
let number = 0;
beforeEach(() => {
  number += 1;
  file = join(folder, `keys-${number}.json`);
});

async function keys(argv: readonly string[], environment: Record<string, string> = { API_KEYS_FILE: file }) {
  const program = runCommand(['keys', ...argv], { environment: { ...environment }, folder });
  const { code } = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

const entries = () => JSON.parse(readFileSync(file, 'utf8'));
const create = async (name: string, ...more: string[]) =>
  (await keys(['create', '--name', name, '--scopes', 'customers:read', ...more])).stdout.trim();
/** With a store, and providers, as the machine of a gateway has them. */
const listed = async () =>
  keys(['list'], {
    ...world.sandbox.env,
    ...{ API_KEYS_FILE: file, DATABASE_URL: `file:${join(world.folder, 'clientele.db')}` },
  });

describe('clientele keys create', () => {
  it('makes the file and a key, shows it once and alone, and keeps nothing but its digest', async () => {
    const argv = ['create', '--name', 'shop', '--scopes', 'customers:read,customers:write', '--expires', '90d'];
    const { code, stdout, stderr } = await keys(argv);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^clientele_[0-9A-Za-z]{49}\n$/);
    const key = stdout.trim();
    expect(stderr).toContain(`whose id is ${sha256(key).slice(0, 12)}`);
    expect(stderr).not.toContain(key);
    const [entry] = entries();
    expect(entry).toEqual({
      ...{ name: 'shop', sha256: sha256(key), scopes: ['customers:read', 'customers:write'] },
      ...{ createdAt: expect.any(String), expiresAt: expect.any(String) },
    });
    expect(Date.parse(entry.expiresAt) - Date.parse(entry.createdAt)).toBe(90 * 24 * 60 * 60 * 1_000);
    expect(readFileSync(file, 'utf8')).not.toContain(key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('leaves what stands there, its owner’s notes and the file’s rights, and follows a link', async () => {
    const other = { name: 'other', sha256: sha256('other'), scopes: [], note: { ticket: 7 } };
    const target = join(folder, `target-${number}.json`);
    writeFileSync(target, JSON.stringify([other]));
    chmodSync(target, 0o640);
    symlinkSync(target, file);
    await create('shop');
    expect(entries()).toEqual([other, expect.objectContaining({ name: 'shop' })]);
    expect(statSync(target).mode & 0o777).toBe(0o640);
    expect(JSON.parse(readFileSync(target, 'utf8'))).toHaveLength(2);
  });

  it('asks for whatever is missing or wrong, and makes nothing', async () => {
    const wrong: [string, string[]][] = [
      ['whose it is', ['--scopes', 'customers:read']],
      ['what it opens', ['--name', 'shop']],
      ['a scope that there is not', ['--name', 'shop', '--scopes', 'customers:raed']],
      ['a name that is empty', ['--name', '', '--scopes', 'customers:read']],
      ['a name that is too long', ['--name', 'n'.repeat(101), '--scopes', 'customers:read']],
      ['a time that is over', ['--name', 'shop', '--scopes', 'customers:read', '--expires', '2020-01-01T00:00:00Z']],
      ['a time that is none', ['--name', 'shop', '--scopes', 'customers:read', '--expires', 'tomorrow']],
      ['a time without a zone', ['--name', 'shop', '--scopes', 'customers:read', '--expires', '2040-01-01T00:00:00']],
      ['what there is no option for', ['--name', 'shop', '--scopes', 'customers:read', '--owner', 'me']],
    ];
    const asked = await Promise.all(wrong.map(([, argv]) => keys(['create', ...argv])));
    for (const [place, { code, stdout, stderr }] of asked.entries()) {
      expect([wrong[place]?.[0], code, stdout]).toEqual([wrong[place]?.[0], 2, '']);
      expect(stderr).toContain('clientele keys create');
    }
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['is not JSON', '[{', 'it is not JSON'],
    ['is no list', '{}', 'it must be a list of keys'],
    ['has an entry that is none', '[{"name":"x"}]', 'key 1 is not as documented in its sha256'],
    [
      'has one key twice',
      JSON.stringify([1, 2].map((name) => ({ name: `${name}`, sha256: sha256('x'), scopes: [] }))),
      'key 2 stands there already, as key 1',
    ],
  ])('says so where the file %s, and leaves it as it is', async (_, text, said) => {
    writeFileSync(file, text);
    const { code, stdout, stderr } = await keys(['create', '--name', 'shop', '--scopes', 'customers:read']);
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: `API_KEYS_FILE: ${said}.\n` });
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  it('says so where there is no file to be, or the folder is missing', async () => {
    const unset = await keys(['create', '--name', 'shop', '--scopes', 'customers:read'], {});
    expect(unset).toMatchObject({ code: 1, stderr: expect.stringContaining('Set API_KEYS_FILE') });
    const API_KEYS_FILE = join(folder, 'absent', 'keys.json');
    const absent = await keys(['create', '--name', 'shop', '--scopes', 'customers:read'], { API_KEYS_FILE });
    expect(absent).toMatchObject({ code: 1, stderr: 'API_KEYS_FILE: it can’t be read or written (ENOENT).\n' });
  });

  it('loses no key of those that are made at the same time: it is made, or it is said that it was not', async () => {
    const made = await Promise.all(
      Array.from({ length: 6 }, (_, place) => keys(['create', '--name', `n${place}`, '--scopes', 'customers:read'])),
    );
    const done = made.filter(({ code }) => code === 0);
    expect(done.length).toBeGreaterThan(0);
    expect(
      entries()
        .map(({ sha256: digest }: { sha256: string }) => digest)
        .sort(),
    ).toEqual(done.map(({ stdout }) => sha256(stdout.trim())).sort());
    for (const { code, stderr } of made.filter((each) => !done.includes(each)))
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringContaining('Somebody else is changing the file'),
      });
  });
});

describe('a key that was made', () => {
  it('opens what its scopes say until it is revoked, and is listed with when it was used last', async () => {
    const key = await create('shop');
    const unused = await create('unused', '--expires', '2099-01-01T00:00:00Z');
    const other = await world.another({ AUTH: 'required', API_KEYS_FILE: file });
    const status = async (text: string) => (await ask(other.url, '{ providers { name } }', {}, bearer(text))).status;
    expect(await status(key)).toBe(200);
    expect(await status(newKey())).toBe(401);
    const id = sha256(key).slice(0, 12);
    await other.stop();

    const { code, stdout } = await listed();
    expect(code).toBe(0);
    const [head, ...rows] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(head).toEqual(['id', 'name', 'created', 'expires', 'last used', 'scopes']);
    const day = new Date().toISOString().slice(0, 10);
    expect(rows).toEqual([
      [id, 'shop', expect.stringContaining(day), '-', expect.stringContaining(day), 'customers:read'],
      [
        sha256(unused).slice(0, 12),
        'unused',
        expect.any(String),
        '2099-01-01T00:00:00.000Z',
        'never',
        'customers:read',
      ],
    ]);
    expect(stdout).not.toContain(sha256(key));

    expect(await keys(['revoke', '--id', id])).toEqual({ code: 0, stdout: 'Revoked: 1 key.\n', stderr: '' });
    expect(entries()).toHaveLength(1);
    expect(await keys(['revoke', '--id', id])).toMatchObject({ code: 1, stderr: 'There is no such key.\n' });
    const again = await world.another({ AUTH: 'required', API_KEYS_FILE: file });
    expect((await ask(again.url, '{ providers { name } }', {}, bearer(key))).status).toBe(401);
    await again.stop();
  });

  it('is revoked with all others of its caller, and of nobody else', async () => {
    await create('shop');
    await create('shop');
    await create('shopper');
    expect(await keys(['revoke', '--name', 'shop'])).toMatchObject({ code: 0, stdout: 'Revoked: 2 keys.\n' });
    expect(entries()).toMatchObject([{ name: 'shopper' }]);
    expect(await keys(['revoke'])).toMatchObject({ code: 2 });
    expect(await keys(['revoke', '--name', 'shopper', '--id', '1'])).toMatchObject({ code: 2 });
  });
});

it('says what it is for', async () => {
  for (const argv of [['--help'], ['create', '--help']])
    expect(await keys(argv, {})).toMatchObject({ code: 0, stdout: expect.stringContaining('clientele keys create') });
  expect(await keys([], {})).toMatchObject({ code: 2, stderr: expect.stringContaining('Say create, list or revoke') });
});
