import { describe, expect, it } from 'vitest';
import { createInput, updateInput } from './inputs.ts';
import { parseSettings } from './test-server.ts';

const problems = (input: unknown) => {
  const { error } = updateInput.safeParse(input);
  return error?.issues.map(({ path }) => path.join('.'));
};

describe('the own inputs', () => {
  it('tells absent from null, and takes what is empty for null', () => {
    const { title, attn, initials, insertion } = updateInput.parse({ title: null, attn: ' ', initials: ' T ' });
    expect({ title, attn, initials, insertion }).toEqual({
      title: null,
      attn: null,
      initials: 'T',
      insertion: undefined,
    });
    expect(updateInput.parse({}).phoneNumbers).toBeUndefined();
    expect(updateInput.parse({ phoneNumbers: [{ phoneNumber: null }] }).phoneNumbers).toEqual([{ phoneNumber: null }]);
  });

  it('takes no list for an absent one on a create, where nothing can be cleared', () => {
    expect(createInput.parse({ phoneNumbers: null }).phoneNumbers).toBeUndefined();
    expect(createInput.parse({ phoneNumbers: [{ phoneNumber: '06 1' }] }).phoneNumbers).toEqual([
      { phoneNumber: '06 1' },
    ]);
  });

  it('takes text as people write it, in NFC', () => {
    expect(updateInput.parse({ street: 'Cafe\u0301straat ' }).street).toBe('Caf\u00e9straat');
  });

  it.each([
    ['klant', 'Klant'],
    [' ZAKELIJK ', 'Zakelijk'],
    ['e-Commerce', 'E-commerce'],
    ['', null],
    [null, null],
  ])('CS-6 writes the type %j as the provider spells it', (given, written) => {
    expect(updateInput.parse({ customerTypeName: given }).customerTypeName).toBe(written);
  });

  it.each([
    [{ customerTypeName: 'Business' }, 'customerTypeName'],
    [{ attn: 'a'.repeat(256) }, 'attn'],
    [{ title: 'a\nb' }, 'title'],
    [{ street: 'a\u0000b' }, 'street'],
    [{ discountPercentage: 100.5 }, 'discountPercentage'],
    [{ discountPercentage: -1 }, 'discountPercentage'],
    [{ discountPercentage: Number.NaN }, 'discountPercentage'],
    [{ phoneNumbers: null }, 'phoneNumbers'],
    [{ phoneNumbers: Array.from({ length: 51 }, () => ({})) }, 'phoneNumbers'],
    [{ phoneNumbers: [{}, { phoneNumber: '06\r' + '1' }] }, 'phoneNumbers.1.phoneNumber'],
  ])('refuses %j with its path', (input, path) => {
    expect(problems(input)).toEqual([path]);
  });
});

describe('the settings', () => {
  const given = { USERNAME: 'Username', PASSWORD: 'Pass:word' };

  it('CS-10 have defaults for the address and the zone', () => {
    expect(parseSettings(given)).toEqual({
      ...given,
      URL: new URL('https://api.cyclesoftware.nl'),
      TIME_ZONE: 'Europe/Amsterdam',
    });
  });

  it.each([
    ['CS-10 a zone that is none', { ...given, TIME_ZONE: 'Europe/Nistelrode' }],
    ['CS-10 an offset for a zone', { ...given, TIME_ZONE: '+01:00' }],
    ['a user with a colon', { ...given, USERNAME: 'a:b' }],
    ['no user', { PASSWORD: 'b' }],
    ['no password', { USERNAME: 'a' }],
  ])('refuse %s', (_, values) => {
    expect(() => parseSettings(values)).toThrow();
  });
});
