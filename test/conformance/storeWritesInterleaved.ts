import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import type { StorePlace } from './storePlace.ts';
import { time } from './storeRecords.ts';
import { type Action, action, CALLERS, Journal, KEYS } from './storeWritesModel.ts';

/** Whatever two processes do to the write journal, in whatever order: it is what the plainest model of it is. */
export function testStoreWritesInterleaved(name: string, newPlace: () => Promise<StorePlace>, runs: number): void {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  describe(`writes in the store: ${name}`, () => {
    it(`are what the plainest model of them is, whatever two processes do in whatever order (SEED=${seed})`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 60 }), async (actions) => {
          const place = await newPlace();
          const both = new Both([await place.open(), await place.open()]);
          try {
            for (const each of actions) await both.do(each);
            await both.compare();
          } finally {
            await both.close();
            await place.drop();
          }
        }),
        { numRuns: runs, seed },
      );
    }, 120_000);
  });
}

const CONTENT = '{"changes":[]}';

const STATES = ['INTENT', 'SENT', 'DONE', 'FAILED', 'UNKNOWN'] as const;

/** The store, by two connections, and the model. */
class Both {
  readonly #stores: readonly [Store, Store];
  readonly #journal = new Journal();
  #now = 0;
  /** All that there ever were, the newest first. */
  readonly #mutations: number[] = [];
  readonly #writes: number[] = [];
  readonly #holds: Date[] = [];
  readonly #taken = new Set<number>();

  constructor(stores: readonly [Store, Store]) {
    this.#stores = stores;
  }

  async do(action: Action): Promise<void> {
    const store = this.#stores[action.who === 0 ? 0 : 1];
    const at = time(this.#now);
    if (action.does === 'pass') this.#now += action.ms;
    else if (action.does === 'begin') await this.#begin(store, action, at);
    else if (action.does === 'intend') await this.#intend(store, action, at);
    else if (action.does === 'take') await this.#take(store, this.#writes[action.nth] ?? 0);
    else if (action.does === 'note') await this.#note(store, this.#writes[action.nth] ?? 0);
    else if (action.does === 'settle') await this.#settle(store, action, at);
    else if (action.does === 'letGo') {
      const [mutation, hold] = [this.#mutations[action.nth] ?? 0, this.#holds[action.held] ?? at];
      const lookAt = time(this.#now + action.lookIn);
      await store.letGo(mutation, hold, lookAt);
      this.#journal.letGo(mutation, hold, lookAt);
    } else if (action.does === 'takeLeft') {
      await this.#takeLeft(store, action, at);
    } else {
      const before = time(this.#now - action.ago);
      expect(await store.forgetWritesBefore(before)).toBe(this.#journal.forgetBefore(before));
    }
  }

  async #takeLeft(store: Store, { most, nth, unknownFor, hold, latest }: Action & { does: 'takeLeft' }, at: Date) {
    const [latestHold, latestLook] = [time(this.#now + latest), time(this.#now + latest)];
    const due = { now: at, latestHold, latestLook, unknownSince: time(this.#now - unknownFor) };
    const left = this.#journal.left(due);
    expect(await store.leftMutations(due, most)).toEqual(left.slice(0, most));
    const [mutation, until] = [left[0] ?? this.#mutations[nth] ?? 0, this.#hold(hold)];
    expect(await store.takeLeft(mutation, due, until)).toBe(this.#journal.takeLeft(mutation, due, until));
  }

  #hold(ms: number): Date {
    const until = time(this.#now + ms);
    this.#holds.unshift(until);
    return until;
  }

  async #begin(
    store: Store,
    { caller, kind, key, input, hold, latest }: Action & { does: 'begin' },
    at: Date,
  ): Promise<void> {
    const latestHold = time(this.#now + latest);
    const mutation = { caller, kind, key, input, at, latestHold, heldUntil: this.#hold(hold) };
    const begun = await store.beginMutation(mutation);
    const id = begun.state === 'NEW' ? begun.mutation : 0;
    expect(begun).toEqual(this.#journal.begin(mutation, id));
    if (begun.state !== 'NEW') return;
    // No number is given out again.
    expect(id).toBeGreaterThan(Math.max(0, ...this.#mutations));
    this.#mutations.unshift(id);
  }

  async #intend(store: Store, { nth, held, providers }: Action & { does: 'intend' }, at: Date): Promise<void> {
    const [mutation, hold] = [this.#mutations[nth] ?? 0, this.#holds[held] ?? at];
    const writes = providers.map((provider) => ({
      provider,
      providerId: null,
      customer: null,
      fields: [],
      content: CONTENT,
    }));
    const ids = await store.intend(mutation, hold, writes, at);
    expect(ids?.length).toBe(this.#journal.isHeld(mutation, hold) ? providers.length : undefined);
    const kept = (ids ?? []).map((id, index) => ({ id, provider: providers[index] ?? '' }));
    this.#journal.intend(mutation, kept, at);
    for (const { id } of kept) {
      expect(id).toBeGreaterThan(Math.max(0, ...this.#writes));
      this.#writes.unshift(id);
    }
  }

  async #take(store: Store, id: number): Promise<void> {
    const isTaken = await store.takeToSend(id, null);
    expect(isTaken).toBe(this.#journal.take(id));
    if (!isTaken) return;
    // Whatever else has happened: nobody may ever send it again.
    expect(this.#taken).not.toContain(id);
    this.#taken.add(id);
  }

  async #note(store: Store, id: number): Promise<void> {
    // Only who has sent it notes, once.
    if (this.#journal.write(id)?.noted) return;
    await store.noteAnswer(id, '{"noted":1}');
    this.#journal.note(id, '{"noted":1}');
  }

  async #settle(store: Store, action: Action & { does: 'settle' }, at: Date): Promise<void> {
    const { nths, state, from, freesKey, rest } = action;
    const ids = nths.flatMap((each) => this.#writes[each] ?? []);
    const settlement = {
      ...{ at, request: 'a request', records: [], changes: [], freesKey, ...(rest !== undefined && { rest }) },
      writes: ids.map((id) => ({
        id,
        state,
        ...(from && { from }),
        providerId: `made ${id}`,
        result: `{"at":${this.#now}}`,
      })),
    };
    await store.settle(settlement);
    this.#journal.settle(settlement);
  }

  /** Everything, by either connection. */
  async compare(): Promise<void> {
    const [store, other] = this.#stores;
    for (const id of this.#mutations) {
      const model = this.#journal.mutation(id);
      const kept = (model?.writes ?? []).map(({ hasContent, ...write }) => ({
        ...write,
        content: hasContent ? CONTENT : '{}',
      }));
      expect(await store.writesOf(id)).toMatchObject(kept);
      expect(await store.writesOf(id)).toHaveLength(model?.writes.length ?? 0);
      expect(await other.restOf(id)).toBe(model?.rest ?? null);
    }
    const all = this.#journal.mutations.flatMap(({ writes }) => writes);
    for (const state of STATES) {
      const ids = all.filter((write) => write.state === state).map(({ id }) => id);
      expect(await other.countWrites(state)).toBe(ids.length);
      expect((await other.writesIn([state], 2)).map(({ id }) => id)).toEqual(ids.toSorted((a, b) => b - a).slice(0, 2));
    }
    await this.#compareKeys(other);
  }

  /** Whose keys are free, and whose are not. */
  async #compareKeys(store: Store): Promise<void> {
    for (const caller of CALLERS)
      for (const key of KEYS)
        await this.#begin(
          store,
          { does: 'begin', who: 0, caller, key, kind: 'CREATE', input: 'x', hold: 1, latest: 8 },
          time(this.#now),
        );
  }

  async close(): Promise<void> {
    for (const store of this.#stores) await store.close();
  }
}
