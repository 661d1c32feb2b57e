import { summariser } from '../../src/gateway/directory/storedProfile.ts';

/** What the stores of tests sort lists of customers by. */
export const merge = summariser(['octobat', 'cycle-software', 'nutcache', 'dirty-lemon', 'onboard-flow']);
