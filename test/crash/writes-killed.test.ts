import { testKilledWrites } from '../support/killedWrites.ts';
import { embeddedPlace } from '../support/place.ts';

/** Writes that are killed, point by point, on the embedded store. */

testKilledWrites(embeddedPlace);
