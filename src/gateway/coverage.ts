import type { Member } from './gateway.ts';
import type { Operation } from './operation.ts';
import { notConfigured } from './reading.ts';

export type SearchExtent = 'COMPLETE' | 'PARTIAL' | 'KNOWN_ONLY' | 'FAILED' | 'NOT_CONFIGURED';

/** How far one provider was searched: empty is not the same as not searched. */
export interface Coverage {
  readonly member: Member;
  readonly extent: SearchExtent;
  /** Known of the provider. */
  readonly records: number | null;
  /** When the listing began that the directory's copy is of, or the provider's own search was asked. */
  readonly asOf: Date | null;
  readonly reason: string | null;
}

const covered = (member: Member, extent: SearchExtent, reason: string | null): Coverage => ({
  ...{ member, extent, reason, records: null, asOf: null },
});

/** How far the directory knows a provider's customers. */
export async function coverageOf(operation: Operation, member: Member): Promise<Coverage> {
  if (!member.connection) return covered(member, 'NOT_CONFIGURED', notConfigured(member).message);
  const { support, note = null } = member.provider.capabilities.LIST;
  const known = await operation.gateway.sync.coverageOf(member.id);
  if (support !== 'NATIVE' || !known)
    return { ...covered(member, 'KNOWN_ONLY', note), records: await operation.gateway.store.count(member.id) };
  const records = await known.records();
  if (known.isListed) return { ...covered(member, 'COMPLETE', null), records, asOf: known.asOf };
  if (known.problem && records === 0) return { ...covered(member, 'FAILED', known.problem.message), records };
  const reason = known.problem?.message ?? 'Not all of its customers have been copied yet. Ask again in a while.';
  return { ...covered(member, 'PARTIAL', reason), records };
}

/** The same after a provider's own search was asked, which knows all of its customers. */
export const searchedItself = (coverage: Coverage, asOf: Date): Coverage => ({
  ...coverage,
  ...{ extent: 'COMPLETE', asOf, reason: 'Its own search was asked.' },
});

export const searchFailed = (coverage: Coverage, message: string): Coverage => ({
  ...coverage,
  ...{ extent: coverage.extent === 'COMPLETE' ? 'COMPLETE' : (coverage.records ?? 0) > 0 ? 'PARTIAL' : 'FAILED' },
  reason: message,
});
