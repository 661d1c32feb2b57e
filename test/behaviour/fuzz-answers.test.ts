import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAda, WRITABLE } from '../support/customers.ts';
import { faultIn } from '../support/hostile/judge.ts';
import { runs } from '../support/hostile/runs.ts';
import { edited, wildEdits } from '../support/hostile/values.ts';
import { startWorld, type World } from '../support/world.ts';

/**
 * All providers' answers spoilt at random at once, whatever is done with them: read, searched, listed, written, confirmed. What
 * a record’s own read, list and create make of them is told provider by provider in the conformance suite.
 */

const CUSTOMER = `id displayName kind status email phone taxId createdAt updatedAt revision address { lines country }
  verification { state sentAt verifiedAt } dataQuality { field code } problems { code } conflicts { field values { value } }
  records { provider servedFrom email raw problem { code } extension { id } }
  octobat { name paymentSources { id } } cycleSoftware { city phoneNumbers { phoneNumber } } nutcache { contact }
  dirtyLemon { phoneNumber } onboardFlow { userId }`;
const OUTCOMES = `outcomes { status changes { field before after } request record { id displayName } error { code } } errors { code }`;

/** What is asked, of the customer that all providers have. */
const ASKED = {
  'a customer': `query ($id: ID!) { customer(id: $id) { ${CUSTOMER} } }`,
  'everybody, from copies': `{ customers(first: 20) { totalCount nodes { ${CUSTOMER} possibleDuplicates(first: 3) { score } } coverage { reason } } }`,
  'who is found at a provider': `{ customers(filter: { providers: [CYCLE_SOFTWARE], email: "ada@example.com" }) { nodes { ${CUSTOMER} } coverage { reason } } }`,
  'each provider’s records': `{ providers { records(first: 5) { totalCount nodes { id email raw } } health { state } rateLimits { remaining } } }`,
  'an update': `mutation ($id: ID!) { updateCustomer(input: { id: $id, lastName: "King", phone: null }) { customer { ${CUSTOMER} } ${OUTCOMES} } }`,
  'a dry run': `mutation ($id: ID!) { updateCustomer(input: { id: $id, lastName: "King", dryRun: true }) { ${OUTCOMES} } }`,
  'a new code': `mutation ($id: ID!) { requestCustomerConfirmation(input: { id: $id }) { customer { id } ${OUTCOMES} } }`,
  'a code': `mutation ($id: ID!) { confirmCustomer(input: { id: $id, confirmationToken: "1234" }) { customer { id } ${OUTCOMES} } }`,
  'a page for billing': `mutation ($id: ID!) { createSelfServiceLink(input: { id: $id, kind: BILLING_PAGE }) { url errors { code } } }`,
  'a page for a card': `mutation ($id: ID!) { createSelfServiceLink(input: { id: $id, kind: CARD }) { url errors { code } } }`,
} as const;

let world: World;
beforeAll(async () => {
  // What has to be waited for is waited for, and not long.
  const environment = { PROVIDER_TIMEOUT_MS: '250', OPERATION_DEADLINE_MS: '1000' };
  const settings = { 'cycle-software': { minutelyLimit: 1_000_000, dailyLimit: 1_000_000 } };
  world = await startWorld({ environment, sandbox: { maxCalls: 100, settings } });
});
afterAll(() => world.close());

it('whatever providers answer, whoever asks is answered as documented, and as the schema has it', async () => {
  const id = await createAda(world, WRITABLE);
  const property = fc.asyncProperty(fc.constantFrom(...Object.keys(ASKED)), wildEdits(8), async (what, edits) => {
    for (const provider of world.sandbox.providers)
      provider.fault({ kind: 'mutate', change: (json) => edits.reduce(edited, json) });
    const answer = await world.query(ASKED[what as keyof typeof ASKED], { id }, { 'cache-control': 'no-cache' });
    for (const provider of world.sandbox.providers) provider.clearFaults();
    const { status, headers, text } = answer;
    const requestId = String(headers['x-request-id']);
    expect([what, status, faultIn({ status, type: 'application/json', requestId, text })]).toEqual([what, 200, null]);
    // What a provider's answer may hold stands in none that went wrong.
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
  await fc.assert(property, runs(30));
});
