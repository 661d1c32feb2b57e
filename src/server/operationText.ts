import { hash } from 'node:crypto';
import { type DocumentNode, getOperationAST, Kind, print, separateOperations, visit } from 'graphql';

/**
 * Tells what one operation of a document asks for from what any other does, whatever its layout and comments: the operation with
 * the fragments that it uses, in the order of their names. `__typename` is left out where it has no other name: clients add it by
 * themselves, and it says nothing of anybody.
 * @returns null: there is no such operation, or several could be meant
 */
export function operationDigest(document: DocumentNode, operationName: string | null): string | null {
  const operation = getOperationAST(document, operationName);
  const own = operation && separateOperations(document)[operation.name?.value ?? ''];
  return own ? hash('sha256', textOf(own)) : null;
}

function textOf(document: DocumentNode): string {
  const plain = visit(document, {
    Field: ({ name, alias, directives = [] }) =>
      name.value === '__typename' && !alias && directives.length === 0 ? null : undefined,
  });
  return plain.definitions
    .toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1))
    .map(print)
    .join('\n');
}

/** The operation, then its fragments. */
const placeOf = (definition: DocumentNode['definitions'][number]): string =>
  definition.kind === Kind.FRAGMENT_DEFINITION ? `fragment ${definition.name.value}` : '';
