import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { SCOPES, type Scope } from '../contract/scopes.ts';
import { type Caller, TOKEN_CALLER } from '../gateway/operation.ts';
import { WatchedFile } from './watchedFile.ts';

const NOT_OF_A_TOKEN = new RegExp(`^(?!${TOKEN_CALLER})`);

/**
 * `API_KEYS_FILE`: who may call, told by the SHA-256 of the whole key. The name is the caller: two keys of one name are one
 * caller's, so that a new one can take the old one's place and nobody's requests become a stranger's.
 */
const keysFile = z.array(
  z.object({
    name: z.string().min(1).max(100).regex(NOT_OF_A_TOKEN),
    sha256: z.string().regex(/^[0-9a-f]{64}$/i),
    scopes: z.array(z.enum(SCOPES)),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
  }),
);

/** In characters. */
const LONGEST = 512;

interface Key {
  readonly caller: Caller;
  readonly expiresAt: number;
}

export interface ApiKeys {
  /** Whose key this is; null for an unknown or expired one. */
  callerOf(key: string): Caller | null;
}

/**
 * The API keys of a file, reread when it changes. A file that can't be read lets nobody in until it can.
 * @param warn told once for each change that can't be read
 * @throws Error when the file can't be read now
 */
export function createApiKeys(path: string, clock: Clock, warn: (message: string) => void): ApiKeys {
  const lost = () => warn('API_KEYS_FILE can’t be read: every key is refused until it can');
  const file = new WatchedFile(path, parse, clock, lost);
  return {
    callerOf(key) {
      if (key.length > LONGEST) return null;
      // The digest is what is looked up: how long that takes tells nothing of the key.
      const found = file.content?.get(hash('sha256', key));
      return found && clock.now() < found.expiresAt ? found.caller : null;
    },
  };
}

function parse(text: string): Map<string, Key> {
  const parsed = keysFile.safeParse(JSON.parse(text));
  if (!parsed.success) throw new KeysFileError(faultOf(parsed.error));
  return new Map(
    parsed.data.map(({ name, sha256, scopes, expiresAt }) => {
      const caller: Caller = { name, loggedAs: name, scopes: new Set<Scope>(scopes) };
      return [sha256.toLowerCase(), { caller, expiresAt: expiresAt === undefined ? Infinity : Date.parse(expiresAt) }];
    }),
  );
}

/** What is wrong with the file, without any of its values. */
export class KeysFileError extends Error {}

function faultOf({ issues }: z.ZodError): string {
  const [entry, property] = issues[0]?.path ?? [];
  if (issues[0]?.code === 'invalid_format' && property === 'name')
    return `key ${Number(entry) + 1} has a name that begins with ${TOKEN_CALLER}, as only callers by access token have`;
  if (entry === undefined) return 'it must be a list of keys';
  return `key ${Number(entry) + 1} is not as documented${property === undefined ? '' : ` in its ${String(property)}`}`;
}
