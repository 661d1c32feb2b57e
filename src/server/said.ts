import { hash } from 'node:crypto';
import {
  type DocumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  separateOperations,
  type Token,
  TokenKind,
  visit,
} from 'graphql';

/** An operation of a document with the fragments that it uses, and nothing else that stands there. */
export function alone(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  const others = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  // With this operation only: a thousand of them would be parted at a thousand times the cost.
  const parted = separateOperations({ kind: Kind.DOCUMENT, definitions: [operation, ...others] });
  return parted[operation.name?.value ?? ''] ?? document;
}

/**
 * The digest of what a document says, which is one operation with its fragments: layout, comments and the order of fragments
 * change nothing, and neither do plain `__typename`s, which clients add by themselves. It is taken of tokens, not of
 * the printed text, whose indentation lets a small document grow to megabytes.
 * @param document as it was parsed, with its locations
 * @returns SHA-256, in hex
 */
export function digestOf(document: DocumentNode): string {
  const added = new Set<Token | undefined>();
  visit(document, { Field: (field) => void (isPlainTypename(field) && added.add(field.loc?.startToken)) });
  const texts = document.definitions.map(({ loc }) => {
    const said: (string | null)[] = [];
    // `{ … }` is short for `query { … }`.
    if (loc?.startToken.kind === TokenKind.BRACE_L) said.push(TokenKind.NAME, 'query');
    for (let token = loc?.startToken ?? null; token; token = token === loc?.endToken ? null : token.next) {
      if (token.kind !== TokenKind.COMMENT && !added.has(token)) said.push(token.kind, token.value ?? null);
    }
    return JSON.stringify(said);
  });
  return hash('sha256', texts.sort().join('\n'));
}

/** Of one token: without alias, arguments, directives and selections. */
const isPlainTypename = ({ name, loc }: FieldNode): boolean =>
  name.value === '__typename' && loc?.startToken === loc?.endToken;
