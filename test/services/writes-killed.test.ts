import { testKilledWrites } from '../support/killedWrites.ts';
import { postgresPlace } from './place.ts';

/** Writes that are killed, on PostgreSQL. */

testKilledWrites(postgresPlace);
