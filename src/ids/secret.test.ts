import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keptSecret } from './secret.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-secret-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const path = () => join(folder, 'id-secret');

it('is made once, for its owner alone, and is the same from then on', () => {
  const secret = keptSecret(path());
  expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(keptSecret(path())).toBe(secret);
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['id-secret']);
});

it('is another one each time that it is made', () => {
  const secrets = Array.from({ length: 20 }, (_, index) => keptSecret(join(folder, String(index))));
  expect(new Set(secrets).size).toBe(20);
});

it('is one and the same for processes that start at once', async () => {
  const module = new URL('./secret.ts', import.meta.url).href;
  const startAt = Date.now() + 700;
  const script = `
    const { keptSecret } = await import(${JSON.stringify(module)});
    while (Date.now() < ${startAt});
    process.stdout.write(keptSecret(${JSON.stringify(path())}));`;
  const run = promisify(execFile);
  const processes = Array.from({ length: 6 }, () =>
    run(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' }),
  );
  const secrets = (await Promise.all(processes)).map(({ stdout }) => stdout);
  expect(new Set(secrets)).toEqual(new Set([readFileSync(path(), 'utf8').trim()]));
  expect(readdirSync(folder)).toEqual(['id-secret']);
});

it('does not stumble over what a killed start has left', () => {
  for (const name of [`id-secret.${process.pid}.new`, 'id-secret.1.new']) writeFileSync(join(folder, name), 'half');
  expect(keptSecret(path())).toHaveLength(43);
});

it('takes a secret with a line break behind it, as an editor leaves one', () => {
  const secret = keptSecret(path());
  writeFileSync(path(), `${secret}\r\n\n`);
  expect(keptSecret(path())).toBe(secret);
});

it.each([
  ['an empty file', ''],
  ['blanks', '   \n'],
  ['a short text', 'too short'],
])('refuses %s by its name, and leaves it as it is', (_, content) => {
  writeFileSync(path(), content);
  expect(() => keptSecret(path())).toThrow(`${path()} does not hold an id secret`);
  expect(readFileSync(path(), 'utf8')).toBe(content);
});

it('is taken from whoever was first, where it appears while it is being made', async () => {
  // A link that leads nowhere: it is not there, and its place is taken.
  symlinkSync(join(folder, 'first'), path());
  expect(() => keptSecret(path())).toThrow(/ENOENT/);
  expect(readdirSync(folder)).toEqual(['id-secret']);
});

it('has at least 32 characters', () => {
  writeFileSync(path(), 'x'.repeat(32));
  expect(keptSecret(path())).toBe('x'.repeat(32));
  writeFileSync(path(), 'x'.repeat(31));
  expect(() => keptSecret(path())).toThrow('does not hold an id secret');
});

it('refuses a folder, and a place that is none', () => {
  mkdirSync(path());
  expect(() => keptSecret(path())).toThrow(/EISDIR/);
  expect(() => keptSecret(join(folder, 'nowhere', 'id-secret'))).toThrow(/ENOENT/);
});
