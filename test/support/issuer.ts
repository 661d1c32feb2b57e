import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';

/** Somebody who makes access tokens, and tells by a URL with what keys: over real HTTP. */
export interface Issuer {
  /** What the gateway is told of it. */
  readonly settings: Readonly<Record<'JWT_JWKS_URL' | 'JWT_ISSUER' | 'JWT_AUDIENCE', string>>;
  readonly keys: Readonly<Record<string, CryptoKey>>;
  /** What its URL tells; the keys made here at first. */
  published: JWK[];
  /** In place of an answer. */
  fault: ((response: ServerResponse) => void) | null;
  /** How often its URL was asked. */
  fetches(): number;
  /** A token that is as it should be, but for what is said. */
  token(
    claims?: Record<string, unknown>,
    header?: Partial<JWTHeaderParameters>,
    key?: CryptoKey | Uint8Array,
  ): Promise<string>;
  close(): Promise<void>;
}

export const ISSUER = 'https://id.example.com/';
export const AUDIENCE = 'clientele';
export const SUBJECT = 'ada@example.com';

/** Once for all: an RSA key takes its time. */
const made = Promise.all(
  ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'].map(async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: alg, alg, use: 'sig' } };
  }),
);

/** @param now in milliseconds since the epoch */
export async function startIssuer(now: () => number): Promise<Issuer> {
  const pairs = await made;
  const keys = Object.fromEntries(pairs.map(({ jwk, privateKey }) => [jwk.kid, privateKey]));
  const published: JWK[] = pairs.map(({ jwk }) => jwk);
  let fetches = 0;
  const server = createServer((_request, response) => {
    fetches++;
    if (issuer.fault) return issuer.fault(response);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: issuer.published }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer: Issuer = {
    settings: {
      JWT_JWKS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
      ...{ JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE },
    },
    ...{ keys, published, fault: null },
    fetches: () => fetches,
    token(claims = {}, header = {}, key = undefined) {
      const seconds = Math.floor(now() / 1_000);
      const usual = { iss: ISSUER, aud: AUDIENCE, sub: SUBJECT, scope: 'openid customers:read', exp: seconds + 300 };
      const all = Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined);
      const alg = header.alg ?? 'RS256';
      const signer = new SignJWT(Object.fromEntries(all)).setProtectedHeader({ alg, kid: alg, ...header });
      return signer.sign(key ?? keys[alg] ?? (keys.RS256 as CryptoKey), { crit: { unknown: true } });
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return issuer;
}
