import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { copyOf, keyOf } from '../../test/conformance/storeRecords.ts';
import { merge, STORE_THREAD, TRUST_ORDER } from '../../test/support/store.ts';
import { openSqliteStore } from './sqlite.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-thread-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const path = () => join(folder, 'clientele.db');

const begin = () => new Worker(STORE_THREAD, { workerData: { url: `file:${path()}`, trustOrder: TRUST_ORDER } });

let threads = 0;
beforeEach(() => {
  threads = 0;
});
const counted = () => {
  threads += 1;
  return begin();
};

const LISTED = { asked: false, told: false };
const copies = (first: number) => Array.from({ length: 40 }, (_, place) => copyOf(`octobat ${first + place}`));

it('begins with many copies that nobody has asked for, and then keeps all there are', async () => {
  const store = openSqliteStore(path(), merge, { thread: counted });
  await store.keepCopies([copyOf('octobat 1')], LISTED);
  await store.keepCopies(copies(2), { asked: true, told: false });
  expect(threads).toBe(0);
  await store.keepCopies(copies(100), LISTED);
  await store.keepCopies([copyOf('octobat 200')], LISTED);
  expect(threads).toBe(1);
  expect(await store.count('octobat')).toBe(82);
  await store.close();
});

it('searches in it, and begins for that', async () => {
  const store = openSqliteStore(path(), merge, { thread: counted });
  await store.keepCopies([copyOf('octobat 1', { name: 'Ada', words: ['ada'] })], LISTED);
  expect(threads).toBe(0);
  const ada = { providers: ['octobat'], terms: [], words: ['ada'], changedSince: new Date(0) };
  expect(await store.countFound(ada)).toBe(1);
  expect(threads).toBe(1);
  await store.close();
});

it('has no thread for what is in memory alone', async () => {
  const store = openSqliteStore(':memory:', merge, { thread: begin, many: 1 });
  await store.keepCopies([copyOf('octobat 1', { words: ['ada'] })], LISTED);
  expect(await store.countFound({ providers: null, terms: [], words: ['ada'], changedSince: null })).toBe(1);
  await store.close();
});

it('keeps everything that it was given before it was closed', async () => {
  const store = openSqliteStore(path(), merge, { thread: begin });
  const keeping = Array.from({ length: 5 }, (_, page) => store.keepCopies(copies(page * 40), LISTED));
  await store.close();
  await Promise.all(keeping);
  const again = openSqliteStore(path(), merge);
  expect(await again.count('octobat')).toBe(200);
  await again.close();
});

it('says what the database says, with its code', async () => {
  const store = openSqliteStore(path(), merge, { thread: begin, many: 1 });
  await store.keepCopies([copyOf('octobat 1')], LISTED);
  const broken = { ...copyOf('octobat 3'), profile: null } as unknown as ReturnType<typeof copyOf>;
  await expect(store.keepCopies([copyOf('octobat 2'), broken], LISTED)).rejects.toThrow();
  expect(await store.record(keyOf('octobat 2'))).toBeNull();
  const other = new DatabaseSync(path());
  other.exec('PRAGMA user_version = 99');
  other.exec('DROP TABLE listed');
  other.close();
  await expect(store.keepCopies([copyOf('octobat 2')], LISTED)).rejects.toThrow(/listed/);
  await store.close();
});

it('fails what waits for a thread that ends, and begins another one', async () => {
  const programs = [
    "require('node:worker_threads').parentPort.on('message', () => process.exit(1))",
    "throw new Error('there is no room')",
  ];
  const thread = () => {
    const broken = programs.shift();
    return broken === undefined ? counted() : new Worker(broken, { eval: true });
  };
  const store = openSqliteStore(path(), merge, { thread, many: 1 });
  const ended = { code: 'UNAVAILABLE', retryable: true };
  await expect(store.keepCopies([copyOf('octobat 1')], LISTED)).rejects.toMatchObject(ended);
  await expect(store.keepCopies([copyOf('octobat 1')], LISTED)).rejects.toMatchObject(ended);
  expect(await store.keepCopies([copyOf('octobat 1')], LISTED)).toMatchObject([{ became: 'ADDED' }]);
  expect(await store.keepCopies([copyOf('octobat 1')], LISTED)).toMatchObject([{ became: 'UNCHANGED' }]);
  expect(threads).toBe(1);
  await store.close();
});
