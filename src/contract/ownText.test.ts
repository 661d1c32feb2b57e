import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ownText, ownTextAs } from './ownText.ts';

describe('a text of an own input', () => {
  it.each([
    ['absent, which leaves', undefined, undefined],
    ['null, which clears', null, null],
    ['empty once trimmed, which clears', ' \t\u0085', null],
    ['trimmed and composed', ' Cafe\u0301 ', 'Caf\u00e9'],
    ['255 characters long', 'x'.repeat(255), 'x'.repeat(255)],
  ])('may be %s', (_, given, read) => {
    expect(ownText().parse(given)).toBe(read);
  });

  it.each([
    ['longer', 'x'.repeat(256)],
    ['of two lines', 'a\nb'],
    ['with NUL inside', 'a\0b'],
    ['with a control character of Latin-1', 'a\u0085b'],
    ['a number', 7],
  ])('is never %s, and its problem does not quote it', (_, given) => {
    const { error } = z.object({ name: ownText() }).safeParse({ name: given });
    expect(error?.issues).toMatchObject([{ path: ['name'], message: expect.not.stringContaining('xx') }]);
  });

  it('is told what is wrong with it', () => {
    const messageOf = (given: string) =>
      ownText()
        .safeParse(given)
        .error?.issues.map(({ message }) => message);
    expect(messageOf('x'.repeat(256))).toEqual(['This is longer than 255 characters.']);
    expect(messageOf('a\nb')).toEqual(['This holds a line break or another control character.']);
  });

  it('is read further only where it holds something and nothing is wrong with it', () => {
    const read: string[] = [];
    const schema = ownTextAs((value) => read.push(value));
    for (const given of [undefined, null, ' ', 'a\nb', ' kept ']) schema.safeParse(given);
    expect(read).toEqual(['kept']);
  });
});
