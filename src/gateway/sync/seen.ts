import { z } from 'zod';
import type { SyncStates } from '../../store/syncStates.ts';
import { Places } from './places.ts';

/**
 * The records that a whole listing has had, over all the runs that it takes. Kept beside the state of the sync, which is read
 * with every list of customers and has to stay short; written down behind every so many records, so that who goes on after a
 * crash takes a few for not seen that were. Those are asked for by id, and found.
 */
export interface Seen {
  /** When the listing began, which tells one from another. */
  readonly startedAt: number;
  /** The place of the record that was known last then. */
  readonly last: number;
  readonly places: Places;
}

/** So many records may be listed before what was seen is written down. */
export const UNSAVED = 1_000;

/** Where more than so many records are not told of, nobody can say what the listing left out. */
const MOST_LOST = 2 * UNSAVED;

const count = z.int().nonnegative();
const kept = z.object({ startedAt: count, last: count, listed: count, places: z.string() });

/** Beside the provider's own state: no provider's id has a space. */
const nameOf = (provider: string): string => `${provider} seen`;

/** @param listed how many records the listing has had by then */
export async function saveSeen(store: SyncStates, provider: string, seen: Seen, listed: number): Promise<void> {
  const { startedAt, last, places } = seen;
  const state: z.infer<typeof kept> = { startedAt, last, listed, places: await places.toText() };
  await store.saveSync(nameOf(provider), state);
}

/**
 * @param startedAt of the listing
 * @param listed how many records it has had
 * @returns null: what it has seen is not known
 */
export async function readSeen(
  store: SyncStates,
  provider: string,
  startedAt: number,
  listed: number,
): Promise<Seen | null> {
  const read = kept.safeParse(await store.syncState(nameOf(provider)));
  if (!read.success || read.data.startedAt !== startedAt || listed - read.data.listed > MOST_LOST) return null;
  try {
    return { startedAt, last: read.data.last, places: await Places.fromText(read.data.places) };
  } catch {
    return null;
  }
}
