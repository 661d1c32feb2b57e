import { testKillRounds } from '../support/killRounds.ts';
import { embeddedPlace } from '../support/place.ts';
import { ROUNDS } from './sizes.ts';

testKillRounds('the embedded store', embeddedPlace, ROUNDS);
