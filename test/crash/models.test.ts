import { testStoreWritesInterleaved } from '../conformance/storeWritesInterleaved.ts';
import { postgresPlace } from '../services/place.ts';
import { embeddedPlace } from '../support/place.ts';
import { RUNS } from './sizes.ts';

testStoreWritesInterleaved('SQLite', embeddedPlace, RUNS);
testStoreWritesInterleaved('PostgreSQL', postgresPlace, Math.ceil(RUNS / 20));
