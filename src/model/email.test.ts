import fc from 'fast-check';
import { GraphQLEmailAddress } from 'graphql-scalars';
import { describe, expect, test } from 'vitest';
import { email } from './email.ts';

describe('email', () => {
  test.each([
    ['takes a plain address', 'contact@octobat.com', 'contact@octobat.com'],
    ['keeps the case before the @', 'Clientinactif@yopmail.com', 'Clientinactif@yopmail.com'],
    ['lowers the case of the domain', 'Yogi.Berra@Example.COM', 'Yogi.Berra@example.com'],
    ['trims', ' a@b.nl\u00a0', 'a@b.nl'],
    ['writes an international domain in ASCII', 'info@MÜNCHEN.de', 'info@xn--mnchen-3ya.de'],
    ['reads an ideographic full stop as a dot', 'a@例え。jp', 'a@xn--r8jz45g.jp'],
    ['takes a domain without a dot, as HTML does', 'root@localhost', 'root@localhost'],
    ['refuses a slash that IDNA would cut at', 'a@exa/mplé.de', null],
    ['refuses a percent sign that IDNA would undo', 'a@ü%61.de', null],
    ['refuses wide digits that IDNA would make an IPv4 address', 'a@１.２', null],
    ['refuses two signs', 'a@b@c.nl', null],
    ['refuses a missing local part', '@c.nl', null],
    ['refuses a missing domain', 'a@', null],
    ['refuses a letter beyond ASCII before the sign', 'jérôme@example.com', null],
    ['refuses a display name', 'Yogi <yogi@example.com>', null],
    ['refuses two addresses', 'a@b.nl, c@d.nl', null],
    ['refuses a blank inside', 'a b@c.nl', null],
    ['refuses NUL', 'a\0@c.nl', null],
    ['refuses a full stop at the end', 'a@c.nl.', null],
    ['refuses no address', 'none', null],
    ['refuses an empty string', '', null],
    ['refuses a number', 5, null],
    ['refuses an array', ['a@b.nl'], null],
  ])('%s', (_, raw, expected) => {
    expect(email(raw)).toBe(expected);
  });

  test('takes 254 characters and no more', () => {
    const rest = `@${'d'.repeat(60)}.${'d'.repeat(60)}.nl`;
    expect(email('a'.repeat(254 - rest.length) + rest)).toHaveLength(254);
    expect(email('a'.repeat(255 - rest.length) + rest)).toBeNull();
  });

  test('refuses a huge text at once', () => {
    const started = performance.now();
    expect(email(`${'a'.repeat(5_000_000)}@b.nl`)).toBeNull();
    expect(performance.now() - started).toBeLessThan(50);
  });

  test('never returns what the EmailAddress scalar refuses, and is idempotent', () => {
    const label = fc.string({
      unit: fc.constantFrom('a', 'Z', '0', '-', '.', 'ß', 'é', '１', '。', '%', '/', ':', '_', '中'),
    });
    const raw = fc.oneof(
      fc.anything(),
      fc.string({ unit: 'binary' }),
      fc.emailAddress(),
      fc.tuple(fc.string(), label).map(([local, domain]) => `${local}@${domain}`),
      label.map((domain) => `a@${domain}`),
    );
    fc.assert(
      fc.property(raw, (value) => {
        const once = email(value);
        if (once === null) return;
        expect(GraphQLEmailAddress.serialize(once)).toBe(once);
        expect(once.length).toBeLessThanOrEqual(254);
        expect(email(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  test('reads every common address', () => {
    fc.assert(fc.property(fc.emailAddress(), (address) => email(address) !== null));
  });
});
