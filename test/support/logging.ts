import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SCOPES } from '../../src/contract/scopes.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { keysText } from './callers.ts';
import { runCommand } from './program.ts';
import { merge } from './store.ts';

/** The program as its operator runs it, with what it leaves behind: its log lines and its database. */

export const KEY = 'canary-key-0123456789';

/** Starts it at a log level; its folder goes with the test. */
export function startLogging(level: string, sandbox: Sandbox, more: Readonly<Record<string, string>> = {}) {
  const where = mkdtempSync(join(tmpdir(), 'clientele-logs-'));
  onTestFinished(() => rmSync(where, { recursive: true, force: true }));
  const keys = join(where, 'keys.json');
  writeFileSync(keys, keysText([{ name: 'support-desk', key: KEY, scopes: SCOPES }]));
  const environment = {
    ...sandbox.env,
    ...{ PORT: '0', LOG_LEVEL: level, API_KEYS_FILE: keys, DATABASE_URL: `file:${join(where, 'a.db')}` },
    ...{ SYNC_INTERVAL: '0', ID_SECRET: 'canary-id-secret', INTROSPECTION: 'on', PROVIDER_TIMEOUT_MS: '1000' },
    ...more,
  };
  const command = (...argv: string[]) => runCommand(argv, { folder: where, environment });
  const program = command('start');
  /** What the database holds, its log included. */
  const stored = () =>
    readdirSync(where)
      .filter((name) => name.startsWith('a.db'))
      .map((name) => readFileSync(join(where, name), 'latin1'))
      .join('\n');
  return { program, command, stored, store: () => openSqliteStore(join(where, 'a.db'), merge) };
}

export interface LogLine extends Record<string, unknown> {
  readonly msg: string;
}

export const linesOf = (text: string): LogLine[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
