import { postgresPlace } from '../services/place.ts';
import { testKeysOverProcesses } from '../support/keysOverProcesses.ts';
import { embeddedPlace } from '../support/place.ts';
import { KEYS } from './sizes.ts';

testKeysOverProcesses('the embedded store', embeddedPlace, KEYS);
testKeysOverProcesses('PostgreSQL', postgresPlace, KEYS);
