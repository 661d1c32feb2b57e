import type { NodeRef, RecordKey } from '../ids/ids.ts';
import { forRows } from './batch.ts';
import { known } from './records.ts';
import type { Row, Script, Statement } from './script.ts';
import type { SettledWrite, Settlement } from './settling.ts';
import type { WriteKind } from './writes.ts';

/**
 * The table `audit`: who did what, when and by which request. It is only added to: the database itself refuses to change or
 * to delete what stands there. Names, times and places stand there, and no value, no code and no link.
 */

/** RESOLVE: a person has said what came of a write. */
export type AuditAction = WriteKind | 'RESOLVE' | 'LINK' | 'UNLINK' | 'ERASE' | 'SELF_SERVICE_LINK' | 'EXPORT';

/** Who does something, when and by which request. */
export interface Deed {
  /** The caller's name. */
  readonly caller: string;
  /** Its id leads to the log; what no caller has asked for has a name with a space in it. */
  readonly request: string;
  readonly at: Date;
}

/** What was done of it. */
interface What {
  readonly action: AuditAction;
  /** The provider that was asked; absent: none was. */
  readonly provider?: string;
  /** Names of the input's fields; of a link, what kind it is. */
  readonly fields?: readonly string[];
  /** DONE, or FAILED and the error's code. */
  readonly outcome: string;
}

/** Something done to a record that is no provider write. */
export interface EntryToKeep extends Deed, What {
  readonly record: RecordKey;
}

export interface AuditEntry extends Deed {
  /** Grows with every entry. */
  readonly id: number;
  readonly action: AuditAction;
  /** The provider that was asked; null: none was. */
  readonly provider: string | null;
  readonly fields: readonly string[];
  readonly outcome: string;
  /** The write that came to this; null: it was none. */
  readonly write: number | null;
  /** null: there was none, or none that is known. */
  readonly record: RecordKey | null;
}

/** Which entries are asked for: those that meet all of it. */
export interface AuditCriteria {
  readonly since?: Date;
  readonly caller?: string;
  readonly write?: number;
  /** A record, or all of a customer's. */
  readonly on?: NodeRef & { readonly kind: 'customer' | 'record' };
}

export interface AuditLog {
  /** Keeps what has no transaction of its own. */
  audit(entry: EntryToKeep): Promise<void>;
  /** Newest first. @param before goes on behind this one */
  auditLog(
    criteria: AuditCriteria,
    most: number,
    before?: Pick<AuditEntry, 'id' | 'at'>,
  ): Promise<readonly AuditEntry[]>;
}

/** An entry for each of the records that something was done to. */
export function* audited(
  { caller, request, at }: Deed,
  { action, provider, fields = [], outcome }: What,
  records: readonly number[],
): Script<void> {
  yield* forRows(
    8,
    (rows) => `INSERT INTO audit (at, caller, request, action, provider, fields, outcome, record) VALUES ${rows}`,
    records.map((record) => [
      ...[at.getTime(), caller, request, action, provider ?? null, JSON.stringify(fields), outcome],
      record,
    ]),
  );
}

export function* auditRecord({ record, ...entry }: EntryToKeep): Script<void> {
  // Where it is not known, as after the loss of a database, the entry still has to say which it was.
  yield* audited(entry, entry, [(yield* known(record)).sequence]);
}

/** What came of a write, as it is kept now: its caller's doing, unless a person has looked it up. */
export const auditedWrite = (
  { id, state, errorCode }: SettledWrite,
  { at, request, resolvedBy }: Settlement,
): Statement => [
  `INSERT INTO audit (at, caller, request, action, provider, record, fields, write, outcome)
   SELECT ?, coalesce(?, mutation.caller), ?, coalesce(?, mutation.kind), write.provider, record.sequence, write.fields,
     write.id, ?
   FROM write JOIN mutation ON mutation.id = write.mutation
   LEFT JOIN record ON record.provider = write.provider AND record.provider_id = write.provider_id
   WHERE write.id = ?`,
  ...[at.getTime(), resolvedBy ?? null, request, resolvedBy === undefined ? null : 'RESOLVE'],
  ...[errorCode === undefined ? state : `${state} ${errorCode}`, id],
];

export function entries(
  { since, caller, write, on }: AuditCriteria,
  most: number,
  before?: Pick<AuditEntry, 'id' | 'at'>,
): Statement {
  const conditions: Statement[] = [];
  if (since) conditions.push(['audit.at >= ?', since.getTime()]);
  if (caller !== undefined) conditions.push(['audit.caller = ?', caller]);
  if (write !== undefined) conditions.push(['audit.write = ?', write]);
  if (on) conditions.push([`audit.record IN (${PLACES[on.kind]})`, on.provider, on.providerId]);
  if (before) conditions.push(['(audit.at, audit.id) < (?, ?)', before.at.getTime(), before.id]);
  return [
    `SELECT audit.*, record.provider AS record_provider, record.provider_id AS record_provider_id
     FROM audit
     LEFT JOIN record ON record.sequence = audit.record
     ${conditions.length > 0 ? `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}` : ''}
     ORDER BY audit.at DESC, audit.id DESC LIMIT ?`,
    ...conditions.flatMap(([, ...values]) => values),
    most,
  ];
}

const ITSELF = 'SELECT sequence FROM record WHERE provider = ? AND provider_id = ?';
const PLACES = {
  record: ITSELF,
  customer: `SELECT sequence FROM record WHERE customer = (${ITSELF.replace('sequence', 'customer')})`,
};

export const toEntry = (row: Row): AuditEntry => ({
  id: Number(row.id),
  at: new Date(Number(row.at)),
  caller: String(row.caller),
  request: String(row.request),
  action: String(row.action) as AuditAction,
  provider: typeof row.provider === 'string' ? row.provider : null,
  fields: JSON.parse(String(row.fields)) as string[],
  outcome: String(row.outcome),
  write: row.write === null ? null : Number(row.write),
  record:
    row.record === null ? null : { provider: String(row.record_provider), providerId: String(row.record_provider_id) },
});
