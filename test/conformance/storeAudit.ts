import { describe, expect, it } from 'vitest';
import type { Deed } from '../../src/store/audit.ts';
import type { Settlement } from '../../src/store/settling.ts';
import type { Store } from '../../src/store/store.ts';
import { type StorePlace, storesAt } from './storePlace.ts';
import { deedAt, keyOf, time } from './storeRecords.ts';

/** A place whose database can be reached beside the store. */
export interface OpenPlace extends StorePlace {
  /** @throws where the database refuses it */
  tamper(statement: string): Promise<void>;
}

/**
 * What every store promises of the audit log: it says what was done, exactly when that was done, and nobody changes it.
 * @param more further statements that this database must refuse
 */
export function testStoreAudit(name: string, newPlace: () => Promise<OpenPlace>, more: readonly string[]): void {
  describe(`the audit log in the store: ${name}`, () => {
    let place: OpenPlace;
    const { open, reopened } = storesAt(async () => {
      place = await newPlace();
      return place;
    });

    it('tells of a write what came of it, each time that it is settled, and whose doing that was', async () => {
      const store = await open();
      const id = await sent(store);
      await store.settle(settlement(id, 'UNKNOWN'));
      const key = keyOf('octobat 7');
      const byHand = { request: 'by hand', resolvedBy: 'operator', at: time(20) };
      const done = { id, state: 'DONE', providerId: '7', result: '{}' } as const;
      await store.settle({ ...settlement(id, 'DONE'), writes: [done], records: [{ key, customer: key }], ...byHand });
      const entry = { provider: 'octobat', fields: ['email', 'address.city'], write: id };
      const told = [
        {
          ...entry,
          at: time(20),
          caller: 'operator',
          request: 'by hand',
          action: 'RESOLVE',
          outcome: 'DONE',
          record: key,
        },
        { ...entry, ...deedAt(time(9)), action: 'CREATE', outcome: 'UNKNOWN', record: null },
      ];
      const ids = [{ id: expect.any(Number) }, { id: expect.any(Number) }];
      expect(await store.auditLog({}, 10)).toEqual(told.map((each, index) => ({ ...each, ...ids[index] })));
      expect(await (await reopened()).auditLog({}, 10)).toMatchObject(told);
    });

    it('tells why a write has failed', async () => {
      const store = await open();
      const id = await sent(store);
      const failed = { id, state: 'FAILED', providerId: null, result: '{}', errorCode: 'PROVIDER_REJECTED' } as const;
      await store.settle({ ...settlement(id, 'FAILED'), writes: [failed] });
      expect(await outcomes(store)).toEqual(['CREATE FAILED PROVIDER_REJECTED']);
    });

    it('tells nothing of what was not settled: somebody else was faster, or all of it was rolled back', async () => {
      const store = await open();
      const id = await sent(store);
      const broken = { kind: 'CREATED', record: keyOf('octobat 7'), fields: null, at: { getTime: fails } } as const;
      const change = broken as unknown as Settlement['changes'][number];
      await expect(store.settle({ ...settlement(id, 'DONE'), changes: [change] })).rejects.toThrow();
      expect(await outcomes(store)).toEqual([]);
      await store.settle(settlement(id, 'FAILED'));
      const late = { id, state: 'DONE', from: ['SENT'], providerId: null, result: '{}' } as const;
      await store.settle({ ...settlement(id, 'DONE'), writes: [late] });
      expect(await outcomes(store)).toEqual(['CREATE FAILED']);
    });

    it('tells of links, of records taken out and of erasures, of every record concerned, and of none that failed', async () => {
      const store = await open();
      const [a, b, c] = [keyOf('octobat a'), keyOf('nutcache b'), keyOf('octobat c')];
      const link = { rule: 'MANUAL', evidence: ['Said so.'], at: time(1), by: 'shop' } as const;
      await store.link([a, b, c], link, 2, 'refused');
      expect(await store.unlink(a, deedAt(time(1)))).toBeNull();
      expect(await store.auditLog({}, 10)).toEqual([]);
      await store.link([a, b, c], link, 10, 'first');
      await store.link([a, c], link, 10, 'nothing to do');
      await store.unlink(c, { caller: 'desk', request: 'second', at: time(2) });
      await store.erase(b, { caller: 'office', request: 'third', at: time(3) });
      const said = (await store.auditLog({}, 10)).map(({ id: _, ...rest }) => rest).reverse();
      const entry = (deed: Deed, action: string, record: typeof a) => ({
        ...deed,
        ...{ action, provider: null, fields: [], outcome: 'DONE', write: null, record },
      });
      const [first, second, third] = [
        { caller: 'shop', request: 'first', at: time(1) },
        { caller: 'desk', request: 'second', at: time(2) },
        { caller: 'office', request: 'third', at: time(3) },
      ];
      expect(said).toEqual([
        ...[a, b, c].map((record) => entry(first, 'LINK', record)),
        ...[c, a].map((record) => entry(second, 'UNLINK', record)),
        ...[a, b].map((record) => entry(third, 'ERASE', record)),
      ]);
    });

    it('tells which record something was done to, also where nothing was known of it', async () => {
      const store = await open();
      const record = keyOf('octobat 7');
      const entry = { ...deedAt(time(5)), action: 'SELF_SERVICE_LINK', provider: 'octobat', record } as const;
      await store.audit({ ...entry, fields: ['BILLING_PAGE'], outcome: 'DONE' });
      const told = { ...entry, fields: ['BILLING_PAGE'], outcome: 'DONE', write: null };
      expect(await store.auditLog({}, 10)).toEqual([{ ...told, id: expect.any(Number) }]);
    });

    it('is asked newest first, page by page, by time, caller, write, record and customer', async () => {
      const store = await open();
      const [a, b, c] = [keyOf('octobat a'), keyOf('nutcache b'), keyOf('octobat c')];
      const note = (caller: string, record: typeof a, at: number) =>
        store.audit({ ...deedAt(time(at)), caller, action: 'EXPORT', record, outcome: `${caller}${at}` });
      // Two of one time, and one that a clock set back has dated before others.
      for (const [caller, record, at] of [
        ...[['x', a, 3] as const, ['y', b, 3] as const, ['x', c, 1] as const, ['y', a, 5] as const],
      ])
        await note(caller, record, at);
      await store.keep([{ key: a, customer: a }]);
      const found = async (...asked: Parameters<Store['auditLog']>) =>
        (await store.auditLog(...asked)).map(({ outcome }) => outcome);
      expect(await found({}, 10)).toEqual(['y5', 'y3', 'x3', 'x1']);
      expect(await found({ since: time(3) }, 10)).toEqual(['y5', 'y3', 'x3']);
      expect(await found({ caller: 'x' }, 10)).toEqual(['x3', 'x1']);
      expect(await found({ caller: 'x', since: time(2) }, 10)).toEqual(['x3']);
      expect(await found({ on: { kind: 'record', ...a } }, 10)).toEqual(['y5', 'x3']);
      expect(await found({ on: { kind: 'record', ...keyOf('octobat z') } }, 10)).toEqual([]);
      await store.link([a, b], { rule: 'MANUAL', evidence: [], at: time(0), by: 'x' }, 10, 'r');
      expect(await found({ on: { kind: 'customer', ...b }, since: time(1) }, 10)).toEqual(['y5', 'y3', 'x3']);
      expect(await found({ on: { kind: 'record', ...b }, since: time(1) }, 10)).toEqual(['y3']);
      const write = await sent(store);
      await store.settle(settlement(write, 'FAILED'));
      expect(await found({ write }, 10)).toEqual(['FAILED']);
      expect(await found({ write: write + 1 }, 10)).toEqual([]);
      const seen: string[] = [];
      for (let last: Awaited<ReturnType<Store['auditLog']>>[number] | undefined; ; ) {
        const page = await store.auditLog({ since: time(1) }, 2, last);
        seen.push(...page.map(({ outcome }) => outcome));
        last = page.at(-1);
        if (page.length < 2) break;
      }
      expect(seen).toEqual(['FAILED', 'y5', 'y3', 'x3', 'x1']);
    });

    it('is only added to: the database itself refuses whoever would change it', async () => {
      const store = await open();
      await store.audit({ ...deedAt(time(1)), action: 'EXPORT', record: keyOf('octobat 7'), outcome: 'DONE' });
      const [entry] = await store.auditLog({}, 10);
      for (const statement of [
        "UPDATE audit SET caller = 'nobody'",
        `UPDATE audit SET at = 0 WHERE id = ${entry?.id}`,
        'DELETE FROM audit',
        `DELETE FROM audit WHERE id = ${entry?.id}`,
        ...more,
      ])
        await expect(place.tamper(statement), statement).rejects.toThrow(/only added to/);
      expect(await store.auditLog({}, 10)).toEqual([entry]);
      await store.audit({ ...deedAt(time(2)), action: 'EXPORT', record: keyOf('octobat 7'), outcome: 'DONE' });
      expect(await store.auditLog({}, 10)).toHaveLength(2);
    });
  });
}

async function sent(store: Store): Promise<number> {
  const heldUntil = time(100);
  const ask = { caller: 'shop', kind: 'CREATE', key: null, input: 'hash', at: time(0) } as const;
  const begun = await store.beginMutation({ ...ask, heldUntil, latestHold: heldUntil });
  if (begun.state !== 'NEW') throw new Error(`it is ${begun.state}`);
  const write = {
    provider: 'octobat',
    providerId: null,
    customer: null,
    fields: ['email', 'address.city'],
    content: '{}',
  };
  const [id = 0] = (await store.intend(begun.mutation, heldUntil, [write], time(1))) ?? [];
  expect(await store.takeToSend(id, null)).toBe(true);
  return id;
}

const settlement = (id: number, state: 'DONE' | 'FAILED' | 'UNKNOWN'): Settlement => ({
  writes: [{ id, state, providerId: null, result: '{}' }],
  ...{ at: time(9), request: 'a request', records: [], changes: [] },
});

const outcomes = async (store: Store): Promise<string[]> =>
  (await store.auditLog({}, 10)).map(({ action, outcome }) => `${action} ${outcome}`);

function fails(): never {
  throw new Error('broken');
}
