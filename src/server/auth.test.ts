import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import type { GatewayError } from '../errors.ts';
import type { Caller } from '../gateway/operation.ts';
import { byBearer, letEveryoneIn } from './auth.ts';
import { newKey } from './keyText.ts';

/** A request with these headers, as Node has read them. */
function request(headers: Record<string, string>): IncomingMessage {
  const rawHeaders = Object.entries(headers).flat();
  return {
    headers: Object.fromEntries(Object.entries(headers).map(([n, v]) => [n.toLowerCase(), v])),
    rawHeaders,
  } as never;
}

const told = async (enter: () => unknown): Promise<unknown> => {
  try {
    return ((await enter()) as Caller).name;
  } catch (error) {
    const { code, message } = error as GatewayError;
    return code === 'UNAUTHENTICATED' ? message : code;
  }
};

const ALONE =
  'Without keys this gateway answers to this machine alone: to localhost and 127.0.0.1, and to no other site’s page.';

it.each<[string, Record<string, string>, boolean]>([
  ['nobody’s name', {}, true],
  ['localhost', { host: 'localhost' }, true],
  ['an address of this machine and a port', { host: '127.9.9.9:4000' }, true],
  ['its address of IPv6', { host: '[::1]:4000' }, true],
  ['another’s name', { host: 'example.com' }, false],
  ['a name that begins like this machine’s', { host: 'localhost.example.com' }, false],
  ['a name that ends like this machine’s', { host: 'example.com:localhost' }, false],
  ['this machine’s name, from its own page', { host: 'localhost', 'sec-fetch-site': 'same-origin' }, true],
  ['this machine’s name, from the address bar', { host: 'localhost', 'sec-fetch-site': 'none' }, true],
  ['this machine’s name, from another site’s page', { host: 'localhost', 'sec-fetch-site': 'cross-site' }, false],
  ['this machine’s name, from a page of its site', { host: 'localhost', 'sec-fetch-site': 'same-site' }, false],
  [
    'this machine’s name, from a page that is named',
    { host: 'localhost', 'sec-fetch-site': 'cross-site', origin: 'https://app.example.com' },
    true,
  ],
  [
    'this machine’s name, from a page that is not named',
    { host: 'localhost', 'sec-fetch-site': 'cross-site', origin: 'https://app.example.com.evil.example' },
    false,
  ],
  ['another’s name, from a page that is named', { host: 'evil.example', origin: 'https://app.example.com' }, false],
])('without keys, whoever asks by %s', async (_, headers, isLetIn) => {
  const enter = letEveryoneIn(['https://app.example.com']);
  expect(await told(() => enter(request(headers)))).toBe(isLetIn ? 'anyone' : ALONE);
});

const callerOf = (known: string) => (given: string) =>
  given === known ? { name: known, loggedAs: known, scopes: new Set<never>() } : null;
const keys = { callerOf: callerOf('key') };
const tokens = { callerOf: callerOf('token'), close: () => undefined };

it.each([
  [keys, tokens, 'API key or access token'],
  [keys, null, 'API key'],
  [null, tokens, 'access token'],
])('says what to send', async (haveKeys, haveTokens, wanted) => {
  const enter = byBearer(haveKeys, haveTokens);
  const sent = (authorization: string) => told(() => enter(request({ authorization })));
  expect(await sent('Bearer key')).toBe(
    haveKeys ? 'key' : `Send a valid ${wanted} as Authorization: Bearer <${wanted}>.`,
  );
  expect(await sent('Bearer token')).toBe(
    haveTokens ? 'token' : `Send a valid ${wanted} as Authorization: Bearer <${wanted}>.`,
  );
  for (const other of ['Bearer other', 'Basic key', 'key', '', 'x Bearer key', 'Bearer key x', 'Bearer  key'])
    expect(await sent(other)).toBe(`Send a valid ${wanted} as Authorization: Bearer <${wanted}>.`);
  expect(await told(() => enter(request({})))).toBe(`Send a valid ${wanted} as Authorization: Bearer <${wanted}>.`);
});

it('says that a key of its own make is mistyped', async () => {
  const enter = byBearer(keys, null);
  const sent = (key: string) => told(() => enter(request({ authorization: `Bearer ${key}` })));
  expect(await sent(newKey().slice(0, -1))).toBe('This API key is cut off or mistyped: its checksum is another one.');
  expect(await sent(newKey())).toMatch(/^Send a valid API key/);
});

it('goes by one Authorization alone, whatever else is called or said like it', async () => {
  const enter = byBearer(keys, null);
  const with_ = (more: string[]) => {
    const { headers, rawHeaders } = request({ Authorization: 'Bearer key' });
    return told(() => enter({ headers, rawHeaders: [...rawHeaders, ...more] } as never));
  };
  expect(await with_(['x-a', 'authorization', 'x-authorization', 'a', 'authorization-x', 'a'])).toBe('key');
  expect(await with_(['authorization', 'Bearer key'])).toMatch(/^Send a valid API key/);
});
