import { fold } from '../model/fold.ts';

/** Words that a last name may begin with, and that clerks leave out or write elsewhere. */
const PARTICLES = new Set(
  'van v vd vdr de d der den het t ter ten te von vom zu zur di da del della dos du des le la los el al bin ibn'.split(
    ' ',
  ),
);

export interface PersonName {
  readonly firstName: string | null;
  /** Without its particles: "van der Berg" is "berg". */
  readonly lastName: string | null;
}

/**
 * A person's name, folded. A whole name in one field is taken apart: "Jansen, Jan" at its comma, "Jan Jansen" after its
 * first word.
 * @param displayName what there is to go by when neither part is known
 */
export function personName(first: string | null, last: string | null, displayName: string | null): PersonName {
  const [firstName, lastName] =
    first !== null && last !== null ? [first, last] : parts(first ?? last ?? displayName, first === null);
  return { firstName: fold(firstName), lastName: withoutParticles(fold(lastName)) };
}

/** @param familyFirst whether a single word is a last name */
function parts(name: string | null, familyFirst: boolean): readonly [string | null, string | null] {
  if (name === null) return [null, null];
  const comma = name.indexOf(',');
  if (comma >= 0) return [name.slice(comma + 1), name.slice(0, comma)];
  const words = name.trim().split(/\s+/);
  const [word = '', ...rest] = words;
  if (rest.length === 0 || PARTICLES.has(fold(word) ?? '')) return familyFirst ? [null, name] : [name, null];
  return [word, rest.join(' ')];
}

function withoutParticles(lastName: string | null): string | null {
  const words = lastName?.split(' ') ?? [];
  const start = words.findIndex((word) => !PARTICLES.has(word));
  return start <= 0 ? lastName : words.slice(start).join(' ');
}
