import { hash } from 'node:crypto';
import { decodeProtectedHeader, errors, type JWTHeaderParameters, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../clock.ts';
import { SCOPES, type Scope } from '../contract/scopes.ts';
import { GatewayError } from '../errors.ts';
import type { Caller } from '../gateway/operation.ts';
import type { KeySet } from './keySet.ts';
import { TOKEN_CALLER } from './tokenText.ts';

/** Who has made the tokens that let somebody in, and for whom (`JWT_ISSUER`, `JWT_AUDIENCE`). */
export interface TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: KeySet;
}

export interface AccessTokens {
  /** @param token see `isToken` @throws GatewayError UNAUTHENTICATED, or rejects with it, or with UNAVAILABLE where nobody can know whose it is */
  callerOf(token: string): Caller | Promise<Caller>;
}

/** Signed with a key of which only the issuer has the other half (RFC 8725, 3.1): never a shared secret, never nothing. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'],
];

/** What an access token says that it is (RFC 9068, 2.1), if anything: other kinds of token are signed with the same keys. */
const TYPES: readonly unknown[] = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];

/** Keys, and where to find them, are the issuer's to tell, and nothing that a token says for itself. */
const REFUSED_HEADERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit'];

/** Machines' clocks are that far apart, in seconds. */
const TOLERANCE_SECONDS = 5;

/** A caller's name in the audit log and in what is remembered of them. */
const SUBJECT = /^[\x21-\x7e]{1,255}$/;

/** So many verified tokens are remembered: the next request with one costs no signature. */
const REMEMBERED = 1_000;

interface Verified {
  readonly caller: Caller;
  /** By what keys; others may not know this one any more. */
  readonly keys: NonNullable<KeySet['held']>;
  /** In milliseconds since the epoch. */
  readonly until: number;
}

/**
 * JSON Web Tokens (RFC 7519) of one issuer as callers, with the scopes of their `scope` claim (RFC 9068, 2.2.3).
 * @param pseudonym what stands in logs for a subject, which is often an email address
 */
export function createAccessTokens(
  { issuer, audience, keys }: TokenIssuer,
  clock: Pick<Clock, 'now'>,
  pseudonym: (subject: string) => string,
): AccessTokens {
  const remembered = new Map<string, Verified>();

  async function verify(token: string, digest: string): Promise<Caller> {
    const { held } = keys;
    const { payload } = await jwtVerify(token, (header) => keys.keyFor(header), {
      ...{ algorithms: ALGORITHMS, issuer, audience, requiredClaims: ['exp', 'sub'] },
      ...{ currentDate: new Date(clock.now()), clockTolerance: TOLERANCE_SECONDS },
    });
    const caller = callerIn(payload, pseudonym);
    // Those that came meanwhile may not know its key any more.
    if (held === null || held !== keys.held) return caller;
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(digest, { caller, keys: held, until: ((payload.exp ?? 0) + TOLERANCE_SECONDS) * 1_000 });
    return caller;
  }

  return {
    callerOf(token) {
      assertAccessToken(token);
      // Not the token itself: what is remembered lets nobody in who reads it.
      const digest = hash('sha256', token);
      const known = remembered.get(digest);
      if (known && known.keys === keys.held && clock.now() < known.until) return known.caller;
      return verify(token, digest).catch(refuse);
    },
  };
}

/** @throws GatewayError UNAUTHENTICATED, before anybody is asked for a key */
function assertAccessToken(token: string): void {
  const header = headerOf(token);
  const isAccessToken = TYPES.includes(typeof header.typ === 'string' ? header.typ.toLowerCase() : header.typ);
  if (!isAccessToken || REFUSED_HEADERS.some((name) => Object.hasOwn(header, name))) throw notValid();
}

function headerOf(token: string): JWTHeaderParameters {
  try {
    return decodeProtectedHeader(token) as JWTHeaderParameters;
  } catch {
    throw notValid();
  }
}

/** @throws GatewayError UNAUTHENTICATED */
function callerIn({ sub, scope = '' }: JWTPayload, pseudonym: (subject: string) => string): Caller {
  if (typeof sub !== 'string' || !SUBJECT.test(sub) || typeof scope !== 'string') throw notValid();
  const granted = scope.split(' ');
  return {
    name: TOKEN_CALLER + sub,
    loggedAs: TOKEN_CALLER + pseudonym(sub),
    scopes: new Set<Scope>(SCOPES.filter((each) => granted.includes(each))),
  };
}

/** @throws GatewayError always; why a token is not valid helps only who forges one */
function refuse(thrown: unknown): never {
  if (thrown instanceof GatewayError) throw thrown;
  if (thrown instanceof errors.JWTExpired)
    throw new GatewayError('UNAUTHENTICATED', 'This access token has expired: get a new one.');
  if (thrown instanceof errors.JOSEError || thrown instanceof TypeError || thrown instanceof DOMException)
    throw notValid();
  throw thrown;
}

const notValid = (): GatewayError => new GatewayError('UNAUTHENTICATED', 'This access token is not valid here.');
