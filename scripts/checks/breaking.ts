import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const SCHEMA = 'schema/schema.graphql';
const CHANGELOG = 'CHANGELOG.md';

export interface Verdict {
  readonly ok: boolean;
  /** For people, a line each. */
  readonly lines: readonly string[];
}

/**
 * Whether every breaking change of the committed schema is told in the changelog. While there is something uncommitted,
 * what counts is the change since the last commit, else the last commit itself.
 * @param root a working tree; without its history there is nothing to compare with
 */
export async function breakingChanges(root: string): Promise<Verdict> {
  const base = baseOf(root);
  if ('none' in base) return { ok: true, lines: [`nothing to compare the schema with: ${base.none}`] };
  const now = readFileSync(join(root, SCHEMA), 'utf8');
  const changes = now === base.schema ? [] : await diff(buildSchema(base.schema), buildSchema(now));
  const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
  const added = newLines(base.changelog, readIfThere(join(root, CHANGELOG)));
  const untold = breaking.filter((change) => !added.some((line) => names(line, pathOf(change))));
  if (untold.length === 0) return { ok: true, lines: [`${breaking.length} breaking changes since ${base.commit}`] };
  return {
    ok: false,
    lines: untold.map(
      (change) =>
        `${change.message} This breaks callers: ${CHANGELOG} needs a line, new since ${base.commit}, that names \`${pathOf(change)}\``,
    ),
  };
}

const pathOf = ({ path, message }: Change): string => path ?? message;

interface Base {
  readonly commit: string;
  readonly schema: string;
  readonly changelog: string;
}

function baseOf(root: string): Base | { readonly none: string } {
  const status = git(root, 'status', '--porcelain');
  if (status === null) return { none: 'this is not a git working tree' };
  const commit = status === '' ? 'HEAD~1' : 'HEAD';
  if (git(root, 'rev-parse', '--verify', '--quiet', commit) === null) return { none: `there is no ${commit} here` };
  const schema = git(root, 'show', `${commit}:./${SCHEMA}`);
  if (schema === null) return { none: `${commit} has no ${SCHEMA}` };
  return { commit, schema, changelog: git(root, 'show', `${commit}:./${CHANGELOG}`) ?? '' };
}

/** @returns null where git refuses, or is not there */
function git(root: string, ...argv: readonly string[]): string | null {
  const { status, stdout } = spawnSync('git', argv, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return status === 0 ? stdout : null;
}

const readIfThere = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

function newLines(before: string, now: string): string[] {
  const old = new Set(before.split('\n'));
  return now.split('\n').filter((line) => !old.has(line));
}

/** Whether the line names exactly this: `Customer` is not named by `Customer.email`, nor that by `Customer.emails`. */
function names(line: string, path: string): boolean {
  return new RegExp(`(?<![\\w.])${path.replace(/[^\w ]/g, '\\$&')}(?!\\w|\\.\\w)`).test(line);
}

if (import.meta.main) {
  const { ok, lines } = await breakingChanges(process.cwd());
  for (const line of lines) console.log(line);
  process.exitCode = ok ? 0 : 1;
}
