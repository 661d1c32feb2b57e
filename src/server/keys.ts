import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { SCOPES, type Scope } from '../contract/scopes.ts';
import { type Caller, TOKEN_CALLER } from '../gateway/operation.ts';
import { digestOf, keyIdOf } from './keyText.ts';
import { FileFault, WatchedFile } from './watchedFile.ts';

/** Whoever goes by these is nobody who has a key: what is done by a command, and by the gateway itself. */
const RESERVED = ['operator', 'clientele', 'anyone'];

const NOT_OF_A_TOKEN = new RegExp(`^(?!${TOKEN_CALLER})`);

/**
 * `API_KEYS_FILE`: who may call, told by the SHA-256 of the whole key. The name is the caller: two keys of one name are one
 * caller's, so that a new one can take the old one's place and nobody's requests become a stranger's.
 */
const keysFile = z.array(
  z.object({
    name: z
      .string()
      .min(1)
      .max(100)
      .regex(NOT_OF_A_TOKEN)
      .refine((name) => !RESERVED.includes(name)),
    sha256: z.string().regex(/^[0-9a-f]{64}$/i),
    scopes: z.array(z.enum(SCOPES)),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
  }),
);

export type KeyEntry = z.infer<typeof keysFile>[number];

/** In characters. */
const LONGEST = 512;

interface Key {
  readonly id: string;
  readonly caller: Caller;
  readonly expiresAt: number;
}

export interface KeyEvents {
  lost(): void;
  used(keyId: string): void;
}

export interface ApiKeys {
  /** Whose key this is; null for an unknown or expired one. */
  callerOf(key: string): Caller | null;
}

/**
 * The API keys of a file, reread when it changes. A file that can't be read lets nobody in until it can.
 * @param events `lost` is told once for each change that can't be read, `used` of each key that lets somebody in
 * @throws Error when the file can't be read now
 */
export function createApiKeys(path: string, clock: Clock, events: KeyEvents): ApiKeys {
  const file = new WatchedFile(path, byDigest, clock, events.lost);
  return {
    callerOf(key) {
      if (key.length > LONGEST) return null;
      // The digest is what is looked up: how long that takes tells nothing of the key.
      const found = file.content?.get(digestOf(key));
      if (!found || clock.now() >= found.expiresAt) return null;
      events.used(found.id);
      return found.caller;
    },
  };
}

function byDigest(text: string): Map<string, Key> {
  return new Map(
    parseKeys(JSON.parse(text)).map(({ name, sha256, scopes, expiresAt }) => {
      const caller: Caller = { name, loggedAs: name, scopes: new Set<Scope>(scopes) };
      const until = expiresAt === undefined ? Infinity : Date.parse(expiresAt);
      return [sha256.toLowerCase(), { id: keyIdOf(sha256), caller, expiresAt: until }];
    }),
  );
}

/** @throws FileFault */
export function parseKeys(json: unknown): readonly KeyEntry[] {
  const parsed = keysFile.safeParse(json);
  if (!parsed.success) throw new FileFault(faultOf(parsed.error));
  const places = new Map<string, number>();
  for (const [place, { sha256 }] of parsed.data.entries()) {
    const digest = sha256.toLowerCase();
    const first = places.get(digest);
    if (first !== undefined) throw new FileFault(`key ${place + 1} stands there already, as key ${first + 1}`);
    places.set(digest, place);
  }
  return parsed.data;
}

function faultOf({ issues }: z.ZodError): string {
  const [entry, property] = issues[0]?.path ?? [];
  if (issues[0]?.code === 'invalid_format' && property === 'name')
    return `key ${Number(entry) + 1} has a name that begins with ${TOKEN_CALLER}, as only callers by access token have`;
  if (entry === undefined) return 'it must be a list of keys';
  return `key ${Number(entry) + 1} is not as documented${property === undefined ? '' : ` in its ${String(property)}`}`;
}
