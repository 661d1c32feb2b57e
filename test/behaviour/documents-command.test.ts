import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, print } from 'graphql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bearer, keyOf, sha256, startKeyedWorld } from '../support/callers.ts';
import { runCommand } from '../support/program.ts';
import { ask } from '../support/world.ts';

/** `clientele documents extract`: a frontend's operations become a manifest. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-documents-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

async function documents(...argv: string[]) {
  const program = runCommand(['documents', ...argv], { folder });
  const { code } = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

const NAME = 'fragment Name on Customer {\n  displayName\n  ...Mail\n}';
const MAIL = 'fragment Mail on Customer {\n  email\n}';
const FRONTEND = {
  'src/App.tsx': `
    import { gql } from '@apollo/client';
    import { NAME } from './name';
    const element = <p>{'query NotThis { a }'}</p>;
    export const LIST = gql\`
      query List { customers(first: 2) { nodes { id ...Name } } }
      \${NAME}
    \`;`,
  'src/name.ts': `import { graphql } from './gql';
    export const NAME = graphql(\`fragment Name on Customer { displayName ...Mail }\`);`,
  'src/deep/er/write.mjs':
    'export default /* GraphQL */ `mutation Erase { eraseCustomerCopies(input: { id: "x" }) { errors { code } } }`;',
  'queries/all.graphql': `query Titles { providers { title } }  # all of them\n\n${MAIL}\nquery Read($id: ID!) { customer(id: $id) { ...Name } }`,
  'queries/anonymous.gql': '{ providers { name } }',
  'src/node_modules/other/x.graphql': 'query Other { nothing }',
  'src/.cache/x.graphql': 'query Cached { nothing }',
  'src/README.md': 'gql`query NotThis { a }`',
};

it('gathers operations with the fragments that they use, from wherever these stand, and a gateway runs them', async () => {
  write(FRONTEND);
  const { code, stdout, stderr } = await documents('extract', 'src', 'queries');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '5 operations in 5 files.\n' });
  const texts = Object.values(JSON.parse(stdout)) as string[];
  const printed = (text: string) => print(parse(text));
  expect(texts).toEqual([
    printed('{ providers { name } }'),
    printed('mutation Erase { eraseCustomerCopies(input: { id: "x" }) { errors { code } } }'),
    `${printed('query List { customers(first: 2) { nodes { id ...Name } } }')}\n\n${MAIL}\n\n${NAME}`,
    `${printed('query Read($id: ID!) { customer(id: $id) { ...Name } }')}\n\n${MAIL}\n\n${NAME}`,
    printed('query Titles { providers { title } }'),
  ]);
  expect(Object.keys(JSON.parse(stdout))).toEqual(texts.map((text) => `sha256:${sha256(text)}`));

  expect(await documents('extract', 'queries', 'src', '--out', 'documents.json')).toMatchObject({
    code: 0,
    stdout: '',
  });
  expect(readFileSync(join(folder, 'documents.json'), 'utf8')).toBe(stdout);
  expect(existsSync(join(folder, 'documents.json.new'))).toBe(false);
  const caller = { name: 'app', scopes: ['customers:read'] as const };
  const world = await startKeyedWorld([caller], { environment: { TRUSTED_DOCUMENTS: join(folder, 'documents.json') } });
  const run = async (query: string) => (await ask(world.gateway.url, query, {}, bearer(keyOf(caller)))).errors;
  expect(await run('query Titles { __typename providers { title } }')).toEqual([]);
  expect(await run('query Titles { providers { name } }')).toMatchObject([
    { extensions: { code: 'OPERATION_NOT_TRUSTED' } },
  ]);
  await world.close();
});

it('tells everything that is wrong, where it is, and writes nothing', async () => {
  write({
    'a.tsx': `const x = 1;\nconst A = gql\`query A { customers { nodes { nothing } } }\`;\nconst B = gql\`\n  query B { ...Gone }\`;`,
    'b.graphql':
      'query A { providers { name } }\n\nmutation Many { a: confirmCustomer(input: { id: "x", confirmationToken: "1" }) { errors { code } } b: confirmCustomer(input: { id: "x", confirmationToken: "2" }) { errors { code } } }',
    'c.graphql': 'query {\n  providers {',
    'd.graphql': 'type Customer { id: ID }',
    'e.ts': 'const = gql`query E { providers { name } }`;',
  });
  writeFileSync(join(folder, 'out.json'), 'as it was');
  const { code, stdout, stderr } = await documents('extract', '.', '--out', 'out.json');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  const lines = stderr.trimEnd().split('\n');
  expect(lines.sort()).toEqual([
    expect.stringMatching(/^a\.tsx:2:\d+ Cannot query field "nothing" on type "Customer"\.$/),
    expect.stringMatching(/^a\.tsx:4:\d+ Unknown fragment "Gone"\.$/),
    expect.stringMatching(/^b\.graphql:1:7 There is another A\.$/),
    expect.stringMatching(/^b\.graphql:3:1 At most one confirmCustomer may be in an operation\.$/),
    expect.stringMatching(/^c\.graphql:2:14 Syntax Error: Expected Name, found <EOF>\.$/),
    'd.graphql:1:1 Only operations and fragments are extracted.',
    expect.stringMatching(/^e\.ts .*Unexpected token/),
  ]);
  expect(readFileSync(join(folder, 'out.json'), 'utf8')).toBe('as it was');
});

it('says so where there is nothing, or what it was asked makes no sense', async () => {
  write({ 'src/a.ts': 'export const a = 1;' });
  expect(await documents('extract', 'src')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^There is no operation in 1 files: looked for in \.graphql/),
  });
  expect(await documents('extract', 'nowhere')).toMatchObject({ code: 1, stderr: 'nowhere can’t be read (ENOENT).\n' });
  const mistakes = [[], ['collect', 'src'], ['extract'], ['extract', 'src', '--out'], ['extract', '--all', 'src']];
  for (const argv of mistakes) expect([argv, (await documents(...argv)).code]).toEqual([argv, 2]);
  expect(await documents('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('documents extract') });
});
