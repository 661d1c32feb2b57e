import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { copyOf, deedAt, keyOf, time } from '../../test/conformance/storeRecords.ts';
import { merge } from '../../test/support/store.ts';
import { openSqliteStore } from './sqlite.ts';
import type { Store } from './store.ts';

/** What is forgotten is found in none of the embedded store's files, whoever looks at their bytes. */

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-erasure-'));
  store = openSqliteStore(path(), merge);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});
const path = () => join(folder, 'clientele.db');

const LISTED = { asked: false, told: false };
const BY_HAND = { rule: 'MANUAL', at: time(3), by: 'somebody' } as const;

/** Words that fill several pages of the file. */
const LONG = 4_096;

const person = (place: number, name: string, at: Date) => ({
  ...copyOf(`octobat ${place}`, {
    ...{ name: `${name} ${place}`, terms: [`email ${name}@${place}.example`], words: [`${name}${place}`], at },
  }),
  raw: JSON.stringify({ notes: `${name} `.repeat(place % 5 === 0 ? LONG : 5) }),
});

/** How often a name stands in the file or its log, forwards or backwards. */
function standing(name: string): number {
  const files = [path(), `${path()}-wal`].filter((file) => existsSync(file));
  const bytes = files.map((file) => readFileSync(file, 'latin1')).join('\n');
  return [name, [...name].reverse().join('')].reduce((sum, each) => sum + bytes.split(each).length - 1, 0);
}

async function fill(name: string, places: readonly number[], at = time(1)): Promise<void> {
  for (const place of places) await store.keepCopies([person(place, name, at)], LISTED);
}

const PLACES = Array.from({ length: 60 }, (_, place) => place);

it('overwrites a customer that is erased, in the file and in its log', async () => {
  await fill('neighbour', PLACES);
  await fill('canary', [1_000, 1_001, 1_005]);
  await store.link(
    [keyOf('octobat 1000'), keyOf('octobat 1001')],
    { ...BY_HAND, evidence: ['The canary said so.'] },
    10,
    'a request',
  );
  expect(standing('canary')).toBeGreaterThan(4_000);
  for (const place of [1_000, 1_005]) await store.erase(keyOf(`octobat ${place}`), deedAt(time(9)));
  expect(standing('canary')).toBe(0);
  expect(standing('neighbour')).toBeGreaterThan(4_000);
});

it('overwrites what a newer copy is written over, so that nothing older than what is erased stays', async () => {
  await fill('whispered', PLACES);
  await fill('heard', PLACES, time(2));
  for (const place of PLACES) await store.erase(keyOf(`octobat ${place}`), deedAt(time(9)));
  expect([standing('whispered'), standing('heard')]).toEqual([0, 0]);
});

/** Somebody else at the file, a backup perhaps, who reads from when they began. */
function reader() {
  const database = new DatabaseSync(path());
  database.exec('BEGIN');
  database.prepare('SELECT count(*) FROM copy').get();
  return { end: () => database.exec('COMMIT'), close: () => database.close() };
}

it('empties the log as soon as nobody reads it any more', async () => {
  await fill('canary', [1]);
  const other = reader();
  await store.erase(keyOf('octobat 1'), deedAt(time(9)));
  expect(standing('canary')).toBeGreaterThan(0);
  other.end();
  await expect.poll(() => standing('canary'), { timeout: 10_000 }).toBe(0);
  other.close();
});

it('empties the log when it is closed, or opened again, where it could not before', async () => {
  await fill('canary', [1, 2]);
  const other = reader();
  await store.erase(keyOf('octobat 1'), deedAt(time(9)));
  await store.erase(keyOf('octobat 2'), deedAt(time(9)));
  other.end();
  await store.close();
  expect(standing('canary')).toBe(0);

  store = openSqliteStore(path(), merge);
  await fill('canary', [3]);
  const another = reader();
  await store.erase(keyOf('octobat 3'), deedAt(time(9)));
  await store.close();
  expect(standing('canary')).toBeGreaterThan(0);
  another.end();
  store = openSqliteStore(path(), merge);
  expect(standing('canary')).toBe(0);
  for (const each of [other, another]) each.close();
});
