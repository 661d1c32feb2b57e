import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCOPES } from '../../src/contract/scopes.ts';
import { bearer, type Key, type KeyedWorld, keyOf, sha256, startKeyedWorld } from './callers.ts';
import { sendTo } from './http.ts';
import type { WorldOptions } from './world.ts';

/** A world that trusts documents, a caller who is bound to them, and one who is not. */

/** By its id, as a manifest has it. */
export const idOf = (text: string): string => `sha256:${sha256(text)}`;

export const manifestOf = (...texts: readonly string[]): string =>
  JSON.stringify(Object.fromEntries(texts.map((text) => [idOf(text), text])));

const BOUND: Key = { name: 'bound', scopes: SCOPES.filter((scope) => scope !== 'operations:any') };
const FREE: Key = { name: 'free', scopes: SCOPES };
export const AS_BOUND = bearer(keyOf(BOUND));
export const AS_FREE = bearer(keyOf(FREE));

export interface TrustingWorld extends KeyedWorld {
  readonly manifestFile: string;
  /** Puts another manifest in the place of the one that is there, which is seen at the next request. */
  replace(text: string): void;
  /** Lets so much time pass by the clock that a change of the file is seen. */
  look(): void;
  /** Sends the parameters by POST, as the caller who is bound unless other headers say so: status, answer and codes. */
  post(
    parameters: Record<string, unknown>,
    headers?: Record<string, string>,
  ): ReturnType<ReturnType<typeof sendTo>['post']>;
  /** The same by GET. */
  get(
    parameters: Record<string, string>,
    headers?: Record<string, string>,
  ): ReturnType<ReturnType<typeof sendTo>['get']>;
}

/** @param manifest the text of its file */
export async function startTrustingWorld(manifest: string, options: WorldOptions = {}): Promise<TrustingWorld> {
  let moved = 0;
  const clock = { now: () => Date.now() + moved, elapsed: () => performance.now() + moved };
  const look = (): void => {
    moved += 1_000;
  };
  const folder = mkdtempSync(join(tmpdir(), 'clientele-trusted-'));
  const manifestFile = join(folder, 'manifest.json');
  writeFileSync(manifestFile, manifest);
  const world = await startKeyedWorld([BOUND, FREE], {
    clock,
    ...options,
    environment: { TRUSTED_DOCUMENTS: manifestFile, ...options.environment },
  });
  const { post, get } = sendTo(() => world);
  return {
    ...world,
    manifestFile,
    look,
    replace(text) {
      // Another file: it is seen to have changed, whatever the clock's grain.
      writeFileSync(`${manifestFile}.next`, text);
      renameSync(`${manifestFile}.next`, manifestFile);
      look();
    },
    post: (parameters, headers = {}) => post(parameters, { ...AS_BOUND, ...headers }),
    get: (parameters, headers = {}) => get(parameters, { ...AS_BOUND, ...headers }),
    async close() {
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
