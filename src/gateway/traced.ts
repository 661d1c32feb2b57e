import { GatewayError } from '../errors.ts';
import type { Operation } from './operation.ts';
import type { ProviderRecord } from './record.ts';

/**
 * What only whoever traces an operation is told of its reads: calls tell of themselves, but not of who waits for another
 * operation's, and nothing else tells of answers that took none.
 */

type Read = ProviderRecord | null | Error;

/** Tells where answers for records came from that were asked for together, unless calls tell of them all. */
export function tracedReads(operation: Operation, provider: string, reads: Promise<Read[]>): Promise<Read[]> {
  const { trace } = operation.limits;
  if (!trace) return reads;
  const { clock } = operation.gateway;
  const startedAt = clock.elapsed();
  return reads.then((all) => {
    const from = sources(all);
    const attributes = { provider, asked: all.length, ...from };
    if (from.live < all.length) trace.add({ name: 'read records', startedAt, endedAt: clock.elapsed(), attributes });
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

function sources(all: readonly Read[]): Readonly<Record<'live' | 'cached' | 'copies' | 'failed', number>> {
  const count = { live: 0, cached: 0, copies: 0, failed: 0 };
  for (const each of all) {
    if (each instanceof Error) count.failed++;
    else if (each === null || each.servedFrom === 'LIVE') count.live++;
    else if (each.servedFrom === 'CACHE') count.cached++;
    else count.copies++;
  }
  return count;
}
