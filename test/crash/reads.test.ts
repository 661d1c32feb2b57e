import { postgresPlace } from '../services/place.ts';
import { embeddedPlace } from '../support/place.ts';
import { testReadYourWrites } from '../support/readYourWrites.ts';
import { startTwo } from '../support/twoProcesses.ts';
import { READS } from './sizes.ts';

for (const [name, place] of [
  ['the embedded store', embeddedPlace],
  ['PostgreSQL', postgresPlace],
] as const)
  testReadYourWrites(name, () => startTwo(place, { CACHE_MAX_AGE: '30' }), {
    writers: 2,
    writes: Math.ceil(READS / 4),
  });
