import type { Member } from '../gateway.ts';
import { NO_COUNTS, type Run, type State, type Whole } from './state.ts';

/** How often everything is listed at the least. */
const FULL_EVERY_MS = 86_400_000;

/** A listing that takes days must leave as many for what changes meanwhile. */
const fullAfter = ({ startedAt, finishedAt }: Whole): number => Math.max(FULL_EVERY_MS, 2 * (finishedAt - startedAt));

/** How long a run may be gone on with: a large listing within small limits takes days. */
const RESUMED_FOR_MS = 7 * FULL_EVERY_MS;

/** Changes are asked for from a little before the last run began: clocks differ. */
const OVERLAP_MS = 5 * 60_000;

/** What is to be done next: going on with a run that did not come to its end, what changed since the last, or everything. */
export function planned(
  member: Member,
  { run, complete, whole }: State,
  { now, lateTo }: { readonly now: number; readonly lateTo: number },
  full: boolean,
): Run {
  const isWithin = (startedAt: number, ms: number): boolean => Math.abs(now - startedAt) < ms;
  if (!full && run && run.state !== 'COMPLETE' && run.mark !== null && isWithin(run.startedAt, RESUMED_FOR_MS))
    return { ...run, state: 'RUNNING', finishedAt: null, problem: null };
  const isNative = member.provider.capabilities.CHANGED_SINCE.support === 'NATIVE';
  const isOwed = run?.kind === 'FULL' && !run.isListed;
  const changes =
    !full &&
    !isOwed &&
    isNative &&
    complete !== null &&
    whole !== null &&
    isWithin(whole.startedAt, fullAfter(whole)) &&
    complete.startedAt <= now;
  return {
    kind: changes ? 'CHANGES' : 'FULL',
    state: 'RUNNING',
    ...{ startedAt: now, lateTo },
    finishedAt: null,
    since: changes ? Math.max(0, complete.startedAt - OVERLAP_MS) : null,
    mark: null,
    pages: 0,
    isListed: false,
    counts: NO_COUNTS,
    problem: null,
    heldUntil: now,
  };
}
