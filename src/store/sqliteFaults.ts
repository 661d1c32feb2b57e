import { GatewayError } from '../errors.ts';

/** SQLite's result codes that say that the file can't be had, and what to do (https://sqlite.org/rescode.html). */
const FAULTS: Readonly<Record<number, string>> = {
  5: 'is being written to by another process, for long. Try again in a moment',
  6: 'is locked by another process. Try again in a moment',
  8: 'may only be read: give it back its file, or the right to write it',
  10: 'can’t be read or written: look at its disk',
  11: 'is damaged: put it back from a backup',
  13: 'has no room left: its disk is full',
  14: 'can’t be opened: look at its folder',
  26: 'is damaged: put it back from a backup',
};

/** The primary one; the other bits tell more of it. */
const PRIMARY = 0xff;

export const isBusy = (thrown: unknown): boolean => codeOf(thrown) === 5;

function codeOf(thrown: unknown): number | null {
  return thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number'
    ? thrown.errcode & PRIMARY
    : null;
}

/** What keeps the file from being used is nobody's fault who asks; all else is a fault of ours. */
export function inOurWords(thrown: unknown): unknown {
  const fault = FAULTS[codeOf(thrown) ?? -1];
  if (fault === undefined) return thrown;
  const message = `The gateway’s own database ${fault}. Nothing of this was kept.`;
  return new GatewayError('UNAVAILABLE', message, { retryable: true, retryAfterMs: 1_000, cause: thrown });
}
