import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createApiKeys, parseKeys } from './keys.ts';
import { FileFault } from './watchedFile.ts';

const good = { name: 'shop', sha256: 'a'.repeat(64), scopes: ['customers:read'] };

it.each([
  ['is no list', {}, 'it must be a list of keys'],
  ['is text', 'keys', 'it must be a list of keys'],
  ['has an entry that is none', [good, 'key'], 'key 2 is not as documented'],
  ['has a name that is no text', [{ ...good, name: 1 }], 'key 1 is not as documented in its name'],
  ['has an empty name', [{ ...good, name: '' }], 'key 1 is not as documented in its name'],
  ...['operator', 'clientele', 'anyone'].map((name): [string, unknown, string] => [
    `has a name that is taken: ${name}`,
    [{ ...good, name }],
    'key 1 is not as documented in its name',
  ]),
  ['has a digest cut off', [good, { ...good, sha256: 'a' }], 'key 2 is not as documented in its sha256'],
  ['has a digest and more', [{ ...good, sha256: `${good.sha256}a` }], 'key 1 is not as documented in its sha256'],
  [
    'has something before a digest',
    [{ ...good, sha256: `-${good.sha256}` }],
    'key 1 is not as documented in its sha256',
  ],
  ['has a scope that there is not', [{ ...good, scopes: ['x'] }], 'key 1 is not as documented in its scopes'],
  ['has a key twice', [good, { ...good, sha256: 'A'.repeat(64) }], 'key 2 stands there already, as key 1'],
  [
    'has a name as tokens have',
    [{ ...good, name: 'jwt:ada' }],
    'key 1 has a name that begins with jwt:, as only callers by access token have',
  ],
])('says where the file is wrong that %s', (_, json, message) => {
  expect(() => parseKeys(json)).toThrow(new FileFault(message));
});

it('lets in by the whole key, tells which it was, and only until it ends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-keys-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const digest = hash('sha256', 'k').toUpperCase();
  const soon = { ...good, name: 'soon', sha256: hash('sha256', 'soon'), expiresAt: '1970-01-01T00:00:01Z' };
  writeFileSync(join(folder, 'keys.json'), JSON.stringify([{ ...good, sha256: digest }, soon]));
  const used: string[] = [];
  let now = 0;
  const clock = { now: () => now, elapsed: () => 0 };
  const keys = createApiKeys(join(folder, 'keys.json'), clock, { lost: () => undefined, used: (id) => used.push(id) });
  const caller = { name: 'shop', loggedAs: 'shop', scopes: new Set(['customers:read']) };
  expect([keys.callerOf('k'), keys.callerOf('K'), keys.callerOf(''), keys.callerOf('kk')]).toEqual([
    ...[caller, null, null, null],
  ]);
  expect(used).toEqual([digest.slice(0, 12).toLowerCase()]);
  now = 999;
  expect(keys.callerOf('soon')?.name).toBe('soon');
  now = 1_000;
  expect(keys.callerOf('soon')).toBeNull();
  expect(used).toHaveLength(2);
});
