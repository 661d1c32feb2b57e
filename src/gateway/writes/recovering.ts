import type { Due } from '../../store/leftMutations.ts';
import type { KeptWrite } from '../../store/writes.ts';
import type { Gateway } from '../gateway.ts';
import { Operation } from '../operation.ts';
import { readState } from '../sync/state.ts';
import { endOfHold, latestHold } from './journal.ts';
import { wasTooLong } from './line.ts';
import { recovered } from './recovery.ts';
import { holdMs, watchWrites } from './watch.ts';

/**
 * Settles by itself what other processes have left behind, this one before it was started again, and what a living one does
 * not know: a write is looked for at once, when its provider can't be at it any more, and then less and less often.
 */

/** How often it is looked whether there is anything to look for. */
const EVERY_MS = 5_000;

/** So long a write is looked for; then a person may, or whoever repeats it. */
const LOOKED_FOR_MS = 60 * 60 * 1_000;

/** And never so long not. */
const latestLookMs = ({ deadlineMs }: Gateway): number => Math.max(LOOKED_FOR_MS / 4, holdMs(deadlineMs));

/** Listings for looks take at most a quarter of the time. */
const REST = 3;

/** No caller's request has a space in its id. */
const RECOVERY = 'clientele recovery';

/** @returns ends it; a listing that is under way has to be ended by the gateway's sync */
export function keepRecovering(gateway: Gateway, everyMs: number = EVERY_MS): () => Promise<void> {
  let watching: Promise<void> | null = null;
  let running: Promise<void> | null = null;
  let isEnding = false;
  let isOver = false;
  const listings = new Map<string, Promise<void>>();
  const unforeseen = (thrown: unknown): void => gateway.unforeseen(thrown, RECOVERY);
  const run = (): void => {
    if (isEnding) return;
    running ??= recoverLeft(gateway, list, () => isOver)
      .catch(unforeseen)
      .finally(() => {
        running = null;
      });
  };
  /** Looks may take long: who is gone is seen all the same. */
  const watchAndRun = (): void => {
    watching ??= watchAll(gateway)
      .catch(unforeseen)
      .finally(() => {
        watching = null;
      });
    run();
  };
  /** Nobody waits for a listing: when it is there, it is looked again. */
  const list = (provider: string): void => {
    if (listings.has(provider) || isEnding) return;
    const listing = listIfRested(gateway, provider).catch(unforeseen);
    const behind = listing.then((isNew) => {
      listings.delete(provider);
      if (isNew) run();
    });
    listings.set(provider, behind);
  };
  watchAndRun();
  const timer = setInterval(watchAndRun, everyMs).unref();
  return async () => {
    isEnding = true;
    clearInterval(timer);
    // What is left by then is for the next gateway.
    const end = setTimeout(() => {
      isOver = true;
    }, gateway.deadlineMs);
    await Promise.all([watching, running, ...listings.values()]);
    clearTimeout(end);
  };
}

/** Of more who stand in line, the others are watched when these are gone. */
const MOST_IN_LINE = 1_000;

/** Whoever was killed stands in line before others, who are not to find out only when they come. */
async function watchAll(gateway: Gateway): Promise<void> {
  const { store, watch } = gateway;
  await watchWrites(store, watch);
  const everybody = await store.everybodyInLine(MOST_IN_LINE);
  watch.seeLine(everybody);
  for (const each of everybody) if (wasTooLong(gateway, each)) await store.putOut(each.place);
}

/** @returns whether there is a new listing */
async function listIfRested({ store, sync, clock }: Gateway, provider: string): Promise<boolean> {
  const { complete: last } = readState(await store.syncState(provider));
  // It may have ended in the future: before the machine's clock was set back.
  if (last && Math.abs(clock.now() - last.finishedAt) < REST * (last.finishedAt - last.startedAt)) return false;
  return (await sync.run(provider)).state === 'COMPLETE';
}

/** What a provider that is away keeps waiting, does not keep all of the others waiting. */
const AT_ONCE = 4;

/** Of more that are left, the others are for the next pass. */
const MOST_LEFT = 10_000;

async function recoverLeft(gateway: Gateway, list: (provider: string) => void, isOver: () => boolean): Promise<void> {
  const startedAt = gateway.clock.now();
  const left = [...(await gateway.store.leftMutations(dueNow(gateway), MOST_LEFT))].reverse();
  const next = (): number | undefined => (isOver() ? undefined : left.pop());
  await Promise.all(Array.from({ length: AT_ONCE }, () => recoverSome(gateway, { startedAt, list, next })));
}

/** A pass may take longer than any hold: what can be by now is asked for each time. */
function dueNow(gateway: Gateway): Due {
  const now = gateway.clock.now();
  return {
    ...{ now: new Date(now), latestHold: latestHold(gateway) },
    ...{ latestLook: new Date(now + latestLookMs(gateway)), unknownSince: new Date(now - LOOKED_FOR_MS) },
  };
}

interface Pass {
  readonly startedAt: number;
  readonly list: (provider: string) => void;
  /** Gives each mutation once; undefined: there is no other. */
  readonly next: () => number | undefined;
}

/** One after the other, until nothing is left that was to be looked for when the pass began. */
async function recoverSome(gateway: Gateway, { startedAt, list, next }: Pass): Promise<void> {
  const { store } = gateway;
  for (let mutation = next(); mutation !== undefined; mutation = next()) {
    // Each has an operation's time.
    const operation = new Operation(gateway, { name: 'clientele', loggedAs: 'clientele', scopes: new Set() }, RECOVERY);
    const heldUntil = endOfHold(operation);
    try {
      if (!(await store.takeLeft(mutation, dueNow(gateway), heldUntil))) continue;
      let isSoon = false;
      const writes = await recovered(operation, mutation, await store.writesOf(mutation), {
        isRepeated: false,
        again() {
          isSoon = true;
        },
        list(provider) {
          isSoon = true;
          list(provider);
        },
      });
      await store.letGo(mutation, heldUntil, isSoon ? new Date(startedAt + 1) : nextLook(gateway, writes, startedAt));
    } catch (thrown) {
      // It is looked for again when this hold is over; the others are not kept waiting by it.
      gateway.unforeseen(thrown, RECOVERY);
    }
  }
}

/** @returns undefined: there is nothing to look for any more */
function nextLook(gateway: Gateway, writes: readonly KeptWrite[], now: number): Date | undefined {
  const open = writes.filter(({ state }) => state === 'SENT' || state === 'UNKNOWN');
  const looks = open.map((write) => {
    const lateAt = Math.ceil(gateway.watch.lateAt(write));
    // One that was begun in the future was so before the machine's clock was set back.
    const ageMs = Math.abs(now - write.begunAt.getTime());
    return now < lateAt ? lateAt : now + Math.min(Math.ceil(ageMs / 4), latestLookMs(gateway));
  });
  return open.length === 0 ? undefined : new Date(Math.min(...looks));
}
