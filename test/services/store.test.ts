import { openPostgresStore } from '../../src/store/postgres.ts';
import { testStore } from '../conformance/store.ts';
import { newDatabase } from './postgres.ts';

testStore('PostgreSQL', async () => {
  const database = await newDatabase();
  return { open: () => openPostgresStore(database.url, () => undefined), drop: database.drop };
});
