import { keyText, type RecordKey } from '../ids/ids.ts';
import type { KnownRecord, Store } from '../store/store.ts';

interface LookUp {
  readonly record: RecordKey;
  readonly found: PromiseWithResolvers<readonly KnownRecord[]>;
}

/**
 * Looks for the customers of records. Of many that are asked for in one go the store is asked once: their records are then
 * wanted at the same time, and can be read together. A dataloader would cost a single one more.
 */
export class CustomerLookUps {
  readonly #store: Pick<Store, 'recordsOf' | 'recordsOfAll'>;
  #waiting: LookUp[] = [];

  constructor(store: Pick<Store, 'recordsOf' | 'recordsOfAll'>) {
    this.#store = store;
  }

  /** Every record of the customer that has this one, in the order in which they became known. */
  recordsOf(record: RecordKey): Promise<readonly KnownRecord[]> {
    const found = Promise.withResolvers<readonly KnownRecord[]>();
    if (this.#waiting.push({ record, found }) === 1) queueMicrotask(() => this.#look());
    return found.promise;
  }

  #look(): void {
    const [first, ...others] = this.#waiting;
    this.#waiting = [];
    if (!first) return;
    if (others.length === 0) {
      first.found.resolve(this.#store.recordsOf(first.record));
      return;
    }
    const all = [first, ...others];
    const known = this.#store.recordsOfAll(all.map(({ record }) => record));
    for (const { record, found } of all) found.resolve(known.then((records) => records.get(keyText(record)) ?? []));
  }
}
