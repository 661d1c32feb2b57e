import type { Member } from '../gateway.ts';
import { NO_COUNTS, type Run, type State } from './state.ts';

/** How long what a run has listed may be gone on from, and how often everything is listed at the least. */
const DAY_MS = 86_400_000;

/** Changes are asked for from a little before the last run began: clocks differ. */
const OVERLAP_MS = 5 * 60_000;

/** What is to be done next: going on with a run that did not come to its end, what changed since the last, or everything. */
export function planned(member: Member, { run, complete, whole }: State, now: number, full: boolean): Run {
  const isRecent = (startedAt: number): boolean => Math.abs(now - startedAt) < DAY_MS;
  if (!full && run && run.state !== 'COMPLETE' && run.mark !== null && isRecent(run.startedAt))
    return { ...run, state: 'RUNNING', finishedAt: null, problem: null };
  const isNative = member.provider.capabilities.CHANGED_SINCE.support === 'NATIVE';
  const changes = !full && isNative && complete !== null && whole !== null && isRecent(whole.startedAt);
  return {
    kind: changes ? 'CHANGES' : 'FULL',
    state: 'RUNNING',
    startedAt: now,
    finishedAt: null,
    since: changes ? Math.max(0, Math.min(complete.startedAt, now) - OVERLAP_MS) : null,
    mark: null,
    pages: 0,
    counts: NO_COUNTS,
    problem: null,
    heldUntil: now,
  };
}
