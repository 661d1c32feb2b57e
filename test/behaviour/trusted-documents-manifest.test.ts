import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { generate } from '@graphql-codegen/cli';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import codegen from '../../codegen.ts';
import { AS_FREE, idOf, manifestOf, startTrustingWorld, type TrustingWorld } from '../support/trusting.ts';

/** The file of trusted documents: what it may hold, and what becomes of a gateway whose file changes. */

const PROVIDERS = '{ providers { name } }';
const NAMES = 'query Names { providers { name configured } }';

describe('while the gateway runs', () => {
  let world: TrustingWorld;
  beforeAll(async () => {
    world = await startTrustingWorld(manifestOf(PROVIDERS));
  });
  afterAll(() => world.close());
  beforeEach(() => world.replace(manifestOf(PROVIDERS)));

  const codesOf = async (parameters: Record<string, unknown>, headers?: Record<string, string>) =>
    (await world.post(parameters, headers)).codes;
  const trusts = async (text: string) => {
    const codes = [await codesOf({ query: text }), await codesOf({ documentId: idOf(text) })];
    expect(codes[0]).toEqual(codes[1]);
    expect([[], ['OPERATION_NOT_TRUSTED']]).toContainEqual(codes[0]);
    return codes[0]?.length === 0;
  };

  it('what comes into the manifest runs, and what is taken out does not, however often it ran', async () => {
    for (const [text, first, second] of [
      [manifestOf(NAMES), false, true],
      [manifestOf(PROVIDERS, NAMES), true, true],
      [manifestOf(PROVIDERS), true, false],
      ['{}', false, false],
      [manifestOf(NAMES, PROVIDERS), true, true],
    ] as const) {
      world.replace(text);
      expect([text, await trusts(PROVIDERS), await trusts(NAMES)]).toEqual([text, first, second]);
    }
  });

  it('an id stands for what the manifest says now', async () => {
    world.replace(JSON.stringify({ one: PROVIDERS }));
    expect((await world.post({ documentId: 'one' })).json.data.providers[0]).toEqual({ name: expect.any(String) });
    world.replace(JSON.stringify({ one: NAMES }));
    expect((await world.post({ documentId: 'one' })).json.data.providers[0]).toHaveProperty('configured');
    expect(await codesOf({ documentId: 'one', query: PROVIDERS })).toEqual(['BAD_USER_INPUT']);
  });

  const breaks: readonly (readonly [string, (path: string) => void])[] = [
    ['is gone', (path) => unlinkSync(path)],
    ['is half written', (path) => truncateSync(path, statSync(path).size - 9)],
    ['is empty', (path) => truncateSync(path)],
    ['is no JSON', (path) => writeFileSync(path, 'documents')],
    ['is a list', (path) => writeFileSync(path, JSON.stringify([PROVIDERS]))],
    ['holds what is no document', (path) => writeFileSync(path, JSON.stringify({ a: PROVIDERS, b: '{ a' }))],
    [
      'holds two operations in one',
      (path) => writeFileSync(path, JSON.stringify({ a: PROVIDERS, b: `${NAMES} ${NAMES}` })),
    ],
    ['is too large', (path) => writeFileSync(path, `${manifestOf(PROVIDERS)}${' '.repeat(4 * 1024 * 1024)}`)],
    [
      'is a folder',
      (path) => {
        unlinkSync(path);
        mkdirSync(path);
      },
    ],
  ];
  it.each(breaks)('while the file %s, nothing is trusted, and who is not bound goes on', async (_, broken) => {
    expect(await trusts(PROVIDERS)).toBe(true);
    broken(world.manifestFile);
    world.look();
    expect(await trusts(PROVIDERS)).toBe(false);
    expect(await codesOf({ query: '{ __typename }' }, AS_FREE)).toEqual([]);
    rmSync(world.manifestFile, { recursive: true, force: true });
    world.replace(manifestOf(PROVIDERS));
    expect(await trusts(PROVIDERS)).toBe(true);
  });
});

describe('at the start', () => {
  const start = async (manifest: string) => {
    const world = await startTrustingWorld(manifest);
    onTestFinished(() => world.close());
    return world;
  };

  it('a file that is not as it should be is told by name, and by the id of what is wrong in it', async () => {
    const see = '. See the settings in the README';
    for (const [text, problem] of [
      ['', 'it can’t be read as JSON'],
      ['hunter2', 'it can’t be read as JSON'],
      ['[]', 'it must be an object of ids and the texts of documents'],
      ['{"a":{"query":"hunter2"}}', 'it must be an object of ids and the texts of documents'],
      ['{"a":"{ hunter2"}', 'the document "a" can’t be parsed, or is too large'],
      ['{"a\\n\\u001b":""}', 'the document "a\\n\\u001b" can’t be parsed, or is too large'],
      [`{"a":"{ ${'hunter2 '.repeat(10_000)} }"}`, 'the document "a" can’t be parsed, or is too large'],
      [`{"${'a'.repeat(1_000)}":""}`, `the document "${'a'.repeat(100)}" can’t be parsed, or is too large`],
      [
        '{"a":"fragment F on Query { a }"}',
        'the document "a" must hold one operation, with the fragments that it uses',
      ],
      ['{"a":"{ a } query B { a }"}', 'the document "a" must hold one operation, with the fragments that it uses'],
      [' '.repeat(4 * 1024 * 1024 + 1), 'it may have at most 4194304 bytes'],
    ] as const)
      await expect(start(text)).rejects.toMatchObject({ problems: [`TRUSTED_DOCUMENTS: ${problem}${see}`] });
  });

  it('it may hold nothing, or what this schema does not have, and odd ids', async () => {
    await start('{}');
    const { post } = await start(JSON.stringify({ constructor: '{ nothing }', '': PROVIDERS }));
    expect((await post({ documentId: '' })).status).toBe(200);
    expect((await post({ documentId: 'constructor' })).codes).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  it('it may be what GraphQL Code Generator’s client preset writes', async () => {
    const [client] = Object.entries(codegen.generates);
    const [, options] = client ?? [];
    const persistedDocuments = { hashAlgorithm: 'sha256' };
    const generated = await generate(
      {
        ...codegen,
        generates: { 'client/': { ...options, presetConfig: { fragmentMasking: false, persistedDocuments } } },
      } as never,
      false,
    );
    const file = generated.find(({ filename }: { filename: string }) => filename.endsWith('persisted-documents.json'));
    const { post } = await start(file.content);
    const entries = Object.entries(JSON.parse(file.content) as Record<string, string>);
    expect(entries.length).toBeGreaterThan(10);
    const [id = '', text = ''] = entries.find(([, each]) => each.startsWith('query Providers')) ?? [];
    for (const named of [
      { documentId: id },
      { extensions: { persistedQuery: { version: 1, sha256Hash: id } } },
      { query: text },
    ])
      expect((await post(named)).codes).toEqual([]);
    // It sorts what an operation asks for: whoever sends the text as it was written asks for something in another order.
    const written = readFileSync(new URL('../../schema/operations/11-providers.graphql', import.meta.url), 'utf8');
    expect((await post({ query: written })).codes).toEqual(['OPERATION_NOT_TRUSTED']);
  });
});
