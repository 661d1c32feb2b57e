import type { IncomingMessage } from 'node:http';
import { SCOPES } from '../contract/scopes.ts';
import { GatewayError } from '../errors.ts';
import type { Caller } from '../gateway/operation.ts';
import type { AccessTokens } from './accessTokens.ts';
import type { ApiKeys } from './keys.ts';
import { isMistyped } from './keyText.ts';

/**
 * Says who is calling, as of now: what let them in may have ended since they were asked last.
 * @throws GatewayError UNAUTHENTICATED, or UNAVAILABLE where that can't be known at the moment; or rejects with it
 */
export type Authenticate = (request: IncomingMessage) => Caller | Promise<Caller>;

const EVERYONE: Caller = { name: 'anyone', loggedAs: 'anyone', scopes: new Set(SCOPES) };

/** Whatever a browser on this machine may call it, and nothing that somebody else's DNS could make point here. */
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * `AUTH=none`, on loopback only: everyone on this machine has every scope. A web page is not on this machine, even if its
 * own name was made to resolve to it (DNS rebinding: the name in `Host` tells), and even if it asks by a GET that needs no
 * permission (`Sec-Fetch-Site` tells, where CORS_ORIGINS doesn't name the page).
 */
export const letEveryoneIn =
  (corsOrigins: readonly string[]): Authenticate =>
  ({ headers }) => {
    const isLocal = headers.host === undefined || LOOPBACK_HOST.test(headers.host);
    const isForeign = /^(?:cross|same)-site$/.test(String(headers['sec-fetch-site'] ?? 'none'));
    if (isLocal && (!isForeign || corsOrigins.includes(headers.origin ?? ''))) return EVERYONE;
    throw new GatewayError(
      'UNAUTHENTICATED',
      'Without keys this gateway answers to this machine alone: to localhost and 127.0.0.1, and to no other site’s page.',
    );
  };

/**
 * `Authorization: Bearer …` (RFC 6750), once: an API key, and what is none is taken for an access token.
 * @param keys null: nobody has one
 * @param tokens null: nobody has one
 */
export function byBearer(keys: ApiKeys | null, tokens: AccessTokens | null): Authenticate {
  const wanted = [...(keys ? ['API key'] : []), ...(tokens ? ['access token'] : [])].join(' or ');
  return async (request) => {
    const bearer = bearerOf(request);
    const caller = bearer === null ? null : (keys?.callerOf(bearer) ?? (await tokens?.callerOf(bearer)));
    if (caller) return caller;
    if (bearer !== null && isMistyped(bearer)) throw new GatewayError('UNAUTHENTICATED', MISTYPED);
    throw new GatewayError('UNAUTHENTICATED', `Send a valid ${wanted} as Authorization: Bearer <${wanted}>.`);
  };
}

const MISTYPED = 'This API key is cut off or mistyped: its checksum is another one.';

function bearerOf({ headers, rawHeaders }: IncomingMessage): string | null {
  // Node keeps the first of several Authorization headers; two are one too many to be sure who is meant.
  const isOne = rawHeaders.filter((name, index) => index % 2 === 0 && /^authorization$/i.test(name)).length === 1;
  const match = isOne ? /^Bearer ([\x21-\x7e]+)$/i.exec(headers.authorization ?? '') : null;
  return match?.[1] ?? null;
}
