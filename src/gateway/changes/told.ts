import { type Ids, keyText, type RecordKey } from '../../ids/ids.ts';
import type { Change } from '../../store/changes.ts';
import type { Store } from '../../store/store.ts';

/** A change on its way to whoever listens: what has to be looked up for one of them is looked up once for all. */
export class ToldChange {
  readonly change: Change;
  readonly #store: Pick<Store, 'recordsOf'>;
  readonly #ids: Pick<Ids, 'sealCursor'>;
  #cursor: string | undefined;
  #records: Promise<readonly RecordKey[]> | undefined;

  constructor(change: Change, store: Pick<Store, 'recordsOf'>, ids: Pick<Ids, 'sealCursor'>) {
    this.change = change;
    this.#store = store;
    this.#ids = ids;
  }

  /** The place behind it, for who comes back and wants to go on from there. */
  get cursor(): string {
    this.#cursor ??= this.#ids.sealCursor([CHANGES, this.change.sequence]);
    return this.#cursor;
  }

  /** The customers that it speaks of, by the records that named them. */
  get named(): readonly RecordKey[] {
    return [this.change.customer, ...this.change.former];
  }

  /** Every record of the customer, as it is now: any of them may have been its name once. */
  records(): Promise<readonly RecordKey[]> {
    this.#records ??= this.#store.recordsOf(this.change.customer).then(
      (records) => records.map(({ provider, providerId }) => ({ provider, providerId })),
      (cause: unknown) => {
        this.#records = undefined;
        throw cause;
      },
    );
    return this.#records;
  }
}

/** Tells a place among the changes from other cursors. */
const CHANGES = 'changes';

/** @returns null for a cursor of something else */
export function placeOf(cursor: readonly unknown[]): number | null {
  const [what, sequence] = cursor;
  return what === CHANGES && typeof sequence === 'number' ? sequence : null;
}

/** Which changes somebody wants to hear of; null: all. */
export interface ChangeFilter {
  /** By `keyText`. */
  readonly customers: ReadonlySet<string> | null;
  readonly providers: ReadonlySet<string> | null;
}

export const changeFilter = (
  customers: readonly RecordKey[] | null,
  providers: readonly string[] | null,
): ChangeFilter => ({
  customers: customers && new Set(customers.map(keyText)),
  providers: providers && new Set(providers),
});

/** A customer is meant by any id that it ever had, and is at a provider that holds a record of it. */
export async function isWanted({ customers, providers }: ChangeFilter, told: ToldChange): Promise<boolean> {
  const { provider } = told.change;
  if (customers && !(await some(told, (key) => customers.has(keyText(key))))) return false;
  if (!providers) return true;
  return provider === null ? some(told, (key) => providers.has(key.provider)) : providers.has(provider);
}

const some = async (told: ToldChange, holds: (key: RecordKey) => boolean): Promise<boolean> =>
  told.named.some(holds) || (await told.records()).some(holds);
