import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteStore } from './sqlite.ts';
import type { Summarise } from './store.ts';

const merge: Summarise = () => ({ name: null, createdAt: null });

const run = promisify(execFile);
const module = new URL('./sqlite.ts', import.meta.url).href;
const key = { provider: 'octobat', providerId: 'oc_cu_1' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-sqlite-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const path = () => join(folder, 'clientele.db');

/** Runs a script with `open` (the store's own) in another process. Gives what it printed. */
async function elsewhere(script: string, user?: number): Promise<string> {
  const text = `const { openSqliteStore } = await import(${JSON.stringify(module)});
    const open = (path) => openSqliteStore(path, () => ({ name: null, createdAt: null }));
    ${script}`;
  const arguments_ = ['--input-type=module', '--eval', text];
  const { stdout } = await run(process.execPath, arguments_, {
    encoding: 'utf8',
    ...(user && { uid: user, gid: user }),
  });
  return stdout;
}

it('refuses what a newer version has written, in words, and leaves it as it is', async () => {
  const store = openSqliteStore(path(), merge);
  await store.keep([{ key, customer: key }]);
  await store.close();
  const database = new DatabaseSync(path());
  database.exec('PRAGMA user_version = 1000');
  database.close();
  const before = readFileSync(path());
  expect(() => openSqliteStore(path(), merge)).toThrow('the database was written by a newer version of Clientele');
  expect(readFileSync(path())).toEqual(before);
});

it.each([
  ['text', 'this is a letter, and no database at all\n'.repeat(100)],
  ['zeros', '\0'.repeat(8192)],
])('refuses a file of %s, and leaves it as it is', (_, content) => {
  writeFileSync(path(), content);
  expect(() => openSqliteStore(path(), merge)).toThrow(/not a database/);
  expect(readFileSync(path(), 'utf8')).toBe(content);
});

it('refuses a folder, and a place that is none', () => {
  mkdirSync(path());
  expect(() => openSqliteStore(path(), merge)).toThrow(/unable to open/);
  expect(() => openSqliteStore(join(folder, 'nowhere', 'clientele.db'), merge)).toThrow(/unable to open/);
});

it('refuses a folder that may only be read', async () => {
  chmodSync(folder, 0o555);
  const open = `try { open(${JSON.stringify(path())}); console.log('opened') } catch (thrown) { console.log(thrown.message) }`;
  // The super-user may write anywhere, so somebody else tries.
  expect(await elsewhere(open, process.getuid?.() === 0 ? 65_534 : undefined)).toMatch(/unable to open|readonly/);
  chmodSync(folder, 0o755);
});

it('refuses a file that may only be read', async () => {
  await openSqliteStore(path(), merge).close();
  chmodSync(path(), 0o444);
  chmodSync(folder, 0o555);
  const open = `try { open(${JSON.stringify(path())}); console.log('opened') } catch (thrown) { console.log(thrown.message) }`;
  expect(await elsewhere(open, process.getuid?.() === 0 ? 65_534 : undefined)).toMatch(/unable to open|readonly/);
  chmodSync(folder, 0o755);
});

it('is made by one of several processes that start at once, and opened by all', async () => {
  const startAt = Date.now() + 900;
  const scripts = Array.from({ length: 5 }, (_, index) =>
    elsewhere(`
      while (Date.now() < ${startAt});
      const store = open(${JSON.stringify(path())});
      const keys = Array.from({ length: 20 }, (_, place) => ({ provider: 'octobat', providerId: '${index}-' + place }));
      for (const key of keys) await store.keep([{ key, customer: key }]);
      await store.close();`),
  );
  await Promise.all(scripts);
  const store = openSqliteStore(path(), merge);
  expect(await store.count('octobat')).toBe(100);
  await store.close();
});

it('waits for another process that is at work on a file which has no write-ahead log yet', async () => {
  const script = `
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(${JSON.stringify(path())});
    database.exec('BEGIN IMMEDIATE');
    console.log('at work');
    setTimeout(() => database.exec('ROLLBACK'), 300);`;
  const other = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(other.stdout, 'data');
  const store = openSqliteStore(path(), merge);
  expect(await store.count('octobat')).toBe(0);
  await store.close();
  await once(other, 'exit');
});

it('keeps what was acknowledged when its process is killed', async () => {
  const script = `
    const store = open(${JSON.stringify(path())});
    for (let place = 0; ; place++) {
      const key = { provider: 'octobat', providerId: String(place) };
      await store.keep([{ key, customer: key }]);
      process.stdout.write(place + '\\n');
      if (place === 50) process.kill(process.pid, 'SIGKILL');
    }`;
  const died = (await elsewhere(script).catch((thrown: unknown) => thrown)) as { signal: string; stdout: string };
  expect(died.signal).toBe('SIGKILL');
  const acknowledged = died.stdout.trim().split('\n').length;
  const store = openSqliteStore(path(), merge);
  expect(await store.count('octobat')).toBeGreaterThanOrEqual(acknowledged);
  await store.close();
});
