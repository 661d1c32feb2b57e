import { embeddedPlace } from '../support/place.ts';
import { testUpdatesOverProcesses } from '../support/updatesOverProcesses.ts';

testUpdatesOverProcesses('the embedded store', embeddedPlace);
