import { hash } from 'node:crypto';
import { type DocumentNode, GraphQLError, type GraphQLSchema, getOperationAST } from 'graphql';
import { badUserInput, GatewayError } from '../errors.ts';
import type { Caller } from '../gateway/operation.ts';
import { createDocumentCache } from './documentCache.ts';
import type { GraphQLParameters } from './message.ts';
import { createReader, type Refusal } from './reader.ts';
import { alone, digestOf } from './said.ts';
import type { Manifest, TrustedDocument, TrustedDocuments } from './trustedDocuments.ts';

/** A document that may be executed. */
export interface Checked {
  readonly document: DocumentNode;
  /** Tells equal documents apart from others in a log without showing them. */
  readonly hash: string;
}

/**
 * Says whether a caller's document may be executed: whether it can be read, is trusted where the caller is bound to what is,
 * and is valid. That it is trusted comes before its validity, whose errors tell of the schema.
 * @throws GatewayError where there is no document of the name that is given
 */
export type Check = (parameters: GraphQLParameters, caller: Caller) => Checked | (Refusal & Pick<Checked, 'hash'>);

export interface CheckParts {
  readonly introspection: boolean;
  /** null: every operation runs. */
  readonly trusted: TrustedDocuments | null;
}

export function createCheck(schema: GraphQLSchema, { introspection, trusted }: CheckParts): Check {
  const { parse, validate } = createReader(schema, introspection);
  const wholes = createDocumentCache<Checked>();
  const parts = createDocumentCache<Checked & { readonly digest: string }>();

  // A refusal is not kept: a short document can have a hundred errors, each of which is larger than it.
  const whole = (query: string): Checked | Refusal => {
    const known = wholes.get(query);
    if (known) return known;
    const document = parse(query);
    if ('errors' in document) return document;
    const refusal = validate(document);
    if (refusal) return refusal;
    const checked = { document, hash: documentHash(query) };
    wholes.set(query, checked);
    return checked;
  };

  /**
   * Of whoever is bound to trusted documents nothing else in the document is read than what is asked for: what is wrong beside it
   * would tell of the schema, too. What it says is kept, and whether that is trusted is asked each time.
   */
  const part = (
    query: string,
    operationName: string | null,
    refusalOf: (digest: string) => Refusal | null,
  ): Checked | Refusal => {
    const key = JSON.stringify(operationName) + query;
    const known = parts.get(key);
    if (known) return refusalOf(known.digest) ?? known;
    const read = parse(query);
    if ('errors' in read) return read;
    const definition = getOperationAST(read, operationName);
    if (!definition) return WHICH_OPERATION;
    const document = alone(read, definition);
    const digest = digestOf(document);
    const refusal = refusalOf(digest) ?? validate(document);
    if (refusal) return { ...refusal, definition };
    const checked = { document, hash: documentHash(query), digest };
    parts.set(key, checked);
    return checked;
  };

  return ({ query, documentIds, operationName }, { scopes }) => {
    const manifest = trusted && (trusted.manifest ?? NOTHING);
    const named = documentIds.length > 0 ? documentOf(documentIds, manifest) : null;
    const text = query ?? named?.text ?? '';
    const isFree = !manifest || scopes.has('operations:any');
    const found =
      isFree && !named ? whole(text) : part(text, operationName, (digest) => refusalOf(digest, named, manifest));
    return 'errors' in found ? { ...found, hash: documentHash(text) } : found;
  };
}

/** @throws GatewayError where there is none */
function documentOf(ids: readonly string[], manifest: Manifest | null): TrustedDocument {
  if (!manifest)
    throw badUserInput(
      'This gateway knows no document by an id (TRUSTED_DOCUMENTS is not set): send the text as query.',
    );
  const id = ids.find((each) => manifest.byId.has(each));
  const document = id === undefined ? undefined : manifest.byId.get(id);
  if (!document) throw new GatewayError('OPERATION_NOT_TRUSTED', `No trusted document has this id. ${WHAT_TO_DO}`);
  return document;
}

/** @returns null: an operation that says this may be executed */
function refusalOf(digest: string, named: TrustedDocument | null, manifest: Manifest | null): Refusal | null {
  if (named && named.digest !== digest) {
    const message = 'query is another operation than the document that is named: send one of them.';
    return { code: 'BAD_USER_INPUT', errors: [new GraphQLError(message)] };
  }
  if (manifest?.digests.has(digest)) return null;
  const message = `This gateway runs only operations of its trusted documents. ${WHAT_TO_DO}`;
  return { code: 'OPERATION_NOT_TRUSTED', errors: [new GatewayError('OPERATION_NOT_TRUSTED', message)] };
}

const WHAT_TO_DO =
  'Extract the frontend’s operations anew (clientele documents extract), or ask with a key that has operations:any.';

/** Of a manifest that can't be read. */
const NOTHING: Manifest = { byId: new Map(), digests: new Set() };

/** Where a document doesn't have the operation that is named, or several and none is. */
export const WHICH_OPERATION: Refusal = {
  code: 'BAD_USER_INPUT',
  errors: [new GraphQLError('Which operation? Name one of the document as operationName.')],
};

const documentHash = (query: string): string => hash('sha256', query).slice(0, 16);
