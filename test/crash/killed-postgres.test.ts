import { postgresPlace } from '../services/place.ts';
import { testKillRounds } from '../support/killRounds.ts';
import { ROUNDS } from './sizes.ts';

testKillRounds('PostgreSQL', postgresPlace, ROUNDS);
