import type { RecordKey } from '../../ids/ids.ts';
import type { CodesAsked } from '../../store/codes.ts';
import type { Store } from '../../store/store.ts';
import type { Member } from '../gateway.ts';
import type { Operation } from '../operation.ts';
import type { ProviderRecord } from '../record.ts';
import { type WriteError, writeError } from './outcome.ts';

/**
 * Guards what a confirmation code protects. Both count in the store, before anything is sent and whatever comes of it, so that
 * they hold over all processes, and where the store is away nothing is sent.
 */

/** Why it must not be sent; or what to do where it never left. */
export type Guarded = { readonly error: WriteError } | { giveBack(): Promise<void> };

/** Of the million codes of six digits, so many may be tried of each that was sent. */
const MOST_GUESSES = 5;

/** Counts a guess of the code that was sent last. */
export async function takeGuess(
  { gateway: { store } }: Operation,
  { member }: { readonly member: Member },
  record: ProviderRecord,
): Promise<Guarded> {
  const guess = await store.takeGuess(record.key, codeOf(record), MOST_GUESSES);
  if (guess) return { giveBack: () => store.giveGuessBack(record.key, guess) };
  const message = 'There were too many wrong codes. Have a new one sent.';
  return { error: writeError('TOO_MANY_ATTEMPTS', message, { field: ['confirmationToken'], member }) };
}

/** Which code it is: by when its provider says to have sent it. What it is silent about comes before all that it tells. */
const codeOf = ({ connection, wire }: ProviderRecord): number => connection.verification?.(wire).sentAt?.getTime() ?? 0;

const MINUTE_MS = 60_000;
/** Behind each code the next one has to wait twice as long, up to an hour; a quiet day begins anew. */
const LONGEST_PAUSE_MS = 60 * MINUTE_MS;
const QUIET_MS = 24 * 60 * MINUTE_MS;
/** So far ahead the clock of another process may be; what is noted beyond that, is of a clock that was set back. */
const AHEAD_MS = 5 * MINUTE_MS;

/** Counts a message to a person. */
export async function takeCode(
  { gateway: { store, clock } }: Operation,
  { member }: { readonly member: Member },
  { key }: ProviderRecord,
): Promise<Guarded> {
  const now = clock.now();
  const { asked, sentAt } = await lastCodes(store, key, now);
  const left = restsUntil(asked, sentAt) - now;
  if (left > 0) {
    const message = 'A code was sent a moment ago, and each is a message to a person. Wait before another one is sent.';
    const error = writeError('TOO_MANY_ATTEMPTS', message, { member });
    return { error: { ...error, retryable: true, retryAfterMs: left } };
  }
  const isQuiet = asked.at === null || now - asked.at.getTime() >= QUIET_MS;
  const noted = { at: new Date(now), count: isQuiet ? 1 : asked.count + 1 };
  await store.noteCodesAsked(key, noted);
  return { giveBack: () => store.giveCodeBack(key, noted, asked) };
}

/** When codes were asked for and sent. What lies ahead is taken to be of now, and is noted so: else it would rest until then. */
async function lastCodes(
  store: Store,
  key: RecordKey,
  now: number,
): Promise<{ readonly asked: CodesAsked; readonly sentAt: Date | null }> {
  const [known, asked] = await Promise.all([store.record(key), store.codesAsked(key)]);
  const isAhead = (at: Date | null): boolean => at !== null && at.getTime() > now + AHEAD_MS;
  const at = new Date(now);
  const last = { asked: isAhead(asked.at) ? { ...asked, at } : asked, sentAt: known?.codeSentAt ?? null };
  if (last.asked !== asked) await store.noteCodesAsked(key, last.asked);
  if (!isAhead(last.sentAt)) return last;
  await store.keep([{ key, customer: key, codeSentAt: at }]);
  return { ...last, sentAt: at };
}

/** @param sentAt the one that creating the customer has sent counts, too */
function restsUntil({ at, count }: CodesAsked, sentAt: Date | null): number {
  const pauseMs = Math.min(MINUTE_MS * 2 ** (count - 1), LONGEST_PAUSE_MS);
  return Math.max((at?.getTime() ?? 0) + pauseMs, (sentAt?.getTime() ?? 0) + MINUTE_MS);
}
