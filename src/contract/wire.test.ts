import { describe, expect, it } from 'vitest';
import { orText, sameRecord, stated, verbatim, wireText, withoutKeys } from './wire.ts';

const large = JSON.rawJSON('12345678901234567890');

describe('a text', () => {
  it.each([
    ['a text', 'x', 'x'],
    ['a number', 7, 7],
    ['a number that JavaScript can’t hold, as it is spelt', large, '12345678901234567890'],
    ['null', null, null],
    ['nothing', undefined, undefined],
  ])('may be %s', (_, value, read) => {
    expect(wireText.parse(value)).toBe(read);
  });

  it.each([[{}], [[]], [true], [{ rawJSON: '7' }]])('is never %j', (value) => {
    expect(wireText.safeParse(value).success).toBe(false);
  });

  it('is shown as it is, but for the empty one', () => {
    expect([' x ', 7, large, '', null, undefined].map(verbatim)).toEqual([' x ', '7', large.rawJSON, null, null, null]);
  });
});

it('is stated where it is there, trimmed and once', () => {
  expect(stated([' x ', 'x', 7, large, '', ' ', null, undefined, true, {}, []])).toEqual(['x', '7', large.rawJSON]);
});

describe('a record', () => {
  it('is the one that was asked for, whether its id is text or a number', () => {
    for (const record of [{ id: '7' }, { id: 7 }]) {
      expect(sameRecord('acme', record, '7')).toBe(record);
      expect(() => sameRecord('acme', record, '8')).toThrow(expect.objectContaining({ code: 'PROVIDER_BAD_RESPONSE' }));
    }
  });
});

describe('a value that is to be compared', () => {
  it('is what can be read of it, else the text that stands there', () => {
    const initial = orText((value) => (value === 'Ada' ? 'A' : null));
    expect(['Ada', ' Bo ', 7, large, '', null].map(initial)).toEqual(['A', 'Bo', '7', large.rawJSON, null, null]);
  });
});

describe('a copy without keys', () => {
  it('has neither those nor any secret at any depth in any case, and the numbers as they are spelt', () => {
    const json = { id: large, page: 'p', inner: [{ page: 'p', Page: 'p', pAgE: 'p', Access_Token: 't', kept: large }] };
    expect(JSON.stringify(withoutKeys(json, ['page']))).toBe(
      '{"id":12345678901234567890,"inner":[{"kept":12345678901234567890}]}',
    );
  });
});
