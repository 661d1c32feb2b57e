import { testKilledWrites } from '../support/killedWrites.ts';
import { newDatabase } from './postgres.ts';

/** Writes that are killed, on PostgreSQL. */

testKilledWrites(async () => {
  const { url, drop } = await newDatabase();
  return { settings: { DATABASE_URL: url, ID_SECRET: 'a secret of at least sixteen characters' }, drop };
});
