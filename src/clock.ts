/** Every moment and every wait is read from here, so that a test can hold the time in its hand. */
export interface Clock {
  /** Milliseconds since the epoch: for what is told and stored. */
  now(): number;
  /** Milliseconds on a clock that is never set back: for durations and deadlines. */
  elapsed(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
};
