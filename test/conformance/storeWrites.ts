import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { ask, begun, sent, settlement, write } from './storeMutations.ts';
import { type StorePlace, storesAt } from './storePlace.ts';
import { deedAt, keyOf, time } from './storeRecords.ts';

/** What every store promises of writes: kept before they are sent, sent once, settled with all that they leave behind. */
export function testStoreWrites(name: string, newPlace: () => Promise<StorePlace>): void {
  describe(`writes in the store: ${name}`, () => {
    const { open, reopened } = storesAt(newPlace);

    it('begins a mutation once for a caller’s key, whatever process asks, and refuses another input or kind', async () => {
      const [store, other] = [await open(), await open()];
      const mutation = begun(await store.beginMutation(ask({ key: 'k' })));
      for (const each of [store, other])
        expect(await each.beginMutation(ask({ key: 'k' }))).toEqual({ state: 'HELD', until: time(100) });
      expect(await other.beginMutation(ask({ key: 'k', input: 'other' }))).toEqual({ state: 'OTHER_INPUT' });
      expect(await other.beginMutation(ask({ key: 'k', kind: 'UPDATE' }))).toEqual({ state: 'OTHER_INPUT' });
      expect(await other.beginMutation(ask({ key: 'k', caller: 'another' }))).toMatchObject({ state: 'NEW' });
      expect(await other.beginMutation(ask({ key: null }))).toMatchObject({ state: 'NEW' });
      expect(await other.beginMutation(ask({ key: null }))).toMatchObject({ state: 'NEW' });
      // Whoever began it has not come back.
      const later = ask({ key: 'k', at: time(100), heldUntil: time(200) });
      expect(await other.beginMutation(later)).toEqual({
        state: 'LEFT',
        mutation,
        begunAt: time(0),
        heldUntil: time(200),
      });
      expect(await store.beginMutation(later)).toEqual({ state: 'HELD', until: time(200) });
    });

    it('leaves a mutation to whoever comes, where it is held for longer than it can be by now', async () => {
      const store = await open();
      const mutation = begun(
        await store.beginMutation(ask({ key: 'k', at: time(3_600_000), heldUntil: time(3_600_100) })),
      );
      expect(await store.beginMutation(ask({ key: 'k', latestHold: time(3_600_100) }))).toMatchObject({
        state: 'HELD',
      });
      const taken = await store.beginMutation(ask({ key: 'k', latestHold: time(3_600_099) }));
      expect(taken).toMatchObject({ state: 'LEFT', mutation, heldUntil: time(100) });
      // Whoever had it has it no more.
      expect(await store.intend(mutation, time(3_600_100), [write()], time(0))).toBeNull();
    });

    it('begins each of many at once exactly once', async () => {
      const stores = [await open(), await open()];
      const asked = Array.from({ length: 20 }, (_, index) => stores[index % 2]?.beginMutation(ask({ key: 'k' })));
      const states = (await Promise.all(asked)).map((each) => each?.state);
      expect(states.filter((state) => state === 'NEW')).toHaveLength(1);
      expect(states.filter((state) => state === 'HELD')).toHaveLength(19);
    });

    it('frees the key of a mutation of which nothing was sent, and of no other', async () => {
      const store = await open();
      const unsent = begun(await store.beginMutation(ask({ key: 'unsent' })));
      await store.intend(unsent, time(100), [write()], time(0));
      // Whoever has it no more, lets go of nothing, and keeps nothing.
      await store.letGo(unsent, time(99));
      expect(await store.intend(unsent, time(99), [write()], time(0))).toBeNull();
      expect(await store.writesOf(unsent)).toHaveLength(1);
      await store.letGo(unsent, time(100));
      expect(await store.writesOf(unsent)).toEqual([]);
      expect(await store.beginMutation(ask({ key: 'unsent', input: 'other' }))).toMatchObject({ state: 'NEW' });
      const { mutation, id } = await sent(store, { key: 'sent' });
      await store.letGo(mutation, time(100));
      expect(await store.writesOf(mutation)).toMatchObject([{ id, state: 'SENT' }]);
      expect(await store.beginMutation(ask({ key: 'sent' }))).toMatchObject({ state: 'LEFT', mutation });
    });

    it('gives the right to send a write to one alone, once', async () => {
      const [store, other] = [await open(), await open()];
      const mutation = begun(await store.beginMutation(ask()));
      const [id = 0] = (await store.intend(mutation, time(100), [write()], time(0))) ?? [];
      const taken = await Promise.all(
        Array.from({ length: 10 }, (_, index) => (index % 2 ? store : other).takeToSend(id, null)),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
      await store.settle(settlement(id, 'FAILED'));
      expect(await other.takeToSend(id, null)).toBe(false);
      expect(await other.takeToSend(id + 1, null)).toBe(false);
    });

    it('keeps what was intended, noted and settled, also after it was opened again', async () => {
      const store = await open();
      const { mutation, id } = await sent(store, { key: 'k' });
      await store.noteAnswer(id, '{"noted":1}');
      const kept = {
        ...write(),
        ...{ id, mutation, caller: 'shop', kind: 'CREATE', begunAt: time(1), knownTo: 0 },
      };
      const noted = [{ ...kept, state: 'SENT', noted: '{"noted":1}', result: null, settledAt: null }];
      expect(await store.writesOf(mutation)).toEqual(noted);
      const again = await reopened();
      expect(await again.writesOf(mutation)).toEqual(noted);
      await again.settle({ ...settlement(id, 'DONE'), writes: [{ id, state: 'DONE', providerId: '7', result: '{}' }] });
      expect(await again.write(id)).toEqual({
        ...kept,
        providerId: '7',
        noted: null,
        state: 'DONE',
        result: '{}',
        settledAt: time(9),
      });
      await again.noteAnswer(id, 'too late');
      expect(await again.write(id)).toMatchObject({ noted: null, result: '{}' });
      expect(await again.write(id + 1)).toBeNull();
      // Whoever began it lets go of it by itself.
      expect(await again.beginMutation(ask({ key: 'k' }))).toMatchObject({ state: 'HELD' });
      await again.letGo(mutation, time(100));
      expect(await again.beginMutation(ask({ key: 'k' }))).toMatchObject({ state: 'LEFT', mutation });
    });

    it('settles with the records and the telling in one transaction, or not at all', async () => {
      const store = await open();
      const { id } = await sent(store);
      const record = { key: keyOf('octobat 7'), customer: keyOf('octobat 7'), outdated: time(5) };
      const change = { kind: 'CREATED', record: record.key, fields: null, at: time(9) } as const;
      const all = { ...settlement(id, 'DONE'), records: [record], changes: [change] };
      const broken = { ...all, changes: [{ ...change, at: { getTime: () => fails() } as unknown as Date }] };
      await expect(store.settle(broken)).rejects.toThrow();
      expect(await store.write(id)).toMatchObject({ state: 'SENT' });
      expect(await store.record(record.key)).toBeNull();
      expect(await store.settle(all)).toEqual([]);
      expect(await store.write(id)).toMatchObject({ state: 'DONE' });
      expect(await store.record(record.key)).toMatchObject({ isOutdated: true });
      expect(await store.changesAfter(0, 10)).toMatchObject([{ kind: 'CREATED', customer: record.key }]);
    });

    it('leaves all as it is where somebody else has settled the write meanwhile', async () => {
      const store = await open();
      const { id } = await sent(store);
      await store.settle(settlement(id, 'FAILED'));
      const key = keyOf('octobat 7');
      const late = { id, state: 'DONE', from: ['SENT'], providerId: '7', result: '{}' } as const;
      await store.settle({ ...settlement(id, 'DONE'), writes: [late], records: [{ key, customer: key }] });
      expect(await store.write(id)).toMatchObject({ state: 'FAILED', providerId: null });
      expect(await store.record(key)).toBeNull();
    });

    it('tells nothing of a record that is another customer’s', async () => {
      const store = await open();
      const [theirs, ours] = [keyOf('octobat 7'), keyOf('nutcache 1')];
      await store.keep([{ key: theirs, customer: theirs }]);
      const { id } = await sent(store);
      const change = { kind: 'CREATED', record: theirs, fields: null, at: time(9) } as const;
      const elsewhere = await store.settle({
        ...settlement(id, 'DONE'),
        ...{ records: [{ key: theirs, customer: ours }], changes: [change] },
      });
      expect(elsewhere).toEqual([theirs]);
      expect(await store.changesAfter(0, 10)).toEqual([]);
    });

    it('leaves nothing of a write that somebody else has settled, beside what it settles', async () => {
      const store = await open();
      const [late, own] = [await sent(store), await sent(store)];
      await store.settle(settlement(late.id, 'FAILED'));
      const [theirs, ours] = [keyOf('octobat 7'), keyOf('nutcache 1')];
      const change = { kind: 'CREATED', fields: null, at: time(9) } as const;
      await store.settle({
        ...settlement(own.id, 'DONE'),
        writes: [late, own].map(({ id }) => ({ id, state: 'DONE', from: ['SENT'], providerId: null, result: '{}' })),
        records: [
          { key: theirs, customer: theirs, write: late.id },
          { key: ours, customer: ours, write: own.id },
        ],
        changes: [
          { ...change, record: theirs, write: late.id },
          { ...change, record: ours, write: own.id },
        ],
      });
      expect([await store.record(theirs), await store.record(ours)]).toMatchObject([null, ours]);
      expect(await store.changesAfter(0, 10)).toMatchObject([{ customer: ours }]);
    });

    it('fails a write whose record turns out to be another customer’s, in the same transaction', async () => {
      const store = await open();
      const [theirs, ours] = [keyOf('octobat 7'), keyOf('nutcache 1')];
      await store.keep([{ key: theirs, customer: theirs }]);
      const { id } = await sent(store);
      const done = { id, state: 'DONE', providerId: '7', result: '{}', elsewhere: '{"of":"another"}' } as const;
      const records = [{ key: theirs, customer: ours, write: id }];
      expect(await store.settle({ ...settlement(id, 'DONE'), writes: [done], records })).toEqual([theirs]);
      expect(await store.write(id)).toMatchObject({ state: 'FAILED', result: done.elsewhere });
    });

    it('takes a record that was found for one create alone, whoever finds it', async () => {
      const stores = [await open(), await open()];
      const key = keyOf('octobat 7');
      const both = [await sent(stores[0] as Store), await sent(stores[0] as Store)];
      expect(await stores[0]?.isMade(key)).toBe(false);
      await Promise.all(
        both.map(({ id }, index) => {
          const done = { id, state: 'DONE', providerId: '7', result: '{}', found: key } as const;
          return stores[index]?.settle({ ...settlement(id, 'DONE'), writes: [done] });
        }),
      );
      const states = await Promise.all(both.map(async ({ id }) => (await stores[0]?.write(id))?.state));
      expect(states.sort()).toEqual(['DONE', 'SENT']);
      expect(await stores[1]?.isMade(key)).toBe(true);
    });

    it('tells which record was the last one known when a write was kept', async () => {
      const store = await open();
      const before = await sent(store);
      await store.keep([{ key: keyOf('octobat 7'), customer: keyOf('octobat 7') }]);
      const after = await sent(store);
      const known = await store.record(keyOf('octobat 7'));
      expect(await store.write(before.id)).toMatchObject({ knownTo: 0 });
      expect(await store.write(after.id)).toMatchObject({ knownTo: known?.sequence });
    });

    it('forgets by its time what is settled, and nothing that somebody may still have to look at', async () => {
      const store = await open();
      const old = { done: await sent(store, { key: 'k' }), open: await sent(store), unknown: await sent(store) };
      await store.settle(settlement(old.done.id, 'DONE'));
      await store.settle(settlement(old.unknown.id, 'UNKNOWN'));
      const young = await sent(store, { at: time(50) });
      await store.settle(settlement(young.id, 'DONE'));
      for (const { mutation } of Object.values(old)) await store.letGo(mutation, time(100));
      expect(await store.forgetWritesBefore(time(50))).toBe(2);
      expect(await store.forgetWritesBefore(time(50))).toBe(0);
      const left = await Promise.all([old.done, old.open, old.unknown, young].map(({ id }) => store.write(id)));
      expect(left.map((each) => each?.state)).toEqual([undefined, 'SENT', 'UNKNOWN', 'DONE']);
      // No customer leads to what nobody knows: an erasure could not reach it.
      const { content } = write();
      expect(left.map((each) => each?.content)).toEqual([undefined, content, '{}', content]);
      expect(await store.beginMutation(ask({ key: 'k', input: 'other' }))).toMatchObject({ state: 'NEW' });
    });

    it('holds nothing that was said of an erased customer', async () => {
      const store = await open();
      const { id } = await sent(store);
      const key = keyOf('octobat 7');
      await store.settle({
        ...settlement(id, 'DONE'),
        writes: [{ id, state: 'DONE', providerId: '7', result: '{}' }],
        records: [{ key, customer: key }],
      });
      expect((await store.heldOn(key)).writes).toMatchObject([{ id, content: write().content }]);
      // Of this one nobody knows whether there is a record; whose it is, is known.
      const lost = await sent(store);
      await store.keep([{ key: keyOf('nutcache 1'), customer: key }]);
      expect((await store.heldOn(key)).writes.map((each) => each.id)).toEqual([id, lost.id]);
      await store.erase(key, deedAt(time(10)));
      expect(await store.write(lost.id)).toMatchObject({ state: 'SENT', content: '{}' });
      expect(await store.write(id)).toMatchObject({ state: 'DONE', content: '{}', result: '{}' });
    });
  });
}

function fails(): never {
  throw new Error('broken');
}
