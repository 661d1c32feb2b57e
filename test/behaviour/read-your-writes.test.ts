import { embeddedPlace } from '../support/place.ts';
import { testReadYourWrites } from '../support/readYourWrites.ts';
import { startTwo } from '../support/twoProcesses.ts';

testReadYourWrites('the embedded store', () => startTwo(embeddedPlace, { CACHE_MAX_AGE: '30' }), {
  ...{ writers: 2, writes: 5 },
});
