import { forRows } from './batch.ts';
import type { Row, Script, Statement } from './script.ts';

/** The table `key_use`: when each API key was used last. */

export interface KeyUses {
  /** By the keys' own ids, which tell nothing of them; what is kept already and later stays. */
  keepKeyUses(uses: ReadonlyMap<string, Date>): Promise<void>;
  keyUses(): Promise<ReadonlyMap<string, Date>>;
}

export const keepKeyUses = (uses: ReadonlyMap<string, Date>): Script<void> =>
  forRows(
    2,
    (rows) => `INSERT INTO key_use (key_id, used_at) VALUES ${rows}
     ON CONFLICT (key_id) DO UPDATE SET used_at = excluded.used_at WHERE key_use.used_at < excluded.used_at`,
    // In one order wherever it is done: two gateways that keep the same ones wait for each other, and not in a circle.
    [...uses].sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, at]) => [key, at.getTime()]),
  );

export const keyUses: Statement = ['SELECT key_id, used_at FROM key_use'];

export const toKeyUses = (rows: readonly Row[]): ReadonlyMap<string, Date> =>
  new Map(rows.map(({ key_id, used_at }) => [String(key_id), new Date(Number(used_at))]));
