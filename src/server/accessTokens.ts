import { hash } from 'node:crypto';
import { errors, jwtVerify, type LocalJWKSet } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { SCOPES, type Scope } from '../contract/scopes.ts';
import { GatewayError } from '../errors.ts';
import { type Caller, TOKEN_CALLER } from '../gateway/operation.ts';
import { KeySet, type KeySetWatcher } from './keySet.ts';
import { reasonOf } from './log.ts';

/** Signatures that only the issuer can make: with a shared secret, whoever can check a token could make one (RFC 8725, 3.1). */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

/** How far the issuer's clock may be off, in seconds. */
const TOLERANCE = 5;
/** In characters. */
const LONGEST = 8_192;
const REMEMBERED = 1_000;

/** A compact JWS (RFC 7515, 7.1): jose would overlook blanks and padding. */
const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** It must be an access token where it says what it is (RFC 8725, 3.11), and must not bring its own keys or demands. */
const absent = z.never().optional();
const header = z.object({
  typ: z
    .string()
    .regex(/^(?:jwt|(?:application\/)?at\+jwt)$/i)
    .optional(),
  ...{ jku: absent, jwk: absent, x5u: absent, x5c: absent, crit: absent },
});

/** What is asked of the claims beside issuer, audience and times (RFC 9068, 2.2). */
const claims = z.object({
  sub: z.string().regex(/^[\x21-\x7e]{1,255}$/),
  exp: z.number(),
  scope: z.string().default(''),
});

export interface AccessTokens {
  /**
   * Whose token this is; null: it is not valid, for whatever reason.
   * @throws GatewayError UNAUTHENTICATED where it was valid and has expired, UNAVAILABLE where it can't be checked at the moment
   */
  callerOf(token: string): Caller | null | Promise<Caller | null>;
  close(): void;
}

export interface AccessTokensOptions {
  /** Where the issuer's keys are. */
  readonly url: URL;
  readonly issuer: string;
  readonly audience: string;
  readonly clock: Clock;
  /** Makes what stands for a subject where others may look. */
  readonly pseudonym: (subject: string) => string;
  /** Also told why a token is refused: a code, and nothing of the token. */
  readonly watcher: KeySetWatcher & { refused(reason: string): void };
}

/** A token that was verified, and by which keys. */
interface Verified {
  readonly caller: Caller;
  readonly keys: LocalJWKSet;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

/** Access tokens: JWTs (RFC 7519) of one issuer for one audience. */
export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const { url, issuer, audience, clock, pseudonym, watcher } = options;
  const keySet = new KeySet(url, clock, watcher);
  /** By the token's digest: those used last, so that a hundredth request costs no signature. */
  const remembered = new Map<string, Verified>();

  function remember(digest: string, verified: Verified): void {
    remembered.delete(digest);
    remembered.set(digest, verified);
    const [oldest = ''] = remembered.keys();
    if (remembered.size > REMEMBERED) remembered.delete(oldest);
  }

  async function verify(token: string, digest: string): Promise<Caller> {
    check(token);
    const keys = keySet.current;
    const { payload } = await jwtVerify(token, keySet.keyOf, {
      ...{ algorithms: ALGORITHMS, issuer, audience },
      ...{ clockTolerance: TOLERANCE, currentDate: new Date(clock.now()) },
    });
    const { sub, exp, scope } = claims.parse(payload);
    const given = scope.split(' ');
    const caller: Caller = {
      name: TOKEN_CALLER + sub,
      loggedAs: TOKEN_CALLER + pseudonym(sub),
      scopes: new Set<Scope>(SCOPES.filter((each) => given.includes(each))),
    };
    // Where they have changed meanwhile, it is not known by which of them it was verified.
    if (keys !== null && keys === keySet.current) remember(digest, { caller, keys, endsAt: (exp + TOLERANCE) * 1_000 });
    return caller;
  }

  return {
    callerOf(token) {
      if (token.length > LONGEST) return null;
      const digest = hash('sha256', token);
      const known = remembered.get(digest);
      if (known && known.keys === keySet.current && clock.now() < known.endsAt) {
        remember(digest, known);
        return known.caller;
      }
      return verify(token, digest).catch((thrown: unknown) => {
        if (thrown instanceof GatewayError) throw thrown;
        watcher.refused(whyOf(thrown));
        if (thrown instanceof errors.JWTExpired) throw new GatewayError('UNAUTHENTICATED', EXPIRED);
        return null;
      });
    },
    close: () => keySet.close(),
  };
}

const EXPIRED = 'This access token has expired: get a new one.';

/** The name of what is wrong, as this file or jose has it. */
function whyOf(thrown: unknown): string {
  if (thrown instanceof z.ZodError) return String(thrown.issues[0]?.path[0]);
  return thrown instanceof errors.JWTClaimValidationFailed ? thrown.claim : reasonOf(thrown);
}

/** What jose does not look at. @throws Error */
function check(token: string): void {
  if (!SHAPE.test(token)) throw new errors.JWSInvalid();
  const parts = token.split('.').map((part) => Buffer.from(part, 'base64url'));
  // The last character of a part has spare bits: only one spelling of a token is good.
  if (parts.map((part) => part.toString('base64url')).join('.') !== token) throw new errors.JWSInvalid();
  const [head = '', body = ''] = parts.map((part) => part.toString('utf8'));
  header.parse(JSON.parse(head));
  if (saysTwice(head) || saysTwice(body)) throw new errors.JWSInvalid();
}

/** Whether JSON has two members of one name in one object: which of them counts, readers differ in (RFC 7519, 4). */
function saysTwice(json: string): boolean {
  let kept = 0;
  JSON.parse(json, (_name, value: unknown) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) kept += Object.keys(value).length;
    return value;
  });
  const written = [...json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
  return written !== kept;
}
