import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Store } from '../../store/store.ts';
import { HELD_MS, readState, type State } from './state.ts';

/** It is renewed long before it is over. */
const RENEWED_MS = 15_000;

/** No piece of work, and no wait, may take longer than this without a look at the journal. */
export const LONGEST_SILENCE_MS = HELD_MS - 2 * RENEWED_MS;

/** Somebody else has taken the right: this process was away for too long. */
export class LostHold extends Error {}

/** What is remembered of a provider's listing, held by one process at a time. */
export interface Journal {
  readonly state: State;
  /** Changes what is remembered. @throws LostHold */
  save(change: (state: State) => Partial<State>): Promise<void>;
  /** The same, to be written with what is saved next. */
  note(change: Partial<State>): void;
  /** Keeps the right to write here, where that is due. @throws LostHold */
  hold(): Promise<void>;
  release(): Promise<void>;
}

/** @returns null where somebody else holds it */
export async function openJournal(store: Store, provider: string, clock: Clock): Promise<Journal | null> {
  const holder = randomUUID();
  let heldAt = clock.now();
  if (!(await store.holdSync(provider, holder, new Date(heldAt), new Date(heldAt + HELD_MS)))) return null;
  let state = readState(await store.syncState(provider));
  // One after the other: what is written last must be what was saved last.
  let writing: Promise<void> = Promise.resolve();
  let released = false;
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = writing.then(() => (released ? undefined : work()));
    writing = turn.catch(() => undefined);
    return turn;
  };

  async function renewed(): Promise<boolean> {
    const now = clock.now();
    if (Math.abs(now - heldAt) < RENEWED_MS) return false;
    if (!(await store.holdSync(provider, holder, new Date(now), new Date(now + HELD_MS)))) throw new LostHold();
    heldAt = now;
    return true;
  }
  async function write(): Promise<void> {
    // Others can't see who holds it, so it stands here as well.
    if (state.run) state = { ...state, run: { ...state.run, heldUntil: heldAt + HELD_MS } };
    await store.saveSync(provider, state);
  }

  return {
    get state() {
      return state;
    },
    save: (change) =>
      inTurn(async () => {
        await renewed();
        state = { ...state, ...change(state) };
        await write();
      }),
    note(change) {
      state = { ...state, ...change };
    },
    hold: () =>
      inTurn(async () => {
        if (await renewed()) await write();
      }),
    release: () =>
      inTurn(async () => {
        released = true;
        await store.releaseSync(provider, holder);
      }),
  };
}
