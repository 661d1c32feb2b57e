import { postgresPlace } from '../services/place.ts';
import { testGuessesOverProcesses } from '../support/guessesOverProcesses.ts';
import { embeddedPlace } from '../support/place.ts';

testGuessesOverProcesses('the embedded store', embeddedPlace, 1_000);
testGuessesOverProcesses('PostgreSQL', postgresPlace, 1_000);
