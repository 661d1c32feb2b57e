import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NutcacheLink } from './api.ts';
import { nextPage, pageOf } from './paging.ts';

const LIST = new URL('https://devapps.nutcache.com/webapi/customers');
const next = (href: unknown): NutcacheLink => ({ href: href as string, rel: 'navigation-next' });
const follow = (href: unknown, page = 1) => nextPage([next(href)], LIST, page);

describe('NC-8 the next page', () => {
  it('NC-8 is the number in the link, whatever way the link is written', () => {
    expect(follow('customers?limit=10&page=2')).toBe(2);
    expect(follow('/webapi/customers?page=2&limit=10')).toBe(2);
    expect(follow('https://devapps.nutcache.com/webapi/customers?limit=10&page=7', 6)).toBe(7);
    expect(follow('?limit=25&page=100000', 99_999)).toBe(100_000);
  });

  it('NC-8 is none where no link says so', () => {
    expect(nextPage([], LIST, 1)).toBeNull();
    expect(nextPage([{ href: 'customers?limit=10&page=1', rel: 'navigation-previous' }], LIST, 2)).toBeNull();
  });

  it.each([
    ['another host', 'https://evil.example/webapi/customers?limit=10&page=2'],
    ['another host without a scheme', '//evil.example/webapi/customers?page=2'],
    ['another host behind backslashes', '\\\\evil.example\\customers?page=2'],
    ['another scheme', 'http://devapps.nutcache.com/webapi/customers?page=2'],
    ['another port', 'https://devapps.nutcache.com:8443/webapi/customers?page=2'],
    ['a script', 'javascript:customers?page=2'],
    ['credentials', 'https://a:b@devapps.nutcache.com/webapi/customers?page=2'],
    ['another list', 'invoices?limit=10&page=2'],
    ['no page', 'customers?limit=10'],
    ['two pages', 'customers?page=2&page=3'],
    ['page 0', 'customers?page=0'],
    ['a fraction', 'customers?page=2.5'],
    ['an exponent', 'customers?page=2e3'],
    ['a sign', 'customers?page=-2'],
    ['a page beyond any', 'customers?page=100001'],
    ['a page with a thousand digits', `customers?page=${'9'.repeat(1000)}`],
    ['smaller pages, of which some would be missed', 'customers?limit=5&page=2'],
    ['nothing', ''],
    ['null', null],
    ['a number', 2],
  ])('NC-8 refuses a link to %s', (_, href) => {
    expect(() => follow(href)).toThrow(expect.objectContaining({ code: 'PROVIDER_BAD_RESPONSE' }));
  });

  it('NC-8 refuses a link to itself, and one that leads back', () => {
    for (const page of [2, 3]) expect(() => follow('customers?limit=10&page=2', page)).toThrow('leads nowhere');
    expect(() => follow('customers?limit=10&page=1')).toThrow('leads nowhere');
  });

  it('NC-8 refuses two next pages', () => {
    const links = [next('customers?page=2'), next('customers?page=3')];
    expect(() => nextPage(links, LIST, 1)).toThrow('no single link');
  });

  it('NC-8 leads nowhere but to a larger number on our own host, whatever the link says', () => {
    const part = fc.constantFrom(
      'https:',
      '//',
      'customers',
      '?',
      '&',
      'page=',
      'limit=10',
      '2',
      '9',
      '@',
      '.',
      '\\',
      'evil.example',
      '#',
      '%2f',
      '\n',
    );
    const href = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(href, fc.integer({ min: 1, max: 100_000 }), (text, page) => {
        let found: number | null;
        try {
          found = follow(text, page);
        } catch (error) {
          expect(error).toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
          return;
        }
        expect(Number.isInteger(found) && found !== null && found > page && found <= 100_000).toBe(true);
        expect(new URL(text, LIST).host).toBe(LIST.host);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a mark', () => {
  it('is the page number, and null is the first page', () => {
    expect(pageOf(null)).toBe(1);
    expect(pageOf('42')).toBe(42);
  });

  it('is refused when it is anything else', () => {
    for (const mark of ['', '0', '01', '2&limit=1000', '1e3', '100001', 'abc']) {
      expect(() => pageOf(mark)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    }
  });
});
