import { summariser } from '../../src/gateway/directory/storedProfile.ts';

export const TRUST_ORDER = ['octobat', 'cycle-software', 'nutcache', 'dirty-lemon', 'onboard-flow'];

/** What the stores of tests sort lists of customers by. */
export const merge = summariser(TRUST_ORDER);

/** The program of the embedded store's thread. */
export const STORE_THREAD = new URL('../../src/storeThread.ts', import.meta.url);
