import { testKeysOverProcesses } from '../support/keysOverProcesses.ts';
import { embeddedPlace } from '../support/place.ts';

testKeysOverProcesses('the embedded store', embeddedPlace, 30);
