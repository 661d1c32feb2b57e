import type { RecordKey } from '../ids/ids.ts';
import { audited, type Deed } from './audit.ts';
import { forValues } from './batch.ts';
import { keepChanges } from './changes.ts';
import { dropCopies, forgetWords } from './copies.ts';
import { forgetContentsOf } from './forgetWrites.ts';
import { loosen } from './links.ts';
import { keysOf, known, recordsIn } from './records.ts';
import type { Script } from './script.ts';
import type { Summarise } from './store.ts';
import { summarise } from './summaries.ts';

/**
 * Forgets a customer: what its records say, what was sent of it, and that they are one. The keys stay, so that a listing does
 * not bring back what was erased, and so that its ids keep answering: each with its own record.
 * @returns how many records had anything
 */
export function* eraseCustomer(key: RecordKey, deed: Deed, merge: Summarise): Script<number> {
  // One that is not known yet is remembered as erased, too: a listing may bring it.
  const { customer } = yield* known(key);
  const at = deed.at.getTime();
  const records = yield* recordsIn(customer);
  const held = yield* forValues(
    (list) => `SELECT sequence FROM record WHERE (hash IS NOT NULL OR remembered IS NOT NULL) AND sequence IN ${list}`,
    records,
  );
  const words = yield* dropCopies(records);
  for (const record of records) yield* loosen(record);
  yield* forValues(
    (list) => `UPDATE record SET customer = sequence, remembered = NULL, remembered_at = NULL, code_sent_at = NULL,
        absorbed_at = NULL, hash = NULL, shared = NULL, fetched_at = NULL, changed_at = NULL, facts = NULL, marks = NULL,
        missing_since = NULL, outdated = 0, erased_at = ?
      WHERE sequence IN ${list}`,
    records,
    at,
  );
  for (const each of (yield* keysOf(records)).values()) yield* forgetContentsOf(each);
  yield* summarise([customer, ...records], merge);
  yield* forgetWords(words);
  // Each of its records is a customer by itself from now on: whoever listens for one of them has to hear of it.
  const former = records.filter((sequence) => sequence !== customer);
  yield* keepChanges([{ kind: 'ERASED', customer, former, at }]);
  yield* audited(deed, { action: 'ERASE', outcome: 'DONE' }, records);
  return held.length;
}

/** Records that their provider has no more. */
export function* markMissing(sequences: readonly number[], at: Date, merge: Summarise): Script<void> {
  const rows = yield* forValues(
    (list) =>
      `UPDATE record SET missing_since = ? WHERE missing_since IS NULL AND sequence IN ${list} RETURNING customer`,
    sequences,
    at.getTime(),
  );
  yield* summarise([...new Set(rows.map(({ customer }) => Number(customer)))], merge);
}
