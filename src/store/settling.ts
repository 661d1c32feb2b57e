import { type RecordKey, sameKey } from '../ids/ids.ts';
import { auditedWrite } from './audit.ts';
import { type OwnChange, tellOwn } from './changes.ts';
import { codeSent } from './codes.ts';
import { keepRecords } from './customers.ts';
import { makerOf } from './keptWrites.ts';
import type { Script } from './script.ts';
import type { LinkToKeep, RecordToKeep, Summarise } from './store.ts';
import type { WriteState } from './writes.ts';

/** The end of a mutation: what came of its writes, with all that they leave behind. */

/** What became of a write. */
export interface SettledWrite {
  readonly id: number;
  readonly state: 'DONE' | 'FAILED' | 'UNKNOWN';
  /** What it must be until then; absent: whatever it is. */
  readonly from?: readonly WriteState[];
  /** null leaves what is there. */
  readonly providerId: string | null;
  readonly result: string;
  /** Why it has failed, for the audit log. */
  readonly errorCode?: string;
  /** What came of it instead, where its record turns out to be another customer's: it has failed then. */
  readonly elsewhere?: string;
  /** The record that it has made was found by looking: where another create has made it, nothing is settled. */
  readonly found?: RecordKey;
}

/** What is left only where this write is settled by it; without one, in any case. */
type Left<What> = What & { readonly write?: number };

/** All that a mutation leaves behind, in one transaction. */
export interface Settlement {
  readonly writes: readonly SettledWrite[];
  readonly at: Date;
  /** What settles them, as the audit log has it. */
  readonly request: string;
  /** The person by whose word they are settled; absent: it is known. */
  readonly resolvedBy?: string;
  /** `acknowledged`: its provider has said itself that it has done it. */
  readonly records: readonly Left<RecordToKeep & { readonly acknowledged?: boolean }>[];
  /** Why those records are one customer. */
  readonly link?: LinkToKeep | undefined;
  readonly changes: readonly Left<OwnChange>[];
  /** Nothing has left this process: the caller's key may be used again, for whatever it is. */
  readonly freesKey?: boolean;
  /** JSON of what else its caller was told. */
  readonly rest?: string;
}

const ANY: readonly WriteState[] = ['INTENT', 'SENT', 'DONE', 'FAILED', 'UNKNOWN'];

/** What is settled now, by its id, and of which mutations. */
interface Now {
  readonly writes: Map<number, SettledWrite>;
  readonly mutations: Set<number>;
}

function* settledNow({ writes, at }: Settlement): Script<Now> {
  const now: Now = { writes: new Map(), mutations: new Set() };
  for (const { found } of writes) if (found && (yield makerOf(found)).length > 0) return now;
  for (const write of writes) {
    const { id, state, from = ANY, providerId, result } = write;
    const [row] = yield [
      `UPDATE write SET state = ?, provider_id = coalesce(?, provider_id), result = ?, settled_at = ?
       WHERE id = ? AND state IN (${from.map(() => '?').join(', ')}) RETURNING mutation`,
      ...[state, providerId, result, at.getTime(), id, ...from],
    ];
    if (!row) continue;
    yield ['DELETE FROM write_noted WHERE write = ?', id];
    now.mutations.add(Number(row.mutation));
    now.writes.set(id, write);
  }
  return now;
}

export function* settle(settlement: Settlement, merge: Summarise): Script<readonly RecordKey[]> {
  const { records, link, changes, freesKey = false, rest } = settlement;
  const { writes: now, mutations } = yield* settledNow(settlement);
  // Somebody else has settled them meanwhile.
  if (settlement.writes.length > 0 && mutations.size === 0) return [];
  const isLeft = ({ write }: Left<unknown>): boolean => write === undefined || now.has(write);
  const kept = records.filter(isLeft);
  const others = kept.length > 0 ? yield* keepRecords(kept, link, merge) : [];
  // What was found was done, and stays where somebody has put it meanwhile.
  const found = [...now.values()].flatMap((write) => write.found ?? []);
  const elsewhere = others.filter((key) => !found.some((record) => sameKey(record, key)));
  const isElsewhere = (record: RecordKey): boolean => elsewhere.some((key) => sameKey(key, record));
  // What is sent for certain is guessed at anew, whatever its provider says of when.
  for (const { key, codeSentAt, acknowledged } of kept) if (codeSentAt && acknowledged) yield codeSent(key, codeSentAt);
  for (const { write: id = 0 } of kept.filter(({ key }) => isElsewhere(key))) {
    const write = now.get(id);
    if (write) now.set(id, yield* failedElsewhere(write));
  }
  for (const write of now.values()) yield auditedWrite(write, settlement);
  yield* tellOwn(changes.filter(isLeft).filter(({ record }) => !isElsewhere(record)));
  for (const mutation of mutations) {
    if (rest !== undefined) yield ['UPDATE mutation SET rest = ? WHERE id = ?', rest, mutation];
    if (freesKey)
      yield [
        `UPDATE mutation SET idempotency_key = NULL WHERE id = ?
           AND NOT EXISTS (SELECT 1 FROM write WHERE mutation = ? AND state IN ('SENT', 'DONE', 'UNKNOWN'))`,
        ...[mutation, mutation],
      ];
  }
  return elsewhere;
}

/** @returns what came of it then */
function* failedElsewhere(write: SettledWrite): Script<SettledWrite> {
  const { id, elsewhere = null } = write;
  yield ["UPDATE write SET state = 'FAILED', result = coalesce(?, result) WHERE id = ?", elsewhere, id];
  return { ...write, state: 'FAILED', errorCode: 'CONFLICT' };
}
