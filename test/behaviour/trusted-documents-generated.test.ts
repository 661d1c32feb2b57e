import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type ASTNode, type DocumentNode, Kind, parse, print, visit } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifestOf, startTrustingWorld, type TrustingWorld } from '../support/trusting.ts';

/** Generated changes of trusted documents: what changes the layout alone is let in, and what changes anything else is not. */

const FOLDER = new URL('../../schema/operations/', import.meta.url);
const FRAGMENTS = `query Fragments($a: [String!] = ["x", "y"], $b: Int = 3) @skip(if: false) {
  first: providers { ...Named @include(if: true) capabilities { operation } }
  customer(id: "b") { ... on Customer @skip(if: false) { email(obj: {k: [1, 2.5, true, null, ENUM, $b], l: """block"""}) } }
}
fragment Named on Provider { title ...Known }
fragment Known on Provider { configured name }`;
const TEXTS = [...readdirSync(FOLDER).map((name) => readFileSync(new URL(name, FOLDER), 'utf8')), FRAGMENTS];
const documents = TEXTS.map((text) => parse(text, { noLocation: true }));

let world: TrustingWorld;
beforeAll(async () => {
  world = await startTrustingWorld(manifestOf(...TEXTS));
});
afterAll(() => world.close());

/** FRAGMENTS is trusted and not valid: whatever is wrong with what is let in comes behind that. */
async function isLetIn(query: string): Promise<boolean> {
  const { codes } = await world.post({ query });
  return !codes.some((code) => code === 'OPERATION_NOT_TRUSTED' || code === 'GRAPHQL_PARSE_FAILED');
}

const aDocument = fc.constantFrom(...documents);
const anywhere = fc.nat(100_000);

/** A document with the node changed that is the nth of those that can be; a definition that is undefined is left as it is. */
function changed(document: DocumentNode, place: number, change: (node: ASTNode) => ASTNode | null | undefined): string {
  const nodes: ASTNode[] = [];
  visit(document, { enter: (node) => void (change(node) !== undefined && nodes.push(node)) });
  const chosen = nodes[place % nodes.length];
  return print(visit(document, { enter: (node) => (node === chosen ? change(node) : undefined) }));
}

const name = (value: string) => ({ kind: Kind.NAME, value }) as const;

/** What changes what is asked for, node by node; undefined: it can't be done to this one. */
const CHANGES: Readonly<Record<string, (node: ASTNode) => ASTNode | null | undefined>> = {
  'a field more': (node) =>
    node.kind === Kind.SELECTION_SET
      ? { ...node, selections: [...node.selections, { kind: Kind.FIELD, name: name('more') }] }
      : undefined,
  'a selection less': (node) =>
    node.kind === Kind.SELECTION_SET && node.selections.length > 1
      ? { ...node, selections: node.selections.slice(1) }
      : undefined,
  'a selection twice': (node) =>
    node.kind === Kind.SELECTION_SET && node.selections[0]
      ? { ...node, selections: [node.selections[0], ...node.selections] }
      : undefined,
  'selections the other way round': (node) =>
    node.kind === Kind.SELECTION_SET && node.selections.length > 1
      ? { ...node, selections: node.selections.toReversed() }
      : undefined,
  'an alias': (node) => (node.kind === Kind.FIELD && !node.alias ? { ...node, alias: name('alias') } : undefined),
  'another name': (node) => (node.kind === Kind.NAME ? { ...node, value: `${node.value}X` } : undefined),
  'a directive': (node) =>
    'directives' in node
      ? ({ ...node, directives: [{ kind: Kind.DIRECTIVE, name: name('more') }] } as ASTNode)
      : undefined,
  'an argument less': (node) => (node.kind === Kind.ARGUMENT ? null : undefined),
  'an argument more': (node) =>
    node.kind === Kind.FIELD
      ? { ...node, arguments: [{ kind: Kind.ARGUMENT, name: name('more'), value: { kind: Kind.NULL } }] }
      : undefined,
  'another value': (node) =>
    node.kind === Kind.INT || node.kind === Kind.STRING || node.kind === Kind.FLOAT
      ? { ...node, value: `${node.value}1` }
      : undefined,
  'another truth': (node) => (node.kind === Kind.BOOLEAN ? { ...node, value: !node.value } : undefined),
  'a default': (node) =>
    node.kind === Kind.VARIABLE_DEFINITION ? { ...node, defaultValue: { kind: Kind.INT, value: '7' } } : undefined,
  'another type of a variable': (node) =>
    node.kind === Kind.VARIABLE_DEFINITION ? { ...node, type: { kind: Kind.LIST_TYPE, type: node.type } } : undefined,
  'another kind of operation': (node) =>
    node.kind === Kind.OPERATION_DEFINITION
      ? { ...node, operation: (node.operation === 'query' ? 'mutation' : 'query') as never }
      : undefined,
};

describe('a trusted document', () => {
  /** What GraphQL ignores (October 2021, "Ignored Tokens"), with at least one character. */
  const ignored = fc
    .array(fc.constantFrom(' ', '\n', '\r\n', '\t', ',', '\uFEFF', '# "and" { so } on\n', '#\n'), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.join(''));
  const typename = { kind: Kind.FIELD, name: name('__typename') } as const;

  it('is let in whatever is between its words, in whichever order its fragments come, and with __typename anywhere', async () => {
    const layout = fc.record({
      document: aDocument,
      gaps: fc.array(ignored, { minLength: 1, maxLength: 9 }),
      place: anywhere,
      times: fc.nat(4),
    });
    await fc.assert(
      fc.asyncProperty(layout, async ({ document, gaps, place, times }) => {
        let text = print({ ...document, definitions: document.definitions.toReversed() });
        for (let time = 0; time < times; time += 1) {
          text = changed(parse(text), place * (time + 1), (node) => {
            if (node.kind !== Kind.SELECTION_SET) return undefined;
            const at = place % (node.selections.length + 1);
            return { ...node, selections: node.selections.toSpliced(at, 0, typename) };
          });
        }
        // No text in these documents has a space or a line break.
        let gap = 0;
        expect(await isLetIn(text.replaceAll(/\s+/g, () => gaps[gap++ % gaps.length] ?? ' '))).toBe(true);
      }),
      { numRuns: 200, endOnFailure: true },
    );
  });

  it.each(Object.entries(CHANGES))('is refused with %s', async (_, change) => {
    await fc.assert(
      fc.asyncProperty(aDocument, anywhere, async (document, place) => {
        const text = changed(document, place, change);
        fc.pre(text !== print(document));
        expect(await isLetIn(text)).toBe(false);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});
