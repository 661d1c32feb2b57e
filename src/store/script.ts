/**
 * What is done in one transaction, as steps: each yields a statement and is given its rows. Written once, it runs on a
 * database that answers at once and on one that has to be waited for.
 */
export type Script<Result> = Generator<Statement, Result, readonly Row[]>;

/** SQL that both databases understand, with `?` for each value. */
export type Statement = readonly [sql: string, ...values: readonly Value[]];
export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

/** What a database has to be able to do; on it stands the store. */
export interface Database {
  read(...statement: Statement): Promise<readonly Row[]>;
  /**
   * All of the script or nothing of it, as if nobody else was there.
   * @param durable whether the machine may fail right after it and nothing is lost, which is waited for; it is durable in the
   *   end with the next that is
   */
  transaction<Result>(script: () => Script<Result>, durable?: boolean): Promise<Result>;
  /** How many copies one transaction may write; absent: any number, nobody has to wait for it. */
  readonly copiesAtOnce?: number;
  /** Run at the end of a transaction that told of changes, so that other processes hear of it when it is committed. */
  readonly announcement?: Statement;
  /** Calls when another process has announced something, or may have. @returns ends it */
  listen?(heard: () => void): () => void;
  /** Told after an erasure: nothing of it may stay in what is written beside the tables. */
  erased?(): void;
  close(): Promise<void>;
}

/** Runs a script that only reads, step by step: what others write meanwhile may show. */
export async function reading<Result>({ read }: Pick<Database, 'read'>, script: Script<Result>): Promise<Result> {
  let step = script.next();
  while (!step.done) step = script.next(await read(...step.value));
  return step.value;
}
