import { testUpdatesOverProcesses } from '../support/updatesOverProcesses.ts';
import { postgresPlace } from './place.ts';

testUpdatesOverProcesses('PostgreSQL', postgresPlace);
