import { forRows, forValues } from './batch.ts';
import type { Script } from './script.ts';
import type { CustomerSummary, Summarise } from './store.ts';
import { fact, providerTerm } from './terms.ts';

/**
 * The table `listed`: a small row for each record that can be listed, with what lists of its customer are sorted by. It says
 * the same for every record of a customer, so that many records are sorted without a look at anything else.
 */

export interface ListedRecord extends CustomerSummary {
  readonly record: number;
  readonly customer: number;
  readonly provider: string;
  /** Of the record's own terms. */
  readonly facts: string;
  /** When a record of the customer was last seen to change. */
  readonly changedAt: number | null;
}

export function* keepListed(records: readonly ListedRecord[]): Script<void> {
  yield* forRows(
    6,
    (rows) => `INSERT INTO listed (record, customer, facts, name, created_at, changed_at) VALUES ${rows}`,
    records.map(({ record, customer, provider, facts, name, createdAt, changedAt }) => [
      ...[record, customer, fact(providerTerm(provider)) + facts, name, createdAt, changedAt],
    ]),
  );
}

/** Works out anew what lists say of these customers, after their records have changed. */
export function* summarise(customers: readonly number[], merge: Summarise): Script<void> {
  const rows = yield* forValues(
    (list) => `SELECT record.customer, record.sequence, record.provider, record.facts, record.changed_at,
        copy.profile
      FROM record LEFT JOIN copy ON copy.record = record.sequence
      WHERE record.erased_at IS NULL AND record.missing_since IS NULL AND record.customer IN ${list}
      ORDER BY record.sequence`,
    customers,
  );
  // By customer and by record: some have gone to another customer.
  yield* forValues((list) => `DELETE FROM listed WHERE customer IN ${list}`, customers);
  for (const [customer, records] of Map.groupBy(rows, (row) => Number(row.customer))) {
    const summary = merge(
      records.flatMap(({ provider, profile }) =>
        typeof profile === 'string' ? [{ provider: String(provider), profile }] : [],
      ),
    );
    const changedAt = records.reduce((latest, { changed_at: at }) => Math.max(latest, Number(at ?? 0)), 0) || null;
    yield* keepListed(
      records.map(({ sequence, provider, facts }) => ({
        ...{ record: Number(sequence), customer, provider: String(provider), facts: String(facts ?? '') },
        ...{ ...summary, changedAt },
      })),
    );
  }
}
