import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWire } from '../../contract/wire.ts';
import { DIRTY_LEMON_ID, dirtyLemonCustomer, dirtyLemonLinks } from './api.ts';
import { raw } from './mapping.ts';

const ID = 'fffd7e80-1691-41f5-8946-9deeaf0b8640';
const TOKEN = 'canary-token-123456';
const LINK = 'https://api.dirtylemon.com/l/canary-link';

const parse = (json: unknown) => parseWire('dirty-lemon', dirtyLemonCustomer, json);

/** All that is kept of an answer, and all that is shown of it. */
const keptAndShown = (json: object) => {
  const wire = parse(json);
  return JSON.stringify([wire, raw(wire), raw({ ...wire, ...json })]);
};

const secretKeys = [
  ...['confirmation_token', 'confirmationToken', 'CONFIRMATION_TOKEN', 'Confirmation_token', 'token', 'code', 'otp'],
  ...[
    'card_url',
    'billing_address_url',
    'shipping_address_url',
    'Card_Url',
    'cardUrl',
    'links',
    'self',
    'customer',
    '0',
  ],
];

const { nested } = fc.letrec((tie) => ({
  nested: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(TOKEN, LINK, `${TOKEN} was sent, see ${LINK}`),
    fc.array(tie('nested'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...secretKeys), tie('nested'), { maxKeys: 4 }),
  ),
}));

describe('the wire schema', () => {
  it.each(secretKeys)('DL-1 DL-2 drops the token and the links as %s, at the top and below', (key) => {
    const kept = keptAndShown({ id: ID, first_name: 'Yogi', [key]: TOKEN, deeper: [{ [key]: { [key]: LINK } }] });
    expect(kept).toContain('Yogi');
    expect(kept).not.toMatch(/canary/);
  });

  it('DL-1 DL-2 keeps no token and no link, wherever an answer has them', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...secretKeys), nested), (more) => {
        expect(keptAndShown({ id: ID, email: 'customer@example.com', ...more })).not.toMatch(/canary/);
      }),
    );
  });

  it('DL-1 says nothing of the answer when it is refused', () => {
    const refused = () => parse({ id: ID, email: { confirmation_token: TOKEN }, confirmation_token: TOKEN });
    expect(refused).toThrow('The provider gave an answer of another shape than documented.');
    try {
      refused();
    } catch (error) {
      const told =
        error instanceof Error ? `${error.message} ${error.stack} ${JSON.stringify(error)} ${error.cause}` : '';
      expect(told).not.toContain(TOKEN);
    }
  });

  it('DL-2 reads the links for the one call that hands one out, and no token with them', () => {
    const links = { card_url: LINK, billing_address_url: null, shipping_address_url: null };
    const answer = { id: ID, ...links, confirmation_token: TOKEN, email: 'customer@example.com' };
    expect(parseWire('dirty-lemon', dirtyLemonLinks, answer)).toEqual({ id: ID, ...links });
  });

  it.each([
    ['no object', 'customer'],
    ['a list', [{ id: ID }]],
    ['no id', { email: 'customer@example.com' }],
    ['an id that is a number', { id: 7 }],
    ['an id that leads elsewhere', { id: '../x' }],
    ['an object in place of text', { id: ID, email: {} }],
    ['a list in place of text', { id: ID, phone_number: [] }],
    ['nothing', undefined],
  ])('refuses %s', (_, json) => {
    expect(() => parse(json)).toThrow(expect.objectContaining({ code: 'PROVIDER_BAD_RESPONSE' }));
  });

  it('takes a number in place of text, and fields that are missing', () => {
    expect(parse({ id: ID, country_code: 1 })).toEqual({ id: ID, country_code: 1 });
  });
});

describe('the id', () => {
  it.each([ID, '32139dfd-87c3-4552-8e91-0d9de718bff6'])('may be the document’s %s', (id) => {
    expect(id).toMatch(DIRTY_LEMON_ID);
  });

  it.each([
    ['upper case', ID.toUpperCase()],
    ['no hyphens', ID.replaceAll('-', '')],
    ['braces', `{${ID}}`],
    ['a path below', `${ID}/confirm`],
    ['a query', `${ID}?x=1`],
    ['a line break', `${ID}\n`],
    ['full-width digits', ID.replace('8', '８')],
    ['dots', '..'],
    ['nothing', ''],
  ])('has no %s', (_, id) => {
    expect(id).not.toMatch(DIRTY_LEMON_ID);
  });
});
