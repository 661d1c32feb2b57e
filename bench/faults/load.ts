import { setTimeout as wait } from 'node:timers/promises';

/** Asks so often a second for so many seconds, whether or not what was asked before is answered; then waits for the rest. */
export async function byTheClock<Result>(
  aSecond: number,
  seconds: number,
  ask: (index: number) => Promise<Result>,
): Promise<Result[]> {
  const asked: Promise<Result>[] = [];
  const begun = performance.now();
  for (let passed = 0; passed < seconds; passed = (performance.now() - begun) / 1_000) {
    while (asked.length < aSecond * Math.min(seconds, passed)) asked.push(ask(asked.length));
    await wait(2);
  }
  return Promise.all(asked);
}

/** @param part 0.99: what 99 in 100 are below */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export const told = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
