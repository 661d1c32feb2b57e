import { expect, it } from 'vitest';
import {
  ConfirmPhoneDocument,
  CreateCustomerDocument,
  CustomerByIdDocument,
  RequestConfirmationDocument,
  SelfServiceLinkDocument,
  UpdateCustomerDocument,
} from '../../schema/client/graphql.ts';
import type { SentMessage } from '../../src/sandbox/sandbox.ts';
import { ada, adasOnboarding } from '../support/customers.ts';
import { letCodesRest } from '../support/verification.ts';
import { startWorld } from '../support/world.ts';

/** The main job from end to end, as a typed client does it. */

it('creates a customer at four providers, finds, updates and confirms it, and makes a link', async () => {
  const messages: SentMessage[] = [];
  const world = await startWorld({ sandbox: { onMessage: (message) => messages.push(message) } });
  try {
    const created = await world.query(CreateCustomerDocument, {
      input: {
        ...ada,
        providers: ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON', 'ONBOARD_FLOW'],
        onboardFlow: adasOnboarding,
      },
    });
    expect(created.errors).toEqual([]);
    expect(created.data?.createCustomer?.errors).toEqual([]);
    const customer = created.data?.createCustomer?.customer;
    expect(customer).toMatchObject({ displayName: 'Ada Lovelace', email: 'ada@example.com', phone: '+31612345678' });
    const id = customer?.id ?? '';

    const found = await world.query(CustomerByIdDocument, { id });
    expect(found.data?.customer).toMatchObject({
      id,
      displayName: 'Ada Lovelace',
      problems: [],
      verification: { state: 'PENDING' },
    });
    expect(found.data?.customer?.records.map(({ provider, servedFrom }) => [provider, servedFrom])).toEqual([
      ['OCTOBAT', 'LIVE'],
      ['CYCLE_SOFTWARE', 'LIVE'],
      ['DIRTY_LEMON', 'LIVE'],
      ['ONBOARD_FLOW', 'LAST_SENT'],
    ]);

    const updated = await world.query(UpdateCustomerDocument, { input: { id, lastName: 'King' } });
    expect(updated.data?.updateCustomer?.errors).toEqual([]);
    expect(updated.data?.updateCustomer?.customer?.displayName).toBe('Ada King');

    // A person takes longer.
    await letCodesRest(world, id);
    const requested = await world.query(RequestConfirmationDocument, { input: { id } });
    expect(requested.data?.requestCustomerConfirmation?.errors).toEqual([]);
    const code = /\d{4,}/.exec(messages.at(-1)?.text ?? '')?.[0] ?? '';
    const confirmed = await world.query(ConfirmPhoneDocument, { input: { id, confirmationToken: code } });
    expect(confirmed.data?.confirmCustomer?.errors).toEqual([]);
    expect(confirmed.data?.confirmCustomer?.customer?.verification?.state).toBe('VERIFIED');

    const link = await world.query(SelfServiceLinkDocument, { input: { id, kind: 'BILLING_PAGE' } });
    expect(link.data?.createSelfServiceLink).toMatchObject({
      url: expect.stringMatching(/^https:/),
      expiresAt: null,
      errors: [],
    });
  } finally {
    await world.close();
  }
});
