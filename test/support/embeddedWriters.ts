import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createDice } from '../../src/sandbox/random.ts';
import type { Store } from '../../src/store/store.ts';
import { embeddedPlace, type Place } from './place.ts';
import { runModule } from './program.ts';

const module = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const keyOf = (providerId: string) => ({ provider: 'octobat', providerId });

/** Keeps records and says the id of each, until it is ended. */
const writer = (path: string, who: string): string => `
  import { openSqliteStore } from '${module('../../src/store/sqlite.ts')}';
  import { merge } from '${module('store.ts')}';
  const store = openSqliteStore(${JSON.stringify(path)}, merge);
  for (let number = 0; ; number++) {
    const key = { provider: 'octobat', providerId: '${who} ' + number };
    await store.keep([{ key, customer: key }]);
    process.stdout.write(key.providerId + '\\n');
  }`;

/** Begins a transaction, writes, and stays there with the lock. */
const locker = (path: string): string => `
  import { DatabaseSync } from 'node:sqlite';
  const database = new DatabaseSync(${JSON.stringify(path)});
  database.exec("BEGIN IMMEDIATE; INSERT INTO change (kind, customer, former, at) VALUES ('UPDATED', 1, '[]', 1)");
  process.stdout.write('locked\\n');
  setInterval(() => undefined, 1_000);`;

const pathOf = ({ settings }: Place): string => String(settings.DATABASE_URL).slice('file:'.length);

async function known(store: Store): Promise<ReadonlySet<string>> {
  const all = new Set<string>();
  for (let last = 0; ; ) {
    const page = await store.page('octobat', last, 1_000);
    for (const { providerId } of page) all.add(providerId);
    if (page.length === 0) return all;
    last = page.at(-1)?.sequence ?? last;
  }
}

/** Several processes may have the embedded store’s file open, and none of them loses what another has written. */
export function testEmbeddedWriters(times: number): void {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  it(
    `the embedded store loses no row of several processes that write at once, ${times} of them killed (SEED=${seed})`,
    async () => {
      const dice = createDice(seed);
      const place = await embeddedPlace();
      const path = pathOf(place);
      const store = await place.open();
      const kept: string[] = [];
      for (let round = 0; round < times; round += 2) {
        // Two at once, beside this one, which writes all the time.
        const programs = [`a${round}`, `b${round}`].map((who) => ({
          program: runModule(writer(path, who)),
          rows: 1 + dice.roll(40),
        }));
        const ended = programs.map(async ({ program, rows }) => {
          await program.until(new RegExp(`(.*\\n){${rows}}`));
          program.child.kill('SIGKILL');
          await program.ended;
          kept.push(...program.stdout().split('\n').slice(0, -1));
        });
        let isOver = false;
        const all = Promise.all(ended).finally(() => {
          isOver = true;
        });
        for (let number = 0; !isOver; number++) {
          const key = keyOf(`own ${round} ${number}`);
          await store.keep([{ key, customer: key }]);
          kept.push(key.providerId);
          // Those that it waits for are heard of in turns of this process.
          await new Promise((resolve) => void setImmediate(resolve));
        }
        await all;
      }
      const there = await known(store);
      const lost = kept.filter((each) => !there.has(each)).length;
      await store.close();
      const again = await place.open();
      expect((await known(again)).size).toBe(there.size);
      await again.close();
      const file = new DatabaseSync(path);
      expect(file.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
      file.close();
      console.log(
        `the embedded store, SEED=${seed}: ${times} processes beside another, killed while they wrote: ${kept.length} rows acknowledged, ${lost} lost`,
      );
      expect(lost).toBe(0);
      await place.drop();
    },
    60_000 + times * 5_000,
  );

  it('the embedded store is let go by whoever was killed with the lock in hand, and keeps nothing of theirs', async () => {
    const place = await embeddedPlace();
    const store = await place.open();
    const program = runModule(locker(pathOf(place)));
    await program.until(/locked/);
    const key = keyOf('1');
    // It waits for whoever is at it, and goes on when that one is gone.
    const waiting = store.keep([{ key, customer: key }]);
    program.child.kill('SIGKILL');
    await waiting;
    expect(await store.lastChange()).toBe(0);
    expect((await known(store)).size).toBe(1);
    await store.close();
    await place.drop();
  });
}
