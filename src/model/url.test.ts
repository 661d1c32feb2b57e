import fc from 'fast-check';
import { GraphQLURL } from 'graphql-scalars';
import { describe, expect, test } from 'vitest';
import { httpsUrl, webUrl } from './url.ts';

describe('webUrl and httpsUrl', () => {
  test.each([
    ['take https', 'https://example.com/a?b#c', 'https://example.com/a?b#c', true],
    ['take http on the web only', 'http://example.com', 'http://example.com/', false],
    ['write as the URL standard does', ' HTTPS://Exämple.com:443/../ä ', 'https://xn--exmple-cua.com/%C3%A4', true],
    ['keep the letters of a path apart', 'https://x.nl/e\u0301', 'https://x.nl/e%CC%81', true],
    ['refuse a user', 'https://user@example.com', null, false],
    ['refuse a password', 'https://:secret@example.com', null, false],
    ['refuse another scheme', 'ftp://example.com', null, false],
    ['refuse javascript', 'javascript:alert(1)', null, false],
    ['refuse data', 'data:image/png;base64,AA==', null, false],
    ['refuse a relative one', '/image.png', null, false],
    ['refuse one without a scheme', '//example.com/image.png', null, false],
    ['refuse one without slashes', 'https:example.com', null, false],
    ['refuse one with three slashes', 'https:///example.com', null, false],
    ['refuse one without a host', 'https://', null, false],
    ['refuse a line break, which the URL standard drops', 'https://exam\nple.com', null, false],
    ['refuse a blank', 'https://example.com/a b', null, false],
    ['refuse a bad port', 'https://example.com:99999', null, false],
    ['refuse an empty string', '', null, false],
    ['refuse a number', 5, null, false],
    ['refuse null', null, null, false],
    ['refuse a URL object', new URL('https://example.com'), null, false],
  ])('%s', (_, raw, expected, secure) => {
    expect(webUrl(raw)).toBe(expected);
    expect(httpsUrl(raw)?.href ?? null).toBe(secure ? expected : null);
  });

  test('take 2,048 characters and no more, as written and as normalised', () => {
    const start = 'https://example.com/';
    expect(webUrl(start + 'a'.repeat(2048 - start.length))).toHaveLength(2048);
    expect(webUrl(start + 'a'.repeat(2049 - start.length))).toBeNull();
    expect(webUrl(start + 'ä'.repeat(1000))).toBeNull();
    expect(webUrl(start + 'a'.repeat(5_000_000))).toBeNull();
  });

  test('are total, idempotent, and accepted by the URL scalar', () => {
    const raw = fc.oneof(
      fc.anything(),
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      fc.string({ unit: 'binary' }).map((rest) => `https://${rest}`),
      fc.string({ unit: 'binary' }).map((rest) => `http://a.nl/${rest}`),
    );
    fc.assert(
      fc.property(raw, (value) => {
        const once = webUrl(value);
        if (once === null) return;
        expect(GraphQLURL.serialize(once)).toBe(once);
        expect(webUrl(once)).toBe(once);
        expect(httpsUrl(value)?.href ?? null).toBe(once.startsWith('https:') ? once : null);
      }),
      { numRuns: 2000 },
    );
  });
});
