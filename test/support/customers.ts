import { expect } from 'vitest';
import type { World } from './world.ts';

/** Ada, complete enough for every provider that can create. */
export const ada = {
  firstName: 'Ada',
  lastName: 'Lovelace',
  email: 'ada@example.com',
  phone: '+31612345678',
  address: { line1: 'Damrak 1a', city: 'Amsterdam', postalCode: '1012AB', country: 'NL' },
};

export const adasOnboarding = { customerId: 'cus_ada', userId: 'user_ada', hasPaymentMethod: false };

export const WRITABLE = ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON', 'ONBOARD_FLOW'];

/** Creates Ada at these providers and forgets the calls that it took. Gives her id. */
export async function createAda(
  world: World,
  providers: readonly string[] = WRITABLE,
  more: Record<string, unknown> = {},
): Promise<string> {
  const input = {
    ...ada,
    providers,
    ...(providers.includes('ONBOARD_FLOW') && { onboardFlow: adasOnboarding }),
    ...more,
  };
  const { data, errors } = await world.query(
    'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id } errors { code field message provider } } }',
    { input },
  );
  expect(errors).toEqual([]);
  expect(data.createCustomer.errors).toEqual([]);
  world.calls();
  return data.createCustomer.customer.id;
}

/** The id of the customer that holds a provider's record; forgets the call that it took. */
export async function idOf(world: World, provider: string, providerId: string): Promise<string> {
  const { data } = await world.query(
    'query ($provider: ProviderName!, $providerId: String!) { customerByProviderId(provider: $provider, providerId: $providerId) { id } }',
    { provider, providerId },
  );
  world.calls();
  return data.customerByProviderId.id;
}
