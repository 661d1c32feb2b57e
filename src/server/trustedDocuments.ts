import { type DefinitionNode, type DocumentNode, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { MOST_TOKENS } from './rules.ts';
import { alone, digestOf } from './said.ts';
import { FileFault, WatchedFile } from './watchedFile.ts';

/** A document of the manifest. */
export interface TrustedDocument {
  readonly text: string;
  /** Of what it says: see `digestOf`. */
  readonly digest: string;
}

/** The documents that are trusted, by the ids that the manifest gives them and by what they say. */
export interface Manifest {
  readonly byId: ReadonlyMap<string, TrustedDocument>;
  readonly digests: ReadonlySet<string>;
}

export interface TrustedDocuments {
  /** As of now; null: it can't be read, and nothing is trusted. */
  readonly manifest: Manifest | null;
}

/** Some two thousand operations, which take a few seconds to parse at the start. */
const MAX_BYTES = 4 * 1024 * 1024;

const manifestFile = z.record(z.string(), z.string());

/**
 * `TRUSTED_DOCUMENTS`: a JSON object of ids and the text of one operation each, with the fragments that it uses, which is what
 * `clientele documents extract`, GraphQL Code Generator's client preset and Relay's compiler write. Reread when it changes.
 * @param warn told once for each change that can't be read
 * @throws Error when the file can't be read now; FileFault says what is wrong with it
 */
export function openTrustedDocuments(path: string, clock: Clock, warn: (message: string) => void): TrustedDocuments {
  const lost = () => warn('TRUSTED_DOCUMENTS can’t be read: no document is trusted until it can');
  let known: ReadonlyMap<string, TrustedDocument> = new Map();
  const readAnew = (text: string): Manifest => {
    const manifest = manifestOf(text, known);
    // What stays as it was is not parsed again: requests wait while a file is reread.
    known = new Map([...manifest.byId.values()].map((document) => [document.text, document]));
    return manifest;
  };
  const file = new WatchedFile(path, readAnew, clock, lost, MAX_BYTES);
  return {
    get manifest() {
      return file.content;
    },
  };
}

/** @param known documents by their texts */
function manifestOf(text: string, known: ReadonlyMap<string, TrustedDocument>): Manifest {
  const read = manifestFile.safeParse(JSON.parse(text));
  if (!read.success) throw new FileFault('it must be an object of ids and the texts of documents');
  const byId = new Map(
    Object.entries(read.data).map(([id, each]) => [id, known.get(each) ?? { text: each, digest: digestIn(id, each) }]),
  );
  return { byId, digests: new Set([...byId.values()].map(({ digest }) => digest)) };
}

/** @returns what the document says */
function digestIn(id: string, text: string): string {
  const which = `the document ${JSON.stringify(id.slice(0, 100))}`;
  const document = parsed(text);
  if (!document) throw new FileFault(`${which} can’t be parsed, or is too large`);
  const [operation, another] = document.definitions.filter(isOperation);
  if (!operation || another) throw new FileFault(`${which} must hold one operation, with the fragments that it uses`);
  return digestOf(alone(document, operation));
}

const isOperation = (node: DefinitionNode): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION;

/** null: it is not GraphQL, or more than a request may have. */
function parsed(text: string): DocumentNode | null {
  try {
    return parse(text, { maxTokens: MOST_TOKENS });
  } catch {
    return null;
  }
}
