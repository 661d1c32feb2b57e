import { forRows, forValues } from './batch.ts';
import type { Script } from './script.ts';
import type { CustomerSummary, Summarise } from './store.ts';

/** The table `customer`: what lists of customers are sorted by. It has a row exactly where something can be listed. */

export interface SummaryToKeep extends CustomerSummary {
  readonly customer: number;
  readonly changedAt: number | null;
}

export function* keepSummaries(summaries: readonly SummaryToKeep[]): Script<void> {
  yield* forRows(
    4,
    (rows) => `INSERT INTO customer (id, name, created_at, changed_at) VALUES ${rows}
      ON CONFLICT (id) DO UPDATE SET
        name = excluded.name, created_at = excluded.created_at, changed_at = excluded.changed_at`,
    summaries.map(({ customer, name, createdAt, changedAt }) => [customer, name, createdAt, changedAt]),
  );
}

/** Works out anew what these customers are sorted by, after their records have changed. */
export function* summarise(customers: readonly number[], merge: Summarise): Script<void> {
  const rows = yield* forValues(
    (list) => `SELECT record.customer, record.sequence, record.provider, record.changed_at, copy.profile
      FROM record LEFT JOIN copy ON copy.record = record.sequence
      WHERE record.erased_at IS NULL AND record.missing_since IS NULL AND record.customer IN ${list}
      ORDER BY record.sequence`,
    customers,
  );
  const byCustomer = Map.groupBy(rows, ({ customer }) => Number(customer));
  yield* forValues(
    (list) => `DELETE FROM customer WHERE id IN ${list}`,
    customers.filter((customer) => !byCustomer.has(customer)),
  );
  yield* keepSummaries(
    [...byCustomer].map(([customer, records]) => ({
      customer,
      ...merge(
        records.flatMap(({ provider, profile }) =>
          typeof profile === 'string' ? [{ provider: String(provider), profile }] : [],
        ),
      ),
      changedAt: records.reduce((latest, { changed_at: at }) => Math.max(latest, Number(at ?? 0)), 0) || null,
    })),
  );
}
