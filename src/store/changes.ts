import type { RecordKey } from '../ids/ids.ts';
import { forRows } from './batch.ts';
import { known } from './records.ts';
import type { Row, Script, Statement } from './script.ts';
import { TELLING } from './telling.ts';

/** The table `change`: what happened to customers, in order, for whoever listens. Written with what it tells. */

export type ChangeKind = 'CREATED' | 'UPDATED' | 'CONFIRMED' | 'LINKED' | 'UNLINKED' | 'ERASED';

export interface Change {
  /** Grows with every change; a place to go on from. */
  readonly sequence: number;
  readonly kind: ChangeKind;
  /** The record that the customer was named by. */
  readonly customer: RecordKey;
  /** Names of the customers that it absorbed by this. */
  readonly former: readonly RecordKey[];
  readonly provider: string | null;
  /** Of the profile; null where nobody compared. */
  readonly fields: readonly string[] | null;
  readonly at: Date;
}

/** A change by the gateway's own write. */
export interface OwnChange {
  readonly kind: 'CREATED' | 'UPDATED' | 'CONFIRMED';
  /** The record that was written to. */
  readonly record: RecordKey;
  readonly fields: readonly string[] | null;
  readonly at: Date;
  /** The content as it was read after the write; absent: it could not be read. */
  readonly seen?: SeenAfter;
}

export interface SeenAfter {
  /** Of the content: see `WeighedCopy`. */
  readonly hash: string;
  /** What was asked for before then can't show the write. */
  readonly since: Date;
}

export interface ChangeLog {
  /** One that whoever saw the written content first has told of, here or elsewhere, is not told again. */
  tell(changes: readonly OwnChange[]): Promise<void>;
  /** In order. */
  changesAfter(sequence: number, limit: number): Promise<readonly Change[]>;
  /** The place of the newest one; 0 where there is none. */
  lastChange(): Promise<number>;
  forgetChangesBefore(at: Date): Promise<void>;
  /** Calls after each commit of this store that told something. @returns ends it */
  onChange(listener: () => void): () => void;
  /** Calls when another process may have told something, where the database can say so. @returns ends it */
  onChangeElsewhere(listener: () => void): () => void;
}

/** A change as it is written: customers by the places of the records that name them. */
export interface ChangeToKeep {
  readonly kind: ChangeKind;
  readonly customer: number;
  readonly former?: readonly number[];
  readonly provider?: string;
  readonly fields?: readonly string[] | null;
  readonly at: number;
}

export function* tellOwn(changes: readonly OwnChange[]): Script<void> {
  const news: ChangeToKeep[] = [];
  for (const change of changes) {
    const { sequence, customer } = yield* known(change.record);
    const [told] = change.seen ? yield alreadyTold(sequence, change.kind, change.seen) : [];
    const at = change.at.getTime();
    if (!told) news.push({ ...change, customer, provider: change.record.provider, at });
    // Told of as a customer by itself, before it was known that it is a part of this one.
    else if (change.kind === 'CREATED' && Number(told.customer) !== customer)
      news.push({ kind: 'LINKED', customer, former: [sequence], at });
  }
  yield* keepChanges(news);
}

/** What tells of content that was seen has the time at which that was asked for, as the record itself has. */
const alreadyTold = (sequence: number, kind: ChangeKind, { hash, since }: SeenAfter): Statement => [
  `SELECT change.customer FROM record JOIN change
     ON change.at = record.changed_at AND change.customer IN (record.sequence, record.customer)
   WHERE record.sequence = ? AND record.hash = ? AND record.changed_at >= ?
     AND change.provider = record.provider AND change.kind = ?`,
  ...[sequence, hash, since.getTime(), kind],
];

export function* keepChanges(changes: readonly ChangeToKeep[]): Script<void> {
  yield* forRows(
    6,
    (rows) => `${TELLING}(kind, customer, former, provider, fields, at) VALUES ${rows}`,
    changes.map(({ kind, customer, former = [], provider = null, fields = null, at }) => [
      ...[kind, customer, JSON.stringify(former), provider, fields && JSON.stringify(fields), at],
    ]),
  );
}

export const changesAfter = (sequence: number, limit: number): Statement => [
  `SELECT change.*, named.provider AS customer_provider, named.provider_id AS customer_provider_id
   FROM change JOIN record AS named ON named.sequence = change.customer
   WHERE change.sequence > ? ORDER BY change.sequence LIMIT ?`,
  ...[sequence, limit],
];

export const lastChange: Statement = ['SELECT max(sequence) AS last FROM change'];

export const changesBefore = (at: Date): Statement => ['DELETE FROM change WHERE at < ?', at.getTime()];

/** The records that name the former customers of these changes, by their places. */
export const formerOf = (rows: readonly Row[]): readonly number[] => rows.flatMap(formers);

export const toChange = (row: Row, named: ReadonlyMap<number, RecordKey>): Change => ({
  sequence: Number(row.sequence),
  kind: String(row.kind) as ChangeKind,
  customer: { provider: String(row.customer_provider), providerId: String(row.customer_provider_id) },
  former: formers(row).flatMap((sequence) => named.get(sequence) ?? []),
  provider: typeof row.provider === 'string' ? row.provider : null,
  fields: typeof row.fields === 'string' ? (JSON.parse(row.fields) as string[]) : null,
  at: new Date(Number(row.at)),
});

const formers = ({ former }: Row): number[] => JSON.parse(String(former)) as number[];
