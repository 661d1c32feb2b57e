import type { Member } from './gateway.ts';
import type { Operation } from './operation.ts';
import { notConfigured } from './reading.ts';

export type SearchExtent = 'COMPLETE' | 'PARTIAL' | 'KNOWN_ONLY' | 'FAILED' | 'NOT_CONFIGURED';

/** How far one provider was searched: empty is not the same as not searched. */
export interface Coverage {
  readonly member: Member;
  readonly extent: SearchExtent;
  /** Known of the provider: counted for those who ask for it. */
  readonly records: () => Promise<number | null>;
  /** When the listing began that the directory's copy is of, or the provider's own search was asked. */
  readonly asOf: Date | null;
  readonly reason: string | null;
}

const SOON = 'Ask again in a while.';
/** For whoever runs this gateway: SYNC_INTERVAL is 0. */
const TO_DO = 'This gateway copies nothing by itself: run clientele sync.';

/** How far the directory knows a provider's customers. */
export async function coverageOf(operation: Operation, member: Member): Promise<Coverage> {
  const { gateway } = operation;
  const { id, connection, provider } = member;
  const covered = (extent: SearchExtent, reason: string | null): Coverage => ({
    ...{ member, extent, reason, asOf: null },
    records: () => operation.once(`count ${id}`, async () => (connection ? gateway.store.count(id) : null)),
  });
  if (!connection) return covered('NOT_CONFIGURED', notConfigured(member).message);
  const { support, note = null } = provider.capabilities.LIST;
  const known = await gateway.sync.coverageOf(id);
  if (support !== 'NATIVE' || !known) return covered('KNOWN_ONLY', note);
  if (known.isListed) return { ...covered('COMPLETE', null), asOf: known.asOf };
  if (!known.problem) {
    const isComing = gateway.sync.runsByItself || known.state === 'RUNNING';
    return covered('PARTIAL', `Not all of its customers have been copied yet. ${isComing ? SOON : TO_DO}`);
  }
  const isAnyKnown = (await gateway.store.page(id, 0, 1)).length > 0;
  return covered(isAnyKnown ? 'PARTIAL' : 'FAILED', known.problem.message);
}

/** The same after a provider's own search was asked, which knows all of its customers. */
export const searchedItself = (coverage: Coverage, asOf: Date): Coverage => ({
  ...coverage,
  ...{ extent: 'COMPLETE', asOf, reason: 'Its own search was asked.' },
});

/** The same where it found more than are taken at once: whoever is left out is listed only where the directory has them. */
export const searchedInPart = (coverage: Coverage, taken: number): Coverage => ({
  ...coverage,
  ...{ extent: 'PARTIAL', asOf: null },
  reason: `Its own search finds more than ${taken} customers, of which the first ${taken} were taken: say more in the filter.`,
});

/** The same after that went wrong: who is known may be found all the same, unless only that search can tell. */
export async function searchFailed(coverage: Coverage, message: string, isAllThereIs: boolean): Promise<Coverage> {
  const isAnySearched = !isAllThereIs && ((await coverage.records()) ?? 0) > 0;
  return { ...coverage, ...{ extent: isAnySearched ? 'PARTIAL' : 'FAILED', asOf: null, reason: message } };
}
