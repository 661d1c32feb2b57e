import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPseudonyms } from './pseudonym.ts';

const SECRET = 'a secret of at least sixteen characters';

it('a pseudonym is the same for the same name and secret, and another for any other', () => {
  const [one, same, other] = [SECRET, SECRET, `${SECRET}.`].map(createPseudonyms);
  fc.assert(
    fc.property(fc.string(), fc.string(), (name, another) => {
      const pseudonym = one?.(name);
      expect(pseudonym).toMatch(/^[0-9a-f]{16}$/);
      expect(same?.(name)).toBe(pseudonym);
      expect(other?.(name)).not.toBe(pseudonym);
      expect(one?.(another) === pseudonym).toBe(another === name);
    }),
    { endOnFailure: true },
  );
});
