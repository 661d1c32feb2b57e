/** What a bearer looks like that is an access token, and what the names of callers by token begin with. */

/** Header, claims and signature (RFC 7515, 7.1). */
export const isToken = (bearer: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(bearer);

/** No API key may have such a name. */
export const TOKEN_CALLER = 'jwt:';
