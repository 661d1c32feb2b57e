import type { Clock } from '../../clock.ts';
import type { GatewayError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';
import type { Member } from '../gateway.ts';
import { INTERRUPTED, isRunning, type Run, readState, toError } from './state.ts';

/** IDLE: it never ran. */
export type SyncState = 'IDLE' | 'RUNNING' | 'COMPLETE' | 'FAILED';

/** What is held of a provider's listing, whoever copied it. */
export interface Coverage {
  /** Everything was listed at some time: every record that the provider had then is known. */
  readonly isListed: boolean;
  /** When the last complete run began: whatever happened at the provider later may not be known yet. */
  readonly asOf: Date | null;
  readonly state: SyncState;
  /** Of the run that `state` tells of. */
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly problem: GatewayError | null;
  /** How many of the provider's records are known. */
  records(): Promise<number>;
}

export async function coverageOf(store: Store, { id }: Member, clock: Clock): Promise<Coverage> {
  const { run, complete } = readState(await store.syncState(id));
  const state = stateOf(run, clock.now());
  const problem = state === 'FAILED' ? (run?.problem ?? INTERRUPTED) : null;
  return {
    isListed: complete !== null,
    asOf: toDate(complete?.startedAt),
    state,
    startedAt: toDate(run?.startedAt),
    finishedAt: toDate(state === 'RUNNING' ? null : run?.finishedAt),
    problem: problem && toError(problem, id),
    records: () => store.count(id),
  };
}

/** A run that was cut off or stopped did not do what it was there for. */
function stateOf(run: Run | null, now: number): SyncState {
  if (!run) return 'IDLE';
  if (isRunning(run, now)) return 'RUNNING';
  return run.state === 'COMPLETE' ? 'COMPLETE' : 'FAILED';
}

const toDate = (ms: number | null | undefined): Date | null => (typeof ms === 'number' ? new Date(ms) : null);
