import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from '../../src/contract/scopes.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

/** Whoever calls with a key of their own. */
export interface Key {
  readonly name: string;
  /** What is sent; default: made of the name. */
  readonly key?: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt?: string;
}

export const keyOf = ({ name, key }: Pick<Key, 'name' | 'key'>): string =>
  key ?? `key-of-${name.replaceAll(/\W/g, '-')}`;

export const bearer = (key: string): { readonly authorization: string } => ({ authorization: `Bearer ${key}` });

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The text of an `API_KEYS_FILE`. */
export const keysText = (keys: readonly Key[]): string =>
  JSON.stringify(
    keys.map((each) => ({
      name: each.name,
      sha256: sha256(keyOf(each)),
      scopes: each.scopes,
      ...(each.expiresAt !== undefined && { expiresAt: each.expiresAt }),
    })),
  );

export interface KeyedWorld extends World {
  /** The path of its `API_KEYS_FILE`. */
  readonly keysFile: string;
}

/** A world that lets in who has one of these keys. */
export async function startKeyedWorld(keys: readonly Key[], options: WorldOptions = {}): Promise<KeyedWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-keys-'));
  const keysFile = join(folder, 'keys.json');
  writeFileSync(keysFile, keysText(keys));
  const world = await startWorld({
    ...options,
    environment: { AUTH: 'required', API_KEYS_FILE: keysFile, ...options.environment },
  });
  return {
    ...world,
    keysFile,
    async close() {
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The same world, asked by one caller. */
export const asCaller = (world: World, key: string): World => ({
  ...world,
  query: ((document: string, variables?: Record<string, unknown>, headers = {}) =>
    world.query(document, variables, { ...bearer(key), ...headers })) as World['query'],
});
