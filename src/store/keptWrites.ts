import type { RecordKey } from '../ids/ids.ts';
import type { Row, Statement } from './script.ts';
import type { KeptWrite, WriteKind, WriteState } from './writes.ts';

/** Writes as they were kept: see writes.ts. */

const KEPT = `SELECT write.*, mutation.caller, mutation.kind, write_content.content, write_noted.noted
  FROM write JOIN mutation ON mutation.id = write.mutation
  LEFT JOIN write_content ON write_content.write = write.id
  LEFT JOIN write_noted ON write_noted.write = write.id`;

export const writesOf = (mutation: number): Statement => [
  `${KEPT} WHERE write.mutation = ? ORDER BY write.id`,
  mutation,
];

export const restOf = (mutation: number): Statement => ['SELECT rest FROM mutation WHERE id = ?', mutation];

/** To a record, beside it by the same mutation, or for the customer that is named by it. */
export const writesTo = ({ provider, providerId }: RecordKey): Statement => [
  // Each way has an index; asked for either at once, PostgreSQL goes through all writes.
  `${KEPT} WHERE write.id IN (
     SELECT beside.id FROM write AS own JOIN write AS beside ON beside.mutation = own.mutation
     WHERE own.provider = ? AND own.provider_id = ?
     UNION SELECT id FROM write WHERE customer_provider = ? AND customer_id = ?) ORDER BY write.id`,
  ...[provider, providerId, provider, providerId],
];

/** The create that has made a record. */
export const makerOf = ({ provider, providerId }: RecordKey): Statement => [
  `SELECT write.id FROM write JOIN mutation ON mutation.id = write.mutation
   WHERE write.provider = ? AND write.provider_id = ? AND write.state = 'DONE' AND mutation.kind = 'CREATE' LIMIT 1`,
  ...[provider, providerId],
];

export const writeOf = (id: number): Statement => [`${KEPT} WHERE write.id = ?`, id];

export const writesIn = (states: readonly WriteState[], most: number): Statement => [
  `${KEPT} WHERE write.state IN (${states.map(() => '?').join(', ')}) ORDER BY write.id DESC LIMIT ?`,
  ...[...states, most],
];

export const openCreates = (provider: string, most: number): Statement => [
  `${KEPT} WHERE write.state IN ('SENT', 'UNKNOWN') AND write.provider = ? AND mutation.kind = 'CREATE'
   ORDER BY write.id DESC LIMIT ?`,
  ...[provider, most],
];

/** Spelt so that it goes by the index `write_open`, and not by the key: behind `after` there are many that are not open. */
export const openWrites = (after: number, most: number): Statement => [
  `SELECT id, state, begun_at FROM write WHERE mutation > 0 AND state NOT IN ('DONE', 'FAILED') AND id + 0 > ?
   ORDER BY id + 0 LIMIT ?`,
  ...[after, most],
];

/** What stands against a look, or another update, of the same record. */
export const updatesOf = ({ provider, providerId }: RecordKey): Statement => [
  `SELECT write.id, write.begun_at, write.state FROM write JOIN mutation ON mutation.id = write.mutation
   WHERE write.provider = ? AND write.provider_id = ? AND write.state IN ('SENT', 'DONE', 'UNKNOWN')
     AND mutation.kind = 'UPDATE'`,
  ...[provider, providerId],
];

export const countedWrites = (state: WriteState): Statement => [
  'SELECT count(*) AS writes FROM write WHERE state = ?',
  state,
];

export const toOpenWrite = (row: Row) => ({
  id: Number(row.id),
  state: String(row.state) as WriteState,
  begunAt: new Date(Number(row.begun_at)),
});

export const toWrite = (row: Row): KeptWrite => ({
  ...toOpenWrite(row),
  mutation: Number(row.mutation),
  caller: String(row.caller),
  kind: String(row.kind) as WriteKind,
  provider: String(row.provider),
  providerId: typeof row.provider_id === 'string' ? row.provider_id : null,
  customer:
    typeof row.customer_provider === 'string'
      ? { provider: row.customer_provider, providerId: String(row.customer_id) }
      : null,
  fields: JSON.parse(String(row.fields)) as string[],
  content: typeof row.content === 'string' ? row.content : '{}',
  noted: typeof row.noted === 'string' ? row.noted : null,
  result: typeof row.result === 'string' ? row.result : null,
  knownTo: Number(row.known_to),
  settledAt: row.settled_at === null || row.settled_at === undefined ? null : new Date(Number(row.settled_at)),
});
