import { testKillRounds } from '../support/killRounds.ts';
import { embeddedPlace } from '../support/place.ts';

/** Writes in flight, killed once at each point: test/crash does it for longer, and point by point. */

testKillRounds('the embedded store', embeddedPlace, 1);
