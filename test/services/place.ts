import { openPostgresStore } from '../../src/store/postgres.ts';
import type { Place } from '../support/place.ts';
import { merge } from '../support/store.ts';
import { newDatabase } from './postgres.ts';

/** A database of its own for several gateways. */
export async function postgresPlace(): Promise<Place> {
  const { url, drop } = await newDatabase();
  return {
    settings: { DATABASE_URL: url, ID_SECRET: 'a secret of at least sixteen characters' },
    open: () => openPostgresStore(url, merge, () => undefined),
    drop,
  };
}
