import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../support/customers.ts';
import {
  at,
  codes,
  lastToken,
  lemonSays,
  link,
  MINUTE,
  newLemon,
  OCTOBAT_INC,
  STATE,
  startVerifyingWorld,
  YOGI,
} from '../support/verification.ts';
import { afreshEach, type World } from '../support/world.ts';

/** Links that open pages: which are made, and which are never handed out. */

let world: World;
beforeAll(async () => {
  world = await startVerifyingWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

describe('createSelfServiceLink', () => {
  it.each([
    ['CARD', 'card_url'],
    ['BILLING_ADDRESS', 'billing_address_url'],
    ['SHIPPING_ADDRESS', 'shipping_address_url'],
  ])('makes Dirty Lemon’s link of kind %s, a fresh one each time, good for a short while', async (kind, field) => {
    const id = await idOf(world, 'DIRTY_LEMON', YOGI);
    const one = await link(world, id, kind);
    const two = await link(world, id, kind);
    for (const { url, expiresAt, errors } of [one, two]) {
      expect(errors).toEqual([]);
      expect(url).toMatch(/^https:\/\/api\.dirtylemon\.com\/l\/[0-9a-f]{6}$/);
      expect(expiresAt).toBe(at(-5 * MINUTE));
    }
    expect(two.url).not.toBe(one.url);
    expect(world.calls()).toEqual(Array(2).fill(`dirty-lemon GET /v1/customers/${YOGI}`));
    lemonSays(world, { [field]: 'https://api.dirtylemon.com/l/mine' });
    expect((await link(world, id, kind)).url).toBe('https://api.dirtylemon.com/l/mine');
  });

  it('gives Octobat’s billing page, which does not expire', async () => {
    const id = await idOf(world, 'OCTOBAT', OCTOBAT_INC);
    expect(await link(world, id, 'BILLING_PAGE')).toEqual({
      url: 'https://bp.octobat.com/c/1421878635hksc26e4de79',
      expiresAt: null,
      errors: [],
    });
    expect(world.calls()).toEqual([`octobat GET /customers/${OCTOBAT_INC}`]);
  });

  it('makes one for each, also where an operation asks for several', async () => {
    const id = await newLemon(world, ['OCTOBAT', 'DIRTY_LEMON']);
    const { data } = await world.query(
      `mutation ($id: ID!) {
        a: createSelfServiceLink(input: { id: $id, kind: CARD }) { url }
        b: createSelfServiceLink(input: { id: $id, kind: CARD }) { url }
        c: createSelfServiceLink(input: { id: $id, kind: BILLING_PAGE }) { url }
      }`,
      { id },
    );
    expect(new Set([data.a.url, data.b.url, data.c.url]).size).toBe(3);
    expect(world.calls()).toHaveLength(3);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,hello',
    'http://api.dirtylemon.com/l/evil',
    'https://evil.example/l/evil',
    'https://dirtylemon.com.evil.example/l/evil',
    'https://evildirtylemon.com/l/evil',
    'https://api.dirtylemon.com@evil.example/',
    'https://evil:evil@api.dirtylemon.com/',
    'https://api.dirtylemon.com:8443/evil',
    '//api.dirtylemon.com/evil',
    'evil',
    '',
    null,
    7,
  ])('hands out no link such as %j', async (evil) => {
    const id = await newLemon(world, ['OCTOBAT', 'DIRTY_LEMON']);
    const forOctobat = typeof evil === 'string' ? evil.replaceAll('dirtylemon.com', 'octobat.com') : evil;
    lemonSays(world, { card_url: evil });
    world.provider('octobat').fault({
      kind: 'mutate',
      change: (json) => ({ ...(json as object), octobat_billing_page: forOctobat }),
    });
    for (const [kind, provider] of [
      ['CARD', 'DIRTY_LEMON'],
      ['BILLING_PAGE', 'OCTOBAT'],
    ] as const) {
      const payload = await link(world, id, kind);
      expect(payload).toMatchObject({ url: null, expiresAt: null, errors: [{ provider }] });
      expect(codes(payload)).toEqual([['PROVIDER_BAD_RESPONSE', null]]);
      expect(JSON.stringify(payload)).not.toMatch(/evil|javascript|8443/);
    }
  });

  it('is the only answer that holds a link, a page or a code', async () => {
    const id = await newLemon(world, ['OCTOBAT', 'DIRTY_LEMON']);
    const { text, errors } = await world.query(
      `query ($id: ID!) { customer(id: $id) {
        ${STATE} octobat { id name } dirtyLemon { id email phoneNumber unconfirmedPhoneNumber }
        records { providerId raw extension { id } }
        dataQuality { code } problems { code } } }`,
      { id },
    );
    expect(errors).toEqual([]);
    expect(text).toContain('"raw":{');
    expect(text).not.toMatch(/https?:|_url|billing_page|confirmation_token/);
    expect(text).not.toContain(lastToken(world));
  });

  it('says what kept it from being made', async () => {
    const id = await idOf(world, 'DIRTY_LEMON', YOGI);
    world.provider('dirty-lemon').fault({ kind: 'status', status: 404, times: 1 });
    expect(codes(await link(world, id, 'CARD'))).toEqual([['NOT_FOUND', null]]);
    world.provider('dirty-lemon').fault({ kind: 'status', status: 500, times: 1 });
    expect(await link(world, id, 'CARD')).toMatchObject({
      url: null,
      errors: [{ code: 'PROVIDER_UNAVAILABLE', provider: 'DIRTY_LEMON', retryable: true }],
    });
    world.provider('dirty-lemon').fault({ kind: 'wrongId', times: 1 });
    expect(codes(await link(world, id, 'CARD'))).toEqual([['PROVIDER_BAD_RESPONSE', null]]);
  });
});
