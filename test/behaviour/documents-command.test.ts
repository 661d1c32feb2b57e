import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256 } from '../support/callers.ts';
import { runCommand } from '../support/program.ts';
import { startTrustingWorld } from '../support/trusting.ts';

/** `clientele documents`, as a person types it: a frontend's operations, made into a manifest. */

const root = mkdtempSync(join(tmpdir(), 'clientele-documents-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder with these files; the command's working folder. */
function frontend(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(root, 'frontend-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

async function run(folder: string, ...argv: string[]) {
  const program = runCommand(['documents', ...argv], { folder });
  const { code } = await program.ended;
  return { code, out: program.stdout(), err: program.stderr() };
}

async function extracted(files: Readonly<Record<string, string | Buffer>>) {
  const { code, out, err } = await run(frontend(files), 'extract', '.');
  expect([code, code === 0 ? '' : err]).toEqual([0, '']);
  return { texts: Object.values(JSON.parse(out) as Record<string, string>), out, err };
}

const GQL = "import gql from 'graphql-tag';\n";

describe('clientele documents extract', () => {
  it('finds operations in each kind of file, with their fragments from wherever they are', async () => {
    const { texts, err } = await extracted({
      'src/a.graphql': '# the first\nquery A { providers { ...Named } }\n\nquery B { providers { name } }',
      'src/b.gql': 'fragment Named on Provider { name ...Titled }',
      'src/c.ts': `${GQL}const c: string = gql\`query C { providers { ...Titled } }\` satisfies unknown;`,
      'src/deep/er/d.tsx': `${GQL}export const D = <T,>() => <p>{gql\`query D { providers { title } }\`}</p>;`,
      'src/e.js': 'graphql(`query E { providers { title } }`);',
      'src/f.jsx': 'const f = <p>{graphql`query F { providers { title } }`}</p>;',
      'src/g.mjs': 'export default /* GraphQL */ `query G { providers { title } }`;',
      'src/h.cjs': "const gql = require('graphql-tag'); module.exports = gql`query H { providers { title } }`;",
      'src/i.mts': "import { graphql } from './gql/index.ts'; graphql(`fragment Titled on Provider { title }`);",
      'src/j.cts': `${GQL}const j = gql\`query J { providers { title } }\`; const k = gql\`query K { providers { name } }\`;`,
      'src/l.tsx': "import { gql as g } from '@apollo/client'; export const l = g`query L { providers { title } }`;",
      'src/nothing.ts': 'export const nothing = `query N { providers { title } }`;',
      'src/vue.vue': '<script>gql`query V { providers { title } }`</script>',
      'src/notes.md': 'query M { providers { title } }',
      'node_modules/package/index.js': 'gql`query P { nothing }`',
      'src/node_modules/q.graphql': 'query Q { nothing }',
      '.cache/r.graphql': 'query R { nothing }',
      'src/.s.graphql': 'query S { nothing }',
    });
    expect(texts.map((text) => /^query (\w)/.exec(text)?.[1]).join('')).toBe('ABCDEFGHJKL');
    expect(texts[0]).toBe(
      'query A {\n  providers {\n    ...Named\n  }\n}\n\nfragment Named on Provider {\n  name\n  ...Titled\n}\n\nfragment Titled on Provider {\n  title\n}',
    );
    expect(texts[2]).toBe(
      'query C {\n  providers {\n    ...Titled\n  }\n}\n\nfragment Titled on Provider {\n  title\n}',
    );
    expect(err).toBe('11 operations in 11 files with GraphQL.\n');
  });

  it('writes a manifest by the digests of its texts, in the order of names, the same whatever is where', async () => {
    const [a, b] = ['query A { providers { name } }', 'query B { providers { title } }'];
    const c = 'query C { providers { ...X ...Y } }';
    const [x, y] = ['fragment X on Provider { name }', 'fragment Y on Provider { title }'];
    const [anonymous, another] = ['{ providers { configured } }', '{ providers { title } }'];
    const first = await extracted({
      '1.graphql': `${c} ${b} ${a} ${y} ${x}`,
      '2.graphql': anonymous,
      '3.gql': another,
    });
    const second = await extracted({
      ...{ '1.graphql': another, '2.graphql': anonymous, '3.gql': `${x} ${y} ${c}` },
      ...{ 'x/1.ts': `gql\`${a}\``, '0.js': `gql\`${b}\`` },
    });
    expect(first.out).toBe(second.out);
    expect(first.out).toBe(`${JSON.stringify(JSON.parse(first.out), null, 2)}\n`);
    const manifest = Object.entries(JSON.parse(first.out) as Record<string, string>);
    for (const [id, text] of manifest) expect(id).toBe(`sha256:${sha256(text)}`);
    expect(manifest.map(([, text]) => /^query (\w)/.exec(text)?.[1] ?? '')).toEqual(['', '', 'A', 'B', 'C']);
  });

  it('makes what a gateway trusts', async () => {
    const sent = 'query A($name: ProviderName! = OCTOBAT) { provider(name: $name) { ...F } }';
    const escaped = 'query B { customers(filter: { text: "\\\\u0041da\\`s" }) { nodes { id } } }';
    const folder = frontend({
      'a.ts': `${GQL}export const F = gql\`fragment F on Provider { name }\`; gql\`${sent} \${F}\`;`,
      'b.ts': `${GQL}gql\`\n  ${escaped}\n\``,
    });
    const file = join(folder, 'manifest.json');
    expect((await run(folder, 'extract', 'a.ts', 'b.ts', '--out', 'manifest.json')).code).toBe(0);
    const world = await startTrustingWorld(readFileSync(file, 'utf8'));
    const asSent = [
      `${sent} fragment F on Provider { name }`,
      `${sent} fragment F on Provider { __typename name }`,
      // As the program has it, not as it is written there.
      'query B { customers(filter: { text: "\\u0041da`s" }) { nodes { id } } }',
    ];
    for (const query of asSent) expect((await world.post({ query })).codes).toEqual([]);
    for (const documentId of Object.keys(JSON.parse(readFileSync(file, 'utf8'))))
      expect((await world.post({ documentId })).codes).toEqual([]);
    await world.close();
  });

  it('tells every problem at once, where it is, and writes nothing', async () => {
    const folder = frontend({
      'a.graphql': 'query A {\n  providers { nothing }\n  ...Unknown\n}\nquery Twin { providers { name } }',
      'b.ts': `${GQL}const x = 1;\nconst b = gql\`query B($x: Int) {\n  providers { name }\n}\`, c = gql\`query C { providers { no } }\`;`,
      'c.ts': `${GQL}gql\`query Twin { providers { name } }\`;\n  gql\`query D { providers {\n    name \${fields}\n } }\`;`,
      'd.gql': 'query E {',
      'e.js': 'const gql = {;',
      'f.graphql': `query F { ${'a{'.repeat(31)}b${'}'.repeat(31)} }`,
      'g.graphql': `query G { ${Array.from({ length: 101 }, (_, place) => `a${place}: __typename`).join(' ')} }`,
      'h.graphql':
        'mutation H($a: ConfirmCustomerInput!) { a: confirmCustomer(input: $a) { errors { code } } b: confirmCustomer(input: $a) { errors { code } } }',
      'i.graphql': `query I { providers { name } ${'provider(name: OCTOBAT) { name } '.repeat(99)} ${'...T '.repeat(0)} }`,
      'm.ts': `${GQL}gql\`\${one(
  two,
)}
  query M { providers { missing } }\`;`,
      'j.graphql': 'fragment T on Provider { name } fragment T on Provider { title }',
      'k.graphql': Buffer.alloc(4 * 1024 * 1024 + 1, '#'),
      'l.graphql': `query L { ${Array.from({ length: 50 }, () => `providers { ${'name '.repeat(250)} }`).join(' ')} }`,
    });
    const { code, out, err } = await run(folder, 'extract', '.', '--out', 'manifest.json');
    expect([code, out]).toEqual([1, '']);
    expect(readdirSync(folder)).not.toContain('manifest.json');
    const lines = err.trimEnd().split('\n');
    for (const line of [
      'a.graphql:2:15 Cannot query field "nothing" on type "Provider".',
      'a.graphql:3:6 Unknown fragment "Unknown".',
      'b.ts:3:23 Variable "$x" is never used in operation "B".',
      'b.ts:5:35 Cannot query field "no" on type "Provider".',
      'c.ts:2:5 Twin is defined at a.graphql:5:1, too.',
      'c.ts:3:7 What is put in here is not known before the program runs: use a fragment or a variable.',
      'd.gql:1:10 Syntax Error: Expected Name, found <EOF>.',
      'f.graphql:1:1 Fields may be nested 30 deep at most.',
      'g.graphql:1:1 At most 100 fields may stand at the root.',
      'h.graphql:1:1 At most one confirmCustomer may be in an operation.',
      'j.graphql:1:33 T is defined at j.graphql:1:1, too.',
      'k.graphql: has more than 4194304 bytes',
      'l.graphql:1:1 The operation is too large.',
      'm.ts:5:25 Cannot query field "missing" on type "Provider".',
    ])
      expect(lines, err).toContain(line);
    expect(lines).toContain('e.js:1:14 Unexpected token');
    expect(lines.every((line) => /^[a-m]\.\w+:(\d+:\d+)? ./.test(line))).toBe(true);
  });

  it('writes the file whole, or not at all', async () => {
    const folder = frontend({ 'a.graphql': '{ providers { name } }', 'manifest.json': 'before' });
    mkdirSync(join(folder, 'folder/within'), { recursive: true });
    for (const out of ['absent/manifest.json', 'folder'])
      expect((await run(folder, 'extract', 'a.graphql', '--out', out)).code).toBe(1);
    const { code, out, err } = await run(folder, 'extract', 'a.graphql', '--out', 'manifest.json');
    expect([code, out, err]).toEqual([0, '', '1 operation in 1 file with GraphQL.\n']);
    expect(Object.keys(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')))).toHaveLength(1);
    expect(readdirSync(folder).sort()).toEqual(['a.graphql', 'folder', 'manifest.json']);
  });

  it('reads a file once, leaves links in a folder and definitions of types alone, and says when there is nothing', async () => {
    const folder = frontend({
      'a.graphql': 'query A { providers { name } } type Query { a: Int }',
      'empty.graphql': '# nothing\n',
      'empty.ts': `${GQL}gql\`\${A}\`; gql\`\`;`,
      'types/schema.graphql': 'extend type Query { local: Int }',
    });
    symlinkSync('.', join(folder, 'again'));
    symlinkSync('a.graphql', join(folder, 'linked.graphql'));
    expect((await run(folder, 'extract', '.', 'a.graphql', './a.graphql')).code).toBe(0);
    const { code, out, err } = await run(folder, 'extract', 'types', 'empty.ts');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^There is no operation in 2 files, of \.graphql \.gql \.ts .*\.\n$/);
  });

  it('tells what it does, and what it can’t do with what it is given', async () => {
    const folder = frontend({ 'a.vue': '' });
    const help = await run(folder, 'extract', '--help');
    expect([help.code, help.err]).toEqual([0, '']);
    expect(help.out).toMatch(/^clientele documents extract <file or folder>… /);
    for (const argv of [
      [],
      ['list'],
      ['extract'],
      ['extract', 'absent'],
      ['extract', '--in', '.'],
      ['extract', '.', '--out='],
    ]) {
      const { code, out, err } = await run(folder, ...argv);
      expect([argv, code, out]).toEqual([argv, 2, '']);
      expect(err).toContain(help.out);
    }
    expect(await run(folder, 'extract', 'a.vue')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^a\.vue: is of a kind/),
    });
  });
});
