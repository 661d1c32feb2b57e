import type { Clock } from '../../clock.ts';
import type { ChangeLog } from '../../store/changes.ts';

/** For how long who was away may come back and miss nothing. */
const KEPT_MS = 24 * 60 * 60 * 1_000;
const FIRST_MS = 60 * 1_000;
const EVERY_MS = 60 * 60 * 1_000;

const forgetOldChanges = (store: Pick<ChangeLog, 'forgetChangesBefore'>, clock: Clock): Promise<void> =>
  store.forgetChangesBefore(new Date(clock.now() - KEPT_MS));

/** Does so every hour, and soon after the start: some processes never live for an hour. @returns ends it */
export function keepForgetting(
  store: Pick<ChangeLog, 'forgetChangesBefore'>,
  clock: Clock,
  failed: (error: unknown) => void,
): () => void {
  let timer: NodeJS.Timeout;
  const after = (ms: number): void => {
    timer = setTimeout(() => {
      forgetOldChanges(store, clock).catch(failed);
      after(EVERY_MS);
    }, ms).unref();
  };
  after(FIRST_MS);
  return () => clearTimeout(timer);
}
