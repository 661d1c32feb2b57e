import { z } from 'zod';
import { type ErrorCode, GatewayError } from '../../errors.ts';
import type { KeptCopy } from '../../store/store.ts';

/** What is remembered of copying a provider's listing: kept in the store as JSON, and read back with distrust. */

const moment = z.int().nonnegative();

const counts = z.object({
  /** Records as they were listed; one that was listed twice counts twice. */
  seen: moment,
  added: moment,
  changed: moment,
  unchanged: moment,
  /** Known by their key alone, since their customer was erased: nothing of them is kept. */
  erased: moment,
  missing: moment,
});

const problem = z.object({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  retryAfterMs: z.number().optional(),
});

const run = z.object({
  /** CHANGES asks only for what changed; FULL lists everything. */
  kind: z.enum(['FULL', 'CHANGES']),
  /** STOPPED: by whoever ran it, before the end. */
  state: z.enum(['RUNNING', 'COMPLETE', 'FAILED', 'STOPPED']),
  startedAt: moment,
  /** The last write that could not come any more when it began, as none before it could: it shows what they have made. */
  lateTo: z.int().nonnegative(),
  finishedAt: moment.nullable(),
  /** Since when changes are asked for; null in a FULL run. */
  since: moment.nullable(),
  /** The page to go on with; null: the first. */
  mark: z.string().nullable(),
  pages: moment,
  /** The listing has come to its end; what it left out may still have to be looked for. */
  isListed: z.boolean(),
  counts,
  problem: problem.nullable(),
  /** Until when whoever runs it has the right to. Past it, a RUNNING one was cut off. */
  heldUntil: moment,
});

const span = run.pick({ startedAt: true, lateTo: true }).extend({ finishedAt: moment });

/** A listing of everything that came to its end, however many runs it took. */
const whole = span.extend({
  /** How many records it had, and in how many pages; 0: that was not written down yet. */
  listed: moment,
  pages: moment.default(0),
  /** What it left out was looked for, or can't be: nobody knows what it had. */
  isSought: z.boolean(),
});

const state = z.object({
  run: run.nullable(),
  /** The last run that came to the end, of either kind; the first of them listed everything. */
  complete: span.nullable(),
  /** The last one. */
  whole: whole.nullable(),
  /** The place up to which records that a listing left out were looked for, where one run did not come to the end. */
  soughtTo: moment,
  /** Calls lately made, by window: when each piece of it began, and how many. */
  calls: z.record(z.string(), z.array(z.tuple([moment, moment]))),
});

export type Counts = z.infer<typeof counts>;
export type Problem = z.infer<typeof problem>;
export type Run = z.infer<typeof run>;
export type Whole = z.infer<typeof whole>;
export type State = z.infer<typeof state>;

const NOTHING: State = { run: null, complete: null, whole: null, soughtTo: 0, calls: {} };

export const NO_COUNTS: Counts = { seen: 0, added: 0, changed: 0, unchanged: 0, erased: 0, missing: 0 };

/** What can't be read was written by another version: listing everything anew costs calls, and nothing else. */
export function readState(json: unknown): State {
  const read = state.safeParse(json);
  return read.success ? read.data : NOTHING;
}

/** How long the right to sync a provider is held for. */
export const HELD_MS = 60_000;

/** Where the clock was set back, nobody knows of a hold how old it is: as the store has it, twice as long is too long. */
export const isRunning = (run: Run | null, now: number): boolean =>
  run?.state === 'RUNNING' && run.heldUntil > now && run.heldUntil <= now + 2 * HELD_MS;

export const toProblem = ({ code, message, retryable, retryAfterMs }: GatewayError): Problem => ({
  ...{ code, message, retryable },
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

/** Only what `toProblem` made is ever kept. */
export const toError = ({ code, message, retryable, retryAfterMs }: Problem, provider: string): GatewayError =>
  new GatewayError(code as ErrorCode, message, { provider, retryable, retryAfterMs });

/** What is told of a run that ended without a word, or was stopped. */
export const INTERRUPTED: Problem = {
  code: 'UNAVAILABLE',
  message: 'The last run was interrupted before its end. The next one goes on from where it was.',
  retryable: true,
};

const BECAME = {
  ADDED: 'added',
  CHANGED: 'changed',
  UNCHANGED: 'unchanged',
  ERASED: 'erased',
} as const satisfies Record<KeptCopy['became'], keyof Counts>;

/** What became of some records. */
export function countOf(kept: readonly KeptCopy[]): Counts {
  const counts = { ...NO_COUNTS, seen: kept.length };
  for (const { became } of kept) counts[BECAME[became]] += 1;
  return counts;
}

export const sum = (before: Counts, own: Counts): Counts => ({
  seen: before.seen + own.seen,
  added: before.added + own.added,
  changed: before.changed + own.changed,
  unchanged: before.unchanged + own.unchanged,
  erased: before.erased + own.erased,
  missing: before.missing + own.missing,
});
