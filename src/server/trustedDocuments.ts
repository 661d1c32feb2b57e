import { type DocumentNode, parse } from 'graphql';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { badUserInput, GatewayError } from '../errors.ts';
import type { Operation } from '../gateway/operation.ts';
import type { GraphQLParameters } from './message.ts';
import { operationDigest } from './operationText.ts';
import { MOST_TOKENS } from './rules.ts';
import { WatchedFile } from './watchedFile.ts';

/** A manifest as `TRUSTED_DOCUMENTS` names it: the texts of operations by their ids, whoever made these. */
export interface Manifest {
  readonly texts: ReadonlyMap<string, string>;
  /** See `operationDigest`. */
  readonly digests: ReadonlySet<string>;
}

const manifestFile = z.record(z.string(), z.string());

/** What is wrong with the file, by the id of a document where it is one's. */
export class ManifestError extends Error {}

/**
 * The operations that callers may ask for who may not ask for any (`operations:any`). While their file can't be read there are
 * none.
 */
export class TrustedDocuments {
  readonly #file: WatchedFile<Manifest>;
  /** Of documents that are kept, by the operation's name: it is asked for again and again. */
  readonly #digests = new WeakMap<DocumentNode, Map<string | null, string>>();

  /**
   * @param lost told once for each change that can't be read
   * @throws ManifestError, or what the system says, when the file can't be read now
   */
  constructor(path: string, clock: Clock, lost: () => void) {
    this.#file = new WatchedFile(path, manifestIn, clock, lost);
  }

  /** @throws GatewayError OPERATION_NOT_TRUSTED for an id of none */
  textOf(id: string): string {
    const text = this.#file.content?.texts.get(id) ?? this.#file.content?.texts.get(`sha256:${id}`);
    if (text === undefined) throw notTrusted();
    return text;
  }

  has(document: DocumentNode, operationName: string | null): boolean {
    const digests = this.#digests.get(document) ?? new Map<string | null, string>();
    this.#digests.set(document, digests);
    const digest = digests.get(operationName) ?? operationDigest(document, operationName);
    if (digest === null) return false;
    digests.set(operationName, digest);
    return this.#file.content?.digests.has(digest) === true;
  }
}

/** @throws GatewayError OPERATION_NOT_TRUSTED */
export function assertTrusted(
  trusted: TrustedDocuments | null,
  document: DocumentNode,
  operationName: string | null,
  operation: Operation,
): void {
  if (trusted && !operation.may('operations:any') && !trusted.has(document, operationName)) throw notTrusted();
}

/**
 * The text of what is asked for, whichever way.
 * @throws GatewayError OPERATION_NOT_TRUSTED for an id of none, BAD_USER_INPUT where there are no ids here
 */
export function textAsked({ query, documentId }: GraphQLParameters, trusted: TrustedDocuments | null): string {
  if (query !== null) return query;
  if (!trusted) throw badUserInput('This gateway has no trusted documents: send the query itself.');
  return trusted.textOf(documentId ?? '');
}

const notTrusted = (): GatewayError =>
  new GatewayError(
    'OPERATION_NOT_TRUSTED',
    'Only trusted documents run here. Extract the operations of your files anew (clientele documents extract), or ask with the scope operations:any.',
  );

/** @throws ManifestError */
function manifestIn(text: string): Manifest {
  const parsed = manifestFile.safeParse(JSON.parse(text));
  if (!parsed.success) throw new ManifestError('it must be an object of documents by their ids');
  const texts = new Map(Object.entries(parsed.data));
  const digests = new Set<string>();
  for (const [id, document] of texts) {
    const digest = digestOf(document);
    if (digest === null)
      throw new ManifestError(`the document ${JSON.stringify(id.slice(0, 100))} is not one operation of GraphQL`);
    digests.add(digest);
  }
  return { texts, digests };
}

function digestOf(text: string): string | null {
  try {
    return operationDigest(parse(text, { maxTokens: MOST_TOKENS, noLocation: true }), null);
  } catch {
    return null;
  }
}
