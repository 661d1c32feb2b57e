import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { orText, parseWire, sameRecord, stated, verbatim, wireText, withoutKeys } from './wire.ts';

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
      expect(() => sameRecord('acme', record, '8')).toThrow(
        expect.objectContaining({
          code: 'PROVIDER_BAD_RESPONSE',
          message: expect.stringContaining('another customer than the one asked for'),
        }),
      );
    }
  });
});

describe('an answer', () => {
  it('is taken where it has the shape that is documented, and is told without its values where it has not', () => {
    const schema = z.object({ id: z.number() });
    expect(parseWire('acme', schema, { id: 7 })).toEqual({ id: 7 });
    expect(() => parseWire('acme', schema, { id: 'hunter2' })).toThrow(
      expect.objectContaining({
        code: 'PROVIDER_BAD_RESPONSE',
        message: expect.stringContaining('an answer of another shape than documented'),
      }),
    );
  });
});

describe('a value that is to be compared', () => {
  it('is what can be read of it, else the text that stands there', () => {
    const initial = orText((value) => (value === 'Ada' ? 'A' : null));
    expect(['Ada', ' Bo ', 7, large, '', null].map(initial)).toEqual(['A', 'Bo', '7', large.rawJSON, null, null]);
  });
});

describe('a copy without keys', () => {
  it('has no key whose name says that it is secret, however many others there are, and however long they are', () => {
    const secrets = [
      'token',
      'Confirmation_Token',
      'secret',
      'client-secret',
      'PASSWORD',
      'apikey',
      'Api_Key',
      'site_key',
    ];
    const long = (end: string) => `${'x'.repeat(200)}${end}`;
    const json = Object.fromEntries([
      ...Array.from({ length: 2_000 }, (_, number): [string, string] => [`name_${number}`, 'kept']),
      ...Array.from({ length: 2_000 }, (_, number): [string, string] => [`token_${number}`, 'hunter2']),
      ...secrets.flatMap((name): [string, string][] => [
        [name, 'hunter2'],
        [long(name), 'hunter2'],
      ]),
      [long(''), 'kept'],
    ]);
    for (let time = 0; time < 2; time++) {
      const copy = withoutKeys({ ...json, list: [json, null, 'text'] }, []);
      expect(JSON.stringify(copy)).not.toContain('hunter2');
      expect(Object.keys(copy)).toHaveLength(2_002);
      expect(copy.list).toEqual([expect.objectContaining({ name_1999: 'kept' }), null, 'text']);
    }
  });

  it('has neither those nor any secret at any depth in any case, and the numbers as they are spelt', () => {
    const json = { id: large, page: 'p', inner: [{ page: 'p', Page: 'p', pAgE: 'p', Access_Token: 't', kept: large }] };
    expect(JSON.stringify(withoutKeys(json, ['page']))).toBe(
      '{"id":12345678901234567890,"inner":[{"kept":12345678901234567890}]}',
    );
  });
});
