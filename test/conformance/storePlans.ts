import { describe, expect, it } from 'vitest';
import { forgetWritesBefore } from '../../src/store/forgetWrites.ts';
import { openWrites, updatesOf, writesTo } from '../../src/store/keptWrites.ts';
import { leftMutations, takenLeft } from '../../src/store/leftMutations.ts';
import type { Statement } from '../../src/store/script.ts';
import { type StorePlace, storesAt } from './storePlace.ts';
import { keyOf, time } from './storeRecords.ts';

/** How a database would go about a statement. */
export interface Plan {
  /** The tables that it goes through from end to end. */
  readonly walked: readonly string[];
  /** The indexes that it goes by. */
  readonly indexes: readonly string[];
}

interface ExplainingPlace extends StorePlace {
  tamper(statement: string): Promise<void>;
  explain(statement: Statement): Promise<Plan>;
}

const DUE = { now: time(0), latestHold: time(0), latestLook: time(0), unknownSince: time(0) };

const STATEMENTS: readonly (readonly [what: string, statement: Statement, indexes: readonly string[]])[] = [
  [
    'the writes to a record',
    writesTo(keyOf('octobat 1')),
    ['write_by_customer', 'write_by_mutation', 'write_by_record'],
  ],
  ['mutations to forget', forgetWritesBefore(time(0)).next().value as Statement, ['mutation_by_time', 'write_open']],
  ['mutations that were left behind', leftMutations(DUE, 100), ['write_open']],
  ['writes that are open', openWrites(0, 10_000), ['write_open']],
  ['updates of a record', updatesOf(keyOf('octobat 1')), ['write_by_record']],
  ['the one of them that is taken', takenLeft(1, DUE, time(0)), ['write_open']],
];

const NUMBERS = 'WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5000)';

/** Many mutations with a write each, of which one in a hundred nobody knows, and the database has looked at them. */
const MANY: readonly string[] = [
  `INSERT INTO mutation (caller, kind, input, begun_at, held_until)
     ${NUMBERS} SELECT 'shop', 'UPDATE', 'hash', n, 0 FROM numbers`,
  `INSERT INTO write (mutation, provider, provider_id, customer_provider, customer_id, fields, state, begun_at)
     SELECT id, 'octobat', id, 'octobat', id, '[]', CASE WHEN id % 100 = 0 THEN 'UNKNOWN' ELSE 'DONE' END, begun_at
     FROM mutation`,
  "INSERT INTO write_content (write, content) SELECT id, '{}' FROM write",
  'ANALYZE',
];

/** Most writes are settled, and kept for months: what is asked again and again must not take longer by each of them. */
export function testStorePlans(name: string, newPlace: () => Promise<ExplainingPlace>): void {
  describe(`plans of the store: ${name}`, () => {
    let place: ExplainingPlace;
    const { open } = storesAt(async () => {
      place = await newPlace();
      return place;
    });

    describe.each([
      ['few', []],
      ['many', MANY],
    ])('of %s writes', (_, kept) => {
      it.each(STATEMENTS)('%s are found by indexes', async (_, statement, indexes) => {
        await open();
        for (const each of kept) await place.tamper(each);
        const plan = await place.explain(statement);
        expect(plan.walked).toEqual([]);
        expect(plan.indexes).toEqual(expect.arrayContaining([...indexes]));
      });
    });
  });
}
