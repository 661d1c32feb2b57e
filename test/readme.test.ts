import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse, print } from 'graphql';
import { expect, it } from 'vitest';
import { startWorld } from './support/world.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

function block(language: string): string {
  const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1];
  if (found === undefined) throw new Error(`README.md has no ${language} block`);
  return found;
}

it('answers the README’s first query as the README says, and its curl sends that very query', async () => {
  const body = JSON.parse(/ -d '(\{[\s\S]*?\n\})'/.exec(readme)?.[1] ?? 'null') as {
    query: string;
    variables: Record<string, string>;
  };
  expect(print(parse(body.query))).toBe(print(parse(block('graphql'))));
  const world = await startWorld();
  try {
    const { text } = await world.query(body.query, body.variables);
    expect(JSON.parse(text)).toEqual(JSON.parse(block('json')));
  } finally {
    await world.close();
  }
});

it('links to nothing that is not there', () => {
  const targets = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target]) => target ?? '');
  expect(targets.length).toBeGreaterThan(5);
  expect(targets.filter((target) => !existsSync(new URL(`../${target}`, import.meta.url)))).toEqual([]);
});

it('SECURITY.md names no test, file or command that is not there', () => {
  const security = readFileSync(new URL('../SECURITY.md', import.meta.url), 'utf8');
  const rows = security.split('## What is defended')[1]?.split('## Change a secret')[0] ?? '';
  const named = [...rows.matchAll(/^\|.*\| ([^|]+) \|$/gm)].flatMap(([, cell = '']) => [
    ...cell.matchAll(/`([\w/-]+)`/g),
  ]);
  expect(named.length).toBeGreaterThan(30);
  const files = ['src', 'test'].flatMap((folder) =>
    readdirSync(new URL(`../${folder}`, import.meta.url), { recursive: true, encoding: 'utf8' }).map(
      (path) => `${folder}/${path}`,
    ),
  );
  const isThere = (name: string): boolean =>
    files.some((path) => path === name || path === `${name}.test.ts` || path === `test/behaviour/${name}.test.ts`);
  expect(named.map(([, name = '']) => name).filter((name) => !isThere(name))).toEqual([]);
  const scripts = Object.keys(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).scripts);
  const asked = [...security.matchAll(/npm run ([\w:]+)/g)].map(([, script = '']) => script);
  expect(asked.filter((script) => !scripts.includes(script))).toEqual([]);
});
