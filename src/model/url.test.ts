import fc from 'fast-check';
import { GraphQLURL } from 'graphql-scalars';
import { describe, expect, test } from 'vitest';
import { webUrl } from './url.ts';

describe('webUrl', () => {
  test.each([
    ['takes https', 'https://example.com/a?b#c', 'https://example.com/a?b#c'],
    ['takes http', 'http://example.com', 'http://example.com/'],
    ['writes as the URL standard does', ' HTTPS://Exämple.com:443/../ä ', 'https://xn--exmple-cua.com/%C3%A4'],
    ['keeps the letters of a path apart', 'https://x.nl/e\u0301', 'https://x.nl/e%CC%81'],
    ['refuses a user', 'https://user@example.com', null],
    ['refuses a password', 'https://:secret@example.com', null],
    ['refuses another scheme', 'ftp://example.com', null],
    ['refuses javascript', 'javascript:alert(1)', null],
    ['refuses data', 'data:image/png;base64,AA==', null],
    ['refuses a relative one', '/image.png', null],
    ['refuses one without a scheme', '//example.com/image.png', null],
    ['refuses one without slashes', 'https:example.com', null],
    ['refuses one with three slashes', 'https:///example.com', null],
    ['refuses one without a host', 'https://', null],
    ['refuses a line break, which the URL standard drops', 'https://exam\nple.com', null],
    ['refuses a blank', 'https://example.com/a b', null],
    ['refuses a bad port', 'https://example.com:99999', null],
    ['refuses an empty string', '', null],
    ['refuses a number', 5, null],
    ['refuses null', null, null],
    ['refuses a URL object', new URL('https://example.com'), null],
  ])('%s', (_, raw, expected) => {
    expect(webUrl(raw)).toBe(expected);
  });

  test('takes 2,048 characters and no more, as written and as normalised', () => {
    const start = 'https://example.com/';
    expect(webUrl(start + 'a'.repeat(2048 - start.length))).toHaveLength(2048);
    expect(webUrl(start + 'a'.repeat(2049 - start.length))).toBeNull();
    expect(webUrl(start + 'ä'.repeat(1000))).toBeNull();
    expect(webUrl(start + 'a'.repeat(5_000_000))).toBeNull();
  });

  test('is total, idempotent, and accepted by the URL scalar', () => {
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
      }),
      { numRuns: 2000 },
    );
  });
});
