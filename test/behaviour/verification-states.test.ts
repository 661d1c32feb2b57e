import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../support/customers.ts';
import {
  at,
  lemonSays,
  MINUTE,
  messages,
  newLemon,
  OCTOBAT_INC,
  requestCode,
  STATE,
  startVerifyingWorld,
  stateOf,
  time,
  YOGI,
} from '../support/verification.ts';
import { afreshEach, ask, type World } from '../support/world.ts';

/** Phones verified by codes that somebody receives: what is told of them. */

let world: World;
beforeAll(async () => {
  world = await startVerifyingWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

describe('verification', () => {
  const phone = '+14185810827';
  const other = '+31612345678';
  const unconfirmed = { phone_number: null, unconfirmed_phone_number: phone, country_code: 'CA' };
  const confirmed = { ...unconfirmed, phone_number: phone, confirmed_at: '2017-04-14T18:53:59.246Z' };
  const RULES: readonly (readonly [what: string, has: () => object, is: () => object])[] = [
    [
      'UNVERIFIED: no phone, and nothing was ever sent',
      () => ({ ...unconfirmed, confirmed_at: null, confirmation_sent_at: null }),
      () => ({ state: 'UNVERIFIED', phone }),
    ],
    [
      'UNVERIFIED: confirmed_at alone says nothing',
      () => ({ ...unconfirmed, confirmed_at: '2017-04-14T18:48:52.367Z', confirmation_sent_at: null }),
      () => ({ state: 'UNVERIFIED', phone }),
    ],
    [
      'UNVERIFIED: no number at all',
      () => ({ phone_number: '', unconfirmed_phone_number: null, confirmed_at: null, confirmation_sent_at: null }),
      () => ({ state: 'UNVERIFIED' }),
    ],
    [
      'PENDING: sent just now',
      () => ({ ...unconfirmed, confirmed_at: null, confirmation_sent_at: at() }),
      () => ({ state: 'PENDING', phone, sentAt: at(), expiresAt: at(-5 * MINUTE) }),
    ],
    [
      'PENDING: sent five minutes ago',
      () => ({ ...unconfirmed, confirmed_at: null, confirmation_sent_at: at(5 * MINUTE) }),
      () => ({ state: 'PENDING', phone, sentAt: at(5 * MINUTE), expiresAt: at() }),
    ],
    [
      'EXPIRED: sent longer ago',
      () => ({ ...unconfirmed, confirmed_at: null, confirmation_sent_at: at(5 * MINUTE + 1) }),
      () => ({ state: 'EXPIRED', phone, sentAt: at(5 * MINUTE + 1), expiresAt: at(1) }),
    ],
    [
      'VERIFIED: the unconfirmed number is the same',
      () => ({ ...confirmed, confirmation_sent_at: at(MINUTE) }),
      () => ({ state: 'VERIFIED', phone, sentAt: at(MINUTE), verifiedAt: '2017-04-14T18:53:59.246Z' }),
    ],
    [
      'VERIFIED: the same in another spelling',
      () => ({ ...confirmed, unconfirmed_phone_number: '(418) 581-0827', confirmation_sent_at: null }),
      () => ({ state: 'VERIFIED', phone, verifiedAt: '2017-04-14T18:53:59.246Z' }),
    ],
    [
      'VERIFIED: there is no unconfirmed number',
      () => ({ ...confirmed, unconfirmed_phone_number: null, confirmation_sent_at: null }),
      () => ({ state: 'VERIFIED', phone, verifiedAt: '2017-04-14T18:53:59.246Z' }),
    ],
    [
      'INCONSISTENT: a phone that was never confirmed',
      () => ({ ...confirmed, confirmed_at: null, confirmation_sent_at: at() }),
      () => ({ state: 'INCONSISTENT', phone, sentAt: at() }),
    ],
    [
      'INCONSISTENT: another number waits to be confirmed',
      () => ({ ...confirmed, unconfirmed_phone_number: other, confirmation_sent_at: null }),
      () => ({ state: 'INCONSISTENT', phone }),
    ],
    [
      'INCONSISTENT: confirmed at no readable time',
      () => ({ ...confirmed, confirmed_at: 'yesterday', confirmation_sent_at: null }),
      () => ({ state: 'INCONSISTENT', phone }),
    ],
  ];

  it.each(RULES)('is %s', async (_, has, is) => {
    const id = await idOf(world, 'DIRTY_LEMON', YOGI);
    lemonSays(world, has());
    expect(await stateOf(world, id)).toEqual({ phone: null, sentAt: null, expiresAt: null, verifiedAt: null, ...is() });
  });

  it('reads the document’s own example as verified', async () => {
    expect(await stateOf(world, await idOf(world, 'DIRTY_LEMON', YOGI))).toEqual({
      state: 'VERIFIED',
      phone: '+13333333333',
      sentAt: '2016-09-02T09:40:07.004Z',
      expiresAt: null,
      verifiedAt: '2016-09-02T09:40:08.004Z',
    });
  });

  it('knows of a code that our own write had sent, where the provider says nothing of it', async () => {
    const id = await newLemon(world);
    const sentAt = at();
    const pending = { state: 'PENDING', sentAt, expiresAt: at(-5 * MINUTE), verifiedAt: null };
    expect(await stateOf(world, id)).toMatchObject(pending);
    const { url } = await world.another();
    const elsewhere = await ask(url, `query ($id: ID!) { customer(id: $id) { ${STATE} } }`, { id });
    expect(elsewhere.data).toMatchObject({ customer: { verification: pending } });
    time.now += 5 * MINUTE + 1;
    expect(await stateOf(world, id)).toMatchObject({ ...pending, state: 'EXPIRED' });
    // A new code, and the provider still says nothing.
    await requestCode(world, id);
    lemonSays(world, { confirmation_sent_at: null });
    expect(await stateOf(world, id)).toMatchObject({ state: 'PENDING', sentAt: at(), expiresAt: at(-5 * MINUTE) });
  });

  it('takes the provider’s word on when a code was sent over our own', async () => {
    const id = await newLemon(world);
    lemonSays(world, { confirmation_sent_at: at(2 * MINUTE) });
    expect(await stateOf(world, id)).toMatchObject({
      state: 'PENDING',
      sentAt: at(2 * MINUTE),
      expiresAt: at(-3 * MINUTE),
    });
  });

  it('is VERIFIED at once where the customer was created as confirmed, and no code goes out', async () => {
    const before = messages(world);
    const id = await newLemon(world, ['DIRTY_LEMON'], { dirtyLemon: { confirmation: false } });
    expect(await stateOf(world, id)).toMatchObject({ state: 'VERIFIED', sentAt: null, verifiedAt: at() });
    expect(messages(world)).toBe(before);
  });

  it('is null for a customer whom no provider verifies', async () => {
    expect(await stateOf(world, await idOf(world, 'OCTOBAT', OCTOBAT_INC))).toBeNull();
  });
});
