import { afterEach, beforeEach } from 'vitest';
import type { Store } from '../../src/store/store.ts';

/** A place for one store's data, empty at first. Opened twice, it is what two processes share. */
export interface StorePlace {
  open(): Promise<Store>;
  drop(): Promise<void>;
}

/** A new place for each test of the `describe` that calls it, and the stores that it opens there, closed behind it. */
export function storesAt(newPlace: () => Promise<StorePlace>) {
  let place: StorePlace;
  const stores: Store[] = [];
  const closeAll = async (): Promise<void> => {
    for (const store of stores.splice(0)) await store.close();
  };
  beforeEach(async () => {
    place = await newPlace();
  });
  afterEach(async () => {
    await closeAll();
    await place.drop();
  });
  const open = async (): Promise<Store> => {
    const store = await place.open();
    stores.push(store);
    return store;
  };
  return {
    open,
    /** Closes what was opened before. */
    async reopened(): Promise<Store> {
      await closeAll();
      return open();
    },
  };
}
