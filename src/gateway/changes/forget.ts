import type { Clock } from '../../clock.ts';
import type { ChangeLog } from '../../store/changes.ts';
import type { WriteLog } from '../../store/writes.ts';

type Log = Pick<ChangeLog, 'forgetChangesBefore'> & Pick<WriteLog, 'forgetWritesBefore'>;

const DAY_MS = 24 * 60 * 60 * 1_000;
/** For how long who was away may come back and miss nothing. */
const CHANGES_KEPT_MS = DAY_MS;
/** For how long a key is remembered, and a write that is settled can be asked for. */
const WRITES_KEPT_MS = 7 * DAY_MS;
const FIRST_MS = 60 * 1_000;
const EVERY_MS = 60 * 60 * 1_000;

async function forgetWhatIsOld(store: Log, clock: Clock): Promise<void> {
  await store.forgetChangesBefore(new Date(clock.now() - CHANGES_KEPT_MS));
  const writesBefore = new Date(clock.now() - WRITES_KEPT_MS);
  // Some at a time: nobody waits for all.
  while ((await store.forgetWritesBefore(writesBefore)) > 0);
}

/** Does so every hour, and soon after the start: some processes never live for an hour. @returns ends it */
export function keepForgetting(store: Log, clock: Clock, failed: (error: unknown) => void): () => void {
  let timer: NodeJS.Timeout;
  const after = (ms: number): void => {
    timer = setTimeout(() => {
      forgetWhatIsOld(store, clock).catch(failed);
      after(EVERY_MS);
    }, ms).unref();
  };
  after(FIRST_MS);
  return () => clearTimeout(timer);
}
