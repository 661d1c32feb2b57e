import { text } from './text.ts';

/** A person's name in the order of speech, its parts joined by one blank; null when there are none. */
export function fullName(parts: {
  readonly firstName?: string | null;
  readonly insertion?: string | null;
  readonly lastName?: string | null;
}): string | null {
  return join([parts.firstName, parts.insertion, parts.lastName]);
}

/** "van" and "Wijgergangs" are "van Wijgergangs". An insertion without a name is nobody's name: null. */
export function withInsertion(insertion: string | null, name: string | null): string | null {
  return text(name) === null ? null : join([insertion, name]);
}

/**
 * `lastName` without the insertion it begins with: whole words, in any case, with any blanks between them. Anything
 * else, a last name that is nothing but the insertion too, comes back unchanged. Undoes `withInsertion`.
 */
export function withoutInsertion(lastName: string, insertion: string | null): string {
  const words = (text(insertion) ?? '').split(/\s+/).filter((word) => word !== '');
  let rest = lastName.trimStart();
  for (const word of words) {
    const end = rest.search(/\s/);
    if (end < 0 || rest.slice(0, end).toLowerCase() !== word.toLowerCase()) return lastName;
    rest = rest.slice(end).trimStart();
  }
  return words.length === 0 || rest === '' ? lastName : rest;
}

function join(parts: readonly (string | null | undefined)[]): string | null {
  return text(
    parts
      .map((part) => text(part))
      .filter((part) => part !== null)
      .join(' '),
  );
}
