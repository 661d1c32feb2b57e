import type { RecordKey } from '../ids/ids.ts';
import { forValues } from './batch.ts';
import type { ChangeKind } from './changes.ts';
import { type FormerCopy, formerCopies } from './copies.ts';
import { toWrite, writesTo } from './keptWrites.ts';
import { ofCustomer, toRecords } from './records.ts';
import type { Script } from './script.ts';
import type { Copy, KnownRecord } from './store.ts';
import type { KeptWrite } from './writes.ts';

/** Everything that is held on a customer, for whoever has the right to know. */
export interface Held {
  readonly records: readonly {
    readonly record: KnownRecord;
    /** null: no copy is held. */
    readonly copy: (Copy & FormerCopy) | null;
  }[];
  readonly changes: readonly {
    readonly kind: ChangeKind;
    readonly fields: readonly string[] | null;
    readonly at: Date;
  }[];
  readonly writes: readonly KeptWrite[];
}

export function* heldOn(key: RecordKey): Script<Held> {
  const records = toRecords(yield ofCustomer(key));
  const sequences = records.map(({ sequence }) => sequence);
  const found = yield* formerCopies(sequences);
  const raws = yield* forValues((list) => `SELECT record, raw FROM copy WHERE record IN ${list}`, sequences);
  const rawOf = new Map(raws.map(({ record, raw }) => [Number(record), String(raw)]));
  const changes = yield* forValues(
    (list) => `SELECT kind, fields, at FROM change WHERE customer IN ${list} ORDER BY sequence`,
    sequences,
  );
  const writes = new Map<number, KeptWrite>();
  for (const record of records) for (const row of yield writesTo(record)) writes.set(Number(row.id), toWrite(row));
  return {
    writes: [...writes.values()],
    records: records.map((record) => {
      const [copy, raw] = [found.get(record.sequence), rawOf.get(record.sequence)];
      return { record, copy: copy && raw !== undefined ? { ...copy, raw } : null };
    }),
    changes: changes.map(({ kind, fields, at }) => ({
      kind: String(kind) as ChangeKind,
      fields: typeof fields === 'string' ? (JSON.parse(fields) as string[]) : null,
      at: new Date(Number(at)),
    })),
  };
}
