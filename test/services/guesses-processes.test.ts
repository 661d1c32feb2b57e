import { testGuessesOverProcesses } from '../support/guessesOverProcesses.ts';
import { postgresPlace } from './place.ts';

testGuessesOverProcesses('PostgreSQL', postgresPlace, 200);
