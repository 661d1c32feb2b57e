import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { createCheck } from './check.ts';
import { openTrustedDocuments } from './trustedDocuments.ts';
import { FileFault } from './watchedFile.ts';

/** What is trusted as its file changes, and what is said of it. */

let elapsed = 0;
let path: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-trusted-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  path = join(folder, 'documents.json');
});

const write = (documents: unknown) => writeFileSync(path, JSON.stringify(documents));

function open() {
  const told: string[] = [];
  const trusted = openTrustedDocuments(path, { now: () => 0, elapsed: () => elapsed }, (message) => told.push(message));
  const schema = buildSchema('type Query { a: Int, b: Int }');
  const check = createCheck(schema, { introspection: false, trusted });
  const caller = { name: 'shop', loggedAs: 'shop', scopes: new Set<never>() };
  const ask = (query: string | null, ...documentIds: string[]) => {
    const found = check({ query, documentIds, operationName: null } as never, caller);
    if ('errors' in found) return `${found.code}: ${(found.errors as readonly Error[]).map(({ message }) => message)}`;
    return found.document.definitions.length;
  };
  return { told, ask };
}

const UNTRUSTED =
  'OPERATION_NOT_TRUSTED: This gateway runs only operations of its trusted documents. Extract the frontend’s operations anew (clientele documents extract), or ask with a key that has operations:any.';

it('what is taken out of the file is not trusted any more, and nothing is while it can’t be read, which is told', () => {
  write({ a: '{ a }', b: '{ b }' });
  const { told, ask } = open();
  expect([ask('{ a }'), ask('query { b __typename }'), ask(null, 'a'), ask('{ b }', 'b')]).toEqual([1, 1, 1, 1]);
  write({ bb: '{ b }' });
  elapsed += 1_000;
  expect([ask('{ a }'), ask('{ b }'), ask(null, 'bb')]).toEqual([UNTRUSTED, 1, 1]);
  writeFileSync(path, '{');
  elapsed += 1_000;
  expect([ask('{ b }'), told]).toEqual([
    UNTRUSTED,
    ['TRUSTED_DOCUMENTS can’t be read: no document is trusted until it can'],
  ]);
});

it('which of several operations is meant has to be said', () => {
  write({ a: '{ a }' });
  expect(open().ask('query A { a } query B { b }')).toBe(
    'BAD_USER_INPUT: Which operation? Name one of the document as operationName.',
  );
});

it('a document beside the id of another is neither', () => {
  write({ a: '{ a }', b: '{ b }' });
  expect(open().ask('{ a }', 'b')).toBe(
    'BAD_USER_INPUT: query is another operation than the document that is named: send one of them.',
  );
});

it.each([
  [['{ a }'], 'it must be an object of ids and the texts of documents'],
  [{ a: 1 }, 'it must be an object of ids and the texts of documents'],
  [{ a: '{' }, 'the document "a" can’t be parsed, or is too large'],
  [{ a: '{ a } { b }' }, 'the document "a" must hold one operation, with the fragments that it uses'],
  [{ a: 'fragment F on Query { a }' }, 'the document "a" must hold one operation, with the fragments that it uses'],
])('a file is refused at the start that holds %j', (documents, message) => {
  write(documents);
  expect(open).toThrow(new FileFault(message));
});
