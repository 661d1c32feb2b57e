import { constants, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bearer } from './callers.ts';
import { type Origin, startOrigin } from './origin.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

/** Access tokens as an issuer makes them, and as nobody should. Made by Node alone: a library would refuse to. */

export const ISSUER = 'https://issuer.example/';
export const AUDIENCE = 'https://clientele.example';

/** The clock of a world of tokens begins here. */
export const START = Date.parse('2026-05-01T00:00:00Z');

export interface SigningKey {
  readonly alg: string;
  readonly kid: string;
  readonly secret: KeyObject;
  readonly publicKey: KeyObject;
  /** As it stands in the issuer's set. */
  readonly jwk: JsonWebKey & Record<string, unknown>;
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/** @param more members of the JWK, over its own */
export function signingKey(alg: string, kid: string, more: Record<string, unknown> = {}, bits = 2_048): SigningKey {
  const pair = /^E[dD]/.test(alg)
    ? generateKeyPairSync('ed25519')
    : alg.startsWith('ES')
      ? generateKeyPairSync('ec', { namedCurve: CURVES[alg] ?? '' })
      : generateKeyPairSync('rsa', { modulusLength: bits });
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid, use: 'sig', ...more };
  return { alg, kid, secret: pair.privateKey, publicKey: pair.publicKey, jwk };
}

export const encoded = (part: unknown): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

function signatureOf(text: string, alg: string, secret: KeyObject): Buffer {
  const digest = `sha${alg.slice(2)}`;
  const data = Buffer.from(text);
  if (/^E[dD]/.test(alg)) return sign(null, data, secret);
  if (alg.startsWith('ES')) return sign(digest, data, { key: secret, dsaEncoding: 'ieee-p1363' });
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return sign(digest, data, { key: secret, ...(alg.startsWith('PS') && pss) });
}

/** A token of these texts or objects, signed by this key whatever its header says. */
export function signed(header: unknown, claims: unknown, { alg, secret }: SigningKey): string {
  const text = `${encoded(header)}.${encoded(claims)}`;
  return `${text}.${signatureOf(text, alg, secret).toString('base64url')}`;
}

export const headerOf = ({ alg, kid }: SigningKey) => ({ alg, kid, typ: 'at+jwt' });

/** Seconds since the epoch. */
export const seconds = (ms: number): number => Math.floor(ms / 1_000);

/** What a good token says, for an hour. */
export const CLAIMS = {
  ...{ iss: ISSUER, aud: AUDIENCE, sub: 'ada@example.com', scope: 'openid customers:read' },
  ...{ iat: seconds(START), exp: seconds(START) + 3_600 },
};

/** A good token, but for what is said of it. */
export const tokenOf = (key: SigningKey, claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
  signed({ ...headerOf(key), ...header }, { ...CLAIMS, ...claims }, key);

export interface Issuer {
  readonly origin: Origin;
  /** What its set holds now. */
  keys: readonly Record<string, unknown>[];
  /** How it answers; null: with its set. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  /** How often it was asked. */
  readonly fetches: number;
}

export async function startIssuer(keys: readonly SigningKey[]): Promise<Issuer> {
  const issuer = {
    keys: keys.map(({ jwk }) => jwk) as Issuer['keys'],
    answer: null as Issuer['answer'],
    origin: await startOrigin((request, response) => {
      if (issuer.answer) return issuer.answer(request, response);
      response.setHeader('content-type', 'application/jwk-set+json').end(JSON.stringify({ keys: issuer.keys }));
    }),
    get fetches() {
      return issuer.origin.requests.length;
    },
  };
  return issuer;
}

export interface TokenWorld extends World {
  readonly issuer: Issuer;
  /** The gateway's clock moves by hand. */
  move(ms: number): void;
  /** Asks something that takes no scope to be let in. */
  enter(token: string): Promise<{ readonly status: number; readonly code: string | undefined; readonly text: string }>;
}

/** A world that lets in whoever has a token of this issuer. */
export async function startTokenWorld(issuer: Issuer, options: WorldOptions = {}): Promise<TokenWorld> {
  const time = { now: START, elapsed: 0 };
  const world = await startWorld({
    clock: { now: () => time.now, elapsed: () => time.elapsed },
    ...options,
    environment: { AUTH: 'required', ...tokenSettings(issuer), ...options.environment },
  });
  return {
    ...world,
    issuer,
    move(ms) {
      time.now += ms;
      time.elapsed += ms;
    },
    async enter(token) {
      const { status, errors, text } = await world.query('{ __typename }', {}, bearer(token));
      return { status, code: errors[0]?.extensions.code, text };
    },
    async close() {
      await world.close();
      await issuer.origin.close();
    },
  };
}

export const tokenSettings = ({ origin }: Pick<Issuer, 'origin'>) => ({
  ...{ JWT_JWKS_URL: `${origin.url}/keys?canary=1`, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE },
});
