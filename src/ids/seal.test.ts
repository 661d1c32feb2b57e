import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSealer } from './seal.ts';

const SECRET = 'a secret of at least sixteen characters';
const sealer = createSealer(SECRET);
/** What is ever sealed: no NUL, and whole characters. */
const text = fc.string({ unit: 'grapheme', maxLength: 300 }).filter((each) => !each.includes('\0'));
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

describe('a seal', () => {
  it('opens to its text, by the same secret wherever it was made', () => {
    const other = createSealer(SECRET);
    fc.assert(
      fc.property(text, (each) => {
        expect(other.open(sealer.seal(each))).toBe(each);
      }),
    );
  });

  it('is the same for the same text, and another for any other', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(sealer.seal(one)).toBe(sealer.seal(one));
        expect(sealer.seal(one) === sealer.seal(other)).toBe(one === other);
      }),
    );
  });

  it('shows nothing of its text, and stands in a URL as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 4, unit: 'binary-ascii' }).filter((each) => !each.includes('\0')),
        (each) => {
          const sealed = sealer.seal(each);
          expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
          expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain(each);
        },
      ),
    );
  });

  it('tells no more of a length than in steps of 64', () => {
    const lengths = Array.from({ length: 200 }, (_, length) => sealer.seal('x'.repeat(length)).length);
    expect([...new Set(lengths)]).toHaveLength(4);
    expect(new Set(lengths.slice(0, 64)).size).toBe(1);
  });

  it('opens by no other secret, but by the previous one where that is given', () => {
    const changed = createSealer('another secret, as long as the first', SECRET);
    fc.assert(
      fc.property(text, (each) => {
        const old = sealer.seal(each);
        expect(changed.open(old)).toBe(each);
        expect(changed.seal(each)).not.toBe(old);
        expect(sealer.open(changed.seal(each))).toBeNull();
        expect(createSealer('another secret, as long as the first').open(old)).toBeNull();
      }),
    );
  });

  it('opens with no character changed, added, taken away or moved', () => {
    const sealed = sealer.seal('coctobat:oc_cu_1421878635hksc26e4de79');
    for (let at = 0; at < sealed.length; at++) {
      const [before, after] = [sealed.slice(0, at), sealed.slice(at + 1)];
      for (const character of at % 8 === 0 ? ALPHABET : 'Az') {
        if (character !== sealed[at]) expect(sealer.open(before + character + after)).toBeNull();
        expect(sealer.open(before + character + sealed.slice(at))).toBeNull();
      }
      expect(sealer.open(before + after)).toBeNull();
    }
    for (const character of ALPHABET) expect(sealer.open(sealed + character)).toBeNull();
    for (let length = 0; length < sealed.length; length++) expect(sealer.open(sealed.slice(0, length))).toBeNull();
  });

  it('has one spelling: padding, line breaks, other alphabets and blanks are not it', () => {
    const withSigns = (sign: RegExp): string => {
      for (let number = 0; ; number++) {
        const sealed = sealer.seal(`cnutcache:${number}`);
        if (sign.test(sealed)) return sealed;
      }
    };
    const sealed = withSigns(/-.*_|_.*-/);
    const spellings = [
      ...[`${sealed}=`, `${sealed}==`, `=${sealed}`, `${sealed}\n`, `${sealed}\r\n`, ` ${sealed}`, `${sealed} `],
      ...[`${sealed.slice(0, 9)}\n${sealed.slice(9)}`, `${sealed.slice(0, 9)} ${sealed.slice(9)}`, `${sealed}\0`],
      ...[sealed.replaceAll('-', '+'), sealed.replaceAll('_', '/'), encodeURIComponent(`${sealed}=`), `"${sealed}"`],
      ...[sealed.toLowerCase(), sealed.toUpperCase(), [...sealed].reverse().join(''), `${sealed}${sealed}`],
    ];
    for (const spelling of spellings) expect(sealer.open(spelling)).toBeNull();
    expect(sealer.open(sealed)).not.toBeNull();
  });

  it('opens up to two thousand characters, and a longer one not even where it was made here', () => {
    const [longest, longer] = [sealer.seal('x'.repeat(1_471)), sealer.seal('x'.repeat(1_472))];
    expect([longest.length, longer.length]).toEqual([1_984, 2_070]);
    expect(createSealer(SECRET).open(longest)).toBe('x'.repeat(1_471));
    expect(createSealer(SECRET).open(longer)).toBeNull();
  });

  it('is the same after very many others', () => {
    const texts = Array.from({ length: 20_000 }, (_, number) => `cnutcache:${number}`);
    const seals = texts.map((each) => sealer.seal(each));
    expect(seals.map((each) => sealer.open(each))).toEqual(texts);
    expect(texts.map((each) => sealer.seal(each))).toEqual(seals);
  });

  it('is refused, whatever is given for one', () => {
    const anything = fc.oneof(fc.string(), fc.base64String());
    fc.assert(
      fc.property(anything, (each) => {
        expect(sealer.open(each)).toBeNull();
      }),
    );
    for (const each of ['', 'A'.repeat(22), 'A'.repeat(64), 'A'.repeat(2_049), 'A'.repeat(1_000_000), '\ud800'])
      expect(sealer.open(each)).toBeNull();
  });
});
