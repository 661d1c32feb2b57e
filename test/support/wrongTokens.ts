import { createHmac, sign } from 'node:crypto';
import { AUDIENCE, CLAIMS, encoded, headerOf, ISSUER, START, seconds, signed, signingKey, tokenOf } from './tokens.ts';

/** Access tokens that are not good, each made of one that is (RFC 8725, and what has been got wrong elsewhere). */

export const rsa = signingKey('RS256', 'rsa');
export const ec = signingKey('ES256', 'ec');
const weak = signingKey('RS256', 'weak', {}, 1_024);
const forSecrecy = signingKey('RS256', 'for-secrecy', { use: 'enc' });
const forWrapping = signingKey('RS256', 'for-wrapping', { use: undefined, key_ops: ['wrapKey'] });
const otherCurve = signingKey('ES384', 'other-curve');
const onlyPss = signingKey('RS256', 'only-pss', { alg: 'PS256' });
const strangers = signingKey('RS256', 'rsa');
const shared = { kty: 'oct', kid: 'shared', k: encoded('a secret that everybody may read in the set'), alg: 'HS256' };
/** The issuer’s set. */
export const keys = [...[rsa, ec, weak, forSecrecy, forWrapping, otherCurve, onlyPss].map(({ jwk }) => jwk), shared];

/** What they are all made of. */
export const good = tokenOf(rsa);
export const [head = '', body = '', signature = ''] = good.split('.');
const now = seconds(START);

/** Signed with a secret that everybody knows. */
function hs256(secret: string | Buffer, header: object = {}): string {
  const text = `${encoded({ ...headerOf(rsa), alg: 'HS256', ...header })}.${body}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

export const pem = (type: 'spki' | 'pkcs1') => rsa.publicKey.export({ type, format: 'pem' }).toString();
const without = (name: string) => {
  const { [name as 'sub']: _, ...claims } = CLAIMS;
  return signed(headerOf(rsa), claims, rsa);
};
const claiming = (text: string) => signed(headerOf(rsa), JSON.stringify(CLAIMS).replace(/}$/, `,${text}}`), rsa);
const zeros = (header: object, bytes: number) =>
  `${encoded(header)}.${body}.${Buffer.alloc(bytes).toString('base64url')}`;
const kid = (value: unknown) => tokenOf(rsa, {}, { kid: value });

export const WRONG: Readonly<Record<string, string>> = {
  // Signatures that are none.
  ...Object.fromEntries(
    ['none', 'None', 'NONE', 'nOnE', 'none ', ''].flatMap((alg) => [
      [`alg ${JSON.stringify(alg)} without a signature`, `${encoded({ ...headerOf(rsa), alg })}.${body}.`],
      [
        `alg ${JSON.stringify(alg)} with a good one’s signature`,
        `${encoded({ ...headerOf(rsa), alg })}.${body}.${signature}`,
      ],
    ]),
  ),
  'no alg': signed({ kid: 'rsa', typ: 'at+jwt' }, CLAIMS, rsa),
  'alg null': tokenOf(rsa, {}, { alg: null }),
  'alg as a list': tokenOf(rsa, {}, { alg: ['RS256'] }),
  'alg in small letters': tokenOf(rsa, {}, { alg: 'rs256' }),
  'alg of another signature': tokenOf(rsa, {}, { alg: 'PS256' }),
  'alg that nobody knows': tokenOf(rsa, {}, { alg: 'ES256K' }),
  'alg __proto__': tokenOf(rsa, {}, { alg: '__proto__' }),
  'an empty signature': `${head}.${body}.`,
  'no signature': `${head}.${body}`,
  'a signature cut by a byte': `${head}.${body}.${Buffer.from(signature, 'base64url').subarray(1).toString('base64url')}`,
  'a signature longer by a byte': `${head}.${body}.${Buffer.concat([Buffer.from(signature, 'base64url'), Buffer.alloc(1)]).toString('base64url')}`,
  'a signature of zeros': zeros(headerOf(rsa), 256),
  'an ES256 signature of zeros (CVE-2022-21449)': zeros(headerOf(ec), 64),
  'an ES256 signature in DER': `${encoded(headerOf(ec))}.${body}.${sign('sha256', Buffer.from(`${encoded(headerOf(ec))}.${body}`), ec.secret).toString('base64url')}`,
  'HS256 with the public key as PEM': hs256(pem('spki')),
  'HS256 with the public key as PEM, without its last line break': hs256(pem('spki').trim()),
  'HS256 with the public key as PKCS#1': hs256(pem('pkcs1')),
  'HS256 with the public key as DER': hs256(rsa.publicKey.export({ type: 'spki', format: 'der' })),
  'HS256 with the public key as JWK': hs256(JSON.stringify(rsa.jwk)),
  'HS256 with the public key’s modulus': hs256(Buffer.from(String(rsa.jwk.n), 'base64url')),
  'HS256 with an empty secret': hs256(''),
  'HS256 with a secret in the set': hs256('a secret that everybody may read in the set', { kid: 'shared' }),
  // Keys that are not the issuer's, or not for this.
  'another’s key with the same kid': tokenOf(strangers),
  'another key of the set than its kid says': signed(headerOf(rsa), CLAIMS, onlyPss),
  'an RSA key of 1,024 bits': tokenOf(weak),
  'a key that is for encryption': tokenOf(forSecrecy),
  'a key that is for wrapping': tokenOf(forWrapping),
  'a key that is for another alg': tokenOf(onlyPss),
  'a key on another curve': signed({ ...headerOf(otherCurve), alg: 'ES256' }, CLAIMS, otherCurve),
  'no kid, where several keys would do': signed({ alg: 'RS256', typ: 'at+jwt' }, CLAIMS, rsa),
  'an unknown kid': kid('unknown'),
  'a kid that is a path': kid('../../../../dev/null'),
  'a kid that is a URL': kid('http://127.0.0.1:1/keys'),
  'a kid that is SQL': kid("rsa' UNION SELECT 'a secret' --"),
  'a kid of 5,000 characters': kid('k'.repeat(5_000)),
  'a kid of 10,000 characters': kid('k'.repeat(10_000)),
  'a kid that is no text': kid(7),
  'a kid as a list': kid(['rsa']),
  'a kid with a line break': kid('rsa\n'),
  'a kid __proto__': kid('__proto__'),
  'jku that leads to the issuer’s own keys': tokenOf(rsa, {}, { jku: 'https://issuer.example/keys' }),
  'jku that leads elsewhere': tokenOf(strangers, {}, { jku: 'http://127.0.0.1:1/keys' }),
  'its own key in jwk': tokenOf(strangers, {}, { jwk: strangers.jwk }),
  'the good key in jwk': tokenOf(rsa, {}, { jwk: rsa.jwk }),
  x5u: tokenOf(rsa, {}, { x5u: 'https://issuer.example/certificate' }),
  x5c: tokenOf(rsa, {}, { x5c: ['MII='] }),
  // Demands.
  'crit that nobody knows': tokenOf(rsa, {}, { crit: ['exp'], exp: now + 3_600 }),
  'crit b64': tokenOf(rsa, {}, { crit: ['b64'], b64: true }),
  'crit b64, of a payload that is not encoded': tokenOf(rsa, {}, { crit: ['b64'], b64: false }),
  'an empty crit': tokenOf(rsa, {}, { crit: [] }),
  'typ of another kind of token': tokenOf(rsa, {}, { typ: 'logout+jwt' }),
  'typ of a proof': tokenOf(rsa, {}, { typ: 'dpop+jwt' }),
  'typ of an ID token’s sibling': tokenOf(rsa, {}, { typ: 'secevent+jwt' }),
  'typ that begins well': tokenOf(rsa, {}, { typ: 'at+jwt+more' }),
  'typ that is no text': tokenOf(rsa, {}, { typ: 1 }),
  // Claims.
  'no iss': without('iss'),
  'another iss': tokenOf(rsa, { iss: 'https://other.example/' }),
  'iss that begins well': tokenOf(rsa, { iss: `${ISSUER}more` }),
  'iss without its last character': tokenOf(rsa, { iss: ISSUER.slice(0, -1) }),
  'iss in capitals': tokenOf(rsa, { iss: ISSUER.toUpperCase() }),
  'iss as a list': tokenOf(rsa, { iss: [ISSUER] }),
  'no aud': without('aud'),
  'another aud': tokenOf(rsa, { aud: 'https://other.example' }),
  'aud that begins well': tokenOf(rsa, { aud: `${AUDIENCE}.evil.example` }),
  'aud as a list without ours': tokenOf(rsa, { aud: ['https://other.example', `${AUDIENCE}/`] }),
  'aud as an empty list': tokenOf(rsa, { aud: [] }),
  'aud as an object': tokenOf(rsa, { aud: { [AUDIENCE]: AUDIENCE } }),
  'aud with ours in a list in a list': tokenOf(rsa, { aud: [[AUDIENCE]] }),
  'no exp': without('exp'),
  'exp a moment too long ago': tokenOf(rsa, { exp: now - 5 }),
  'exp as text': tokenOf(rsa, { exp: String(now + 3_600) }),
  'exp null': tokenOf(rsa, { exp: null }),
  'exp without end': signed(headerOf(rsa), JSON.stringify(CLAIMS).replace(/"exp":\d+/, '"exp":1e999'), rsa),
  'nbf in the future': tokenOf(rsa, { nbf: now + 6 }),
  'nbf as text': tokenOf(rsa, { nbf: String(now) }),
  'iat as text': tokenOf(rsa, { iat: String(now) }),
  'no sub': without('sub'),
  'sub null': tokenOf(rsa, { sub: null }),
  'sub as a number': tokenOf(rsa, { sub: 7 }),
  'sub as a list': tokenOf(rsa, { sub: ['ada'] }),
  'an empty sub': tokenOf(rsa, { sub: '' }),
  'sub with a blank': tokenOf(rsa, { sub: 'ada lovelace' }),
  'sub with a line break': tokenOf(rsa, { sub: 'ada\n' }),
  'sub with NUL': tokenOf(rsa, { sub: 'ada\0' }),
  'sub beyond ASCII': tokenOf(rsa, { sub: 'adа' }),
  'sub of 256 characters': tokenOf(rsa, { sub: 'a'.repeat(256) }),
  'scope as a list': tokenOf(rsa, { scope: ['customers:read'] }),
  'scope null': tokenOf(rsa, { scope: null }),
  'scope as an object': tokenOf(rsa, { scope: { 'customers:read': true } }),
  'a claim twice': claiming('"sub":"ada@example.com"'),
  'a claim twice, once by an escape': claiming('"s\\u0075b":"eve@example.com"'),
  'a claim twice inside of another': claiming('"act":{"sub":"a","sub":"b"}'),
  'a header twice': signed('{"alg":"none","alg":"RS256","kid":"rsa"}', CLAIMS, rsa),
  'claims as a list': signed(headerOf(rsa), [CLAIMS], rsa),
  'claims null': signed(headerOf(rsa), 'null', rsa),
  'claims that are no JSON': signed(headerOf(rsa), '{"iss":', rsa),
  'claims that are nested deeply': claiming(`"deep":${'['.repeat(1_500)}${']'.repeat(1_500)}}`),
  'no claims': `${head}..${signature}`,
  'a header that is a list': signed([headerOf(rsa)], CLAIMS, rsa),
  'a header that is no JSON': signed('RS256', CLAIMS, rsa),
  'no header': `.${body}.${signature}`,
  // Spelling.
  'another’s claims': `${head}.${encoded({ ...CLAIMS, sub: 'eve@example.com' })}.${signature}`,
  'the same claims spelt otherwise': `${head}.${encoded(JSON.stringify(CLAIMS, null, 1))}.${signature}`,
  'one part more': `${good}.${signature}`,
  'a dot more': `${good}.`,
  'a dot before': `.${good}`,
  'two dots between': `${head}..${body}.${signature}`,
  'padding behind its signature': `${good}==`,
  'padding behind its header': signed(headerOf(rsa), CLAIMS, rsa).replace('.', '=.'),
  'the other base64': `${head}.${body}.${Buffer.from(signature, 'base64url').toString('base64')}`,
  'spare bits in its signature': spare(good),
  'a JWE': `${encoded({ alg: 'RSA-OAEP', enc: 'A256GCM', kid: 'rsa' })}.${encoded('k')}.${encoded('iv')}.${encoded('text')}.${encoded('tag')}`,
  'a JWE that anybody can make': `${encoded({ alg: 'dir', enc: 'A256GCM' })}..${encoded('iv')}.${encoded(good)}.${encoded('tag')}`,
  'JWS as JSON': JSON.stringify({ protected: head, payload: body, signature }),
  'a token in a token': signed({ ...headerOf(rsa), cty: 'JWT' }, good, rsa),
  'more than 8 KiB': tokenOf(rsa, { more: 'x'.repeat(7_000) }),
  'nothing but dots': '..',
  'an API key': 'cl_live_0123456789abcdefghijklmnopqrstuvwxyz',
};

/** Another spelling of the same bytes: 256 of them leave four bits of the last character unused. */
function spare(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const other = `${token.slice(0, -1)}${alphabet[alphabet.indexOf(token.slice(-1)) + 1]}`;
  if (!Buffer.from(other.split('.')[2] ?? '', 'base64url').equals(Buffer.from(signature, 'base64url')))
    throw new Error('these are other bytes');
  return other;
}
