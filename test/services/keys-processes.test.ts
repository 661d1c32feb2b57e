import { testKeysOverProcesses } from '../support/keysOverProcesses.ts';
import { postgresPlace } from './place.ts';

testKeysOverProcesses('PostgreSQL', postgresPlace, 30);
