import { GatewayError } from '../errors.ts';
import type { Operation } from './operation.ts';
import type { ProviderRecord } from './record.ts';

/**
 * What metrics and whoever traces an operation are told of its reads: calls tell of themselves, but not of who waits for another
 * operation's, and nothing else tells of answers that took none.
 */

type Read = ProviderRecord | null | Error;

/** Tells where answers for records came from that were asked for together; a trace is not, where calls tell of them all. */
export function toldReads(operation: Operation, provider: string, reads: Promise<Read[]>): Promise<Read[]> {
  const { clock, answered } = operation.gateway;
  const { trace } = operation.limits;
  const startedAt = clock.elapsed();
  return reads.then((all) => {
    const from = sources(all);
    answered(provider, from);
    const attributes = { provider, asked: all.length, ...from };
    if (trace && from.live < all.length)
      trace.add({ name: 'read records', startedAt, endedAt: clock.elapsed(), attributes });
    return all;
  });
}

/** Tells of a wait for what another operation reads. */
export function tracedWait<Answer>(operation: Operation, provider: string, reading: Promise<Answer>): Promise<Answer> {
  const { trace } = operation.limits;
  if (!trace) return reading;
  const { clock } = operation.gateway;
  const startedAt = clock.elapsed();
  const over = (failed: { readonly failed?: string }): void =>
    trace.add({ name: 'shared read', startedAt, endedAt: clock.elapsed(), attributes: { provider }, ...failed });
  reading.then(
    () => over({}),
    (thrown: unknown) => over(thrown instanceof GatewayError ? { failed: thrown.code } : {}),
  );
  return reading;
}

/** How many records were asked for, held from a moment ago, copies, or could not be had. */
export type Sources = Readonly<Record<'live' | 'cached' | 'copies' | 'failed', number>>;

function sources(all: readonly Read[]): Sources {
  const count = { live: 0, cached: 0, copies: 0, failed: 0 };
  for (const each of all) {
    if (each instanceof Error) count.failed++;
    else if (each === null || each.servedFrom === 'LIVE') count.live++;
    else if (each.servedFrom === 'CACHE') count.cached++;
    else count.copies++;
  }
  return count;
}
