import { parseExact } from '../../http/exactJson.ts';
import type { Ids, RecordKey } from '../../ids/ids.ts';
import type { Store } from '../../store/store.ts';

/**
 * All that is held on a customer, as JSON for a person to read and a machine to take: the answer to a request for access
 * (GDPR, article 15) as far as this gateway goes. What the providers hold beyond their copies is theirs to tell.
 * @returns null where nothing is known of it
 */
export async function exportCustomer(
  store: Store,
  ids: Ids,
  customer: RecordKey,
  at: Date,
): Promise<Record<string, unknown> | null> {
  const [{ records, changes, writes }, links] = await Promise.all([store.heldOn(customer), store.linksOf(customer)]);
  const [first] = records;
  if (!first) return null;
  const idOf = (kind: 'customer' | 'record', { provider, providerId }: RecordKey): string =>
    ids.seal({ kind, provider, providerId });
  return {
    exportedAt: at,
    customer: {
      id: idOf('customer', first.record.customer),
      formerIds: records.flatMap(({ record }) => (record.absorbedAt ? [idOf('customer', record)] : [])),
    },
    records: records.map(({ record, copy }) => ({
      id: idOf('record', record),
      provider: record.provider,
      providerId: record.providerId,
      fetchedAt: record.fetchedAt,
      changedSeenAt: record.changedSeenAt,
      missingSince: record.missingSince,
      erasedAt: record.erasedAt,
      profile: copy && JSON.parse(copy.profile),
      raw: copy && parseExact(copy.raw),
      foundBy: copy && { terms: copy.terms, words: copy.words },
      lastSent: record.remembered,
      lastSentAt: record.rememberedAt,
      codeSentAt: record.codeSentAt,
    })),
    links: links.map(({ rule, evidence, at: linkedAt, by, records: linked }) => ({
      ...{ rule, evidence, linkedAt, linkedBy: by },
      records: linked.map((record) => idOf('record', record)),
    })),
    changes,
    writes: writes.map(({ id, caller, kind, provider, fields, state, content, result, begunAt, settledAt }) => ({
      ...{ id, caller, kind, provider, fields, state, begunAt, settledAt },
      content: JSON.parse(content),
      result: result === null ? null : JSON.parse(result),
    })),
  };
}
