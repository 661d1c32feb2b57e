import type { RecordKey } from '../ids/ids.ts';
import { forValues } from './batch.ts';
import { writesTo } from './keptWrites.ts';
import type { Script } from './script.ts';

/** Writes that are forgotten, as a whole or by what was to be written. */

export function* dropMutation(mutation: number): Script<void> {
  const writes = yield ['SELECT id FROM write WHERE mutation = ?', mutation];
  yield* forgetContents(writes.map(({ id }) => Number(id)));
  yield ['DELETE FROM write WHERE mutation = ?', mutation];
  yield ['DELETE FROM mutation WHERE id = ?', mutation];
}

/** Of an erased customer's record: that there was a write, and what came of it, stays. */
export function* forgetContentsOf(record: RecordKey): Script<void> {
  yield* forgetContents((yield writesTo(record)).map(({ id }) => Number(id)));
}

function* forgetContents(writes: readonly number[]): Script<void> {
  for (const table of ['write_content', 'write_noted'])
    yield* forValues((list) => `DELETE FROM ${table} WHERE write IN ${list}`, writes);
}

export function* forgetWritesBefore(at: Date): Script<number> {
  const old = yield [
    `SELECT id FROM mutation WHERE begun_at < ? AND held_until < ? AND NOT EXISTS
       (SELECT 1 FROM write WHERE write.mutation = mutation.id AND write.state NOT IN ('DONE', 'FAILED')) LIMIT 200`,
    ...[at.getTime(), at.getTime()],
  ];
  for (const { id } of old) yield* dropMutation(Number(id));
  // No customer leads to what a create may have made: an erasure could not reach it.
  const unknown = yield [
    `SELECT id FROM write WHERE state = 'UNKNOWN' AND begun_at < ?
       AND EXISTS (SELECT 1 FROM write_content WHERE write_content.write = write.id) LIMIT 200`,
    at.getTime(),
  ];
  yield* forgetContents(unknown.map(({ id }) => Number(id)));
  return old.length + unknown.length;
}
