import { testGuessesOverProcesses } from '../support/guessesOverProcesses.ts';
import { embeddedPlace } from '../support/place.ts';

testGuessesOverProcesses('the embedded store', embeddedPlace, 200);
