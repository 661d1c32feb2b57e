import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SCOPES } from '../../src/contract/scopes.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { Operation } from '../../src/gateway/operation.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { bearer, keysText } from '../support/callers.ts';
import { sameStore } from '../support/changes.ts';
import { startCollector } from '../support/collector.ts';
import { ada, idOf } from '../support/customers.ts';
import { linesOf, startLogging } from '../support/logging.ts';
import {
  type Issuer,
  seconds,
  signingKey,
  startIssuer,
  startTokenWorld,
  type TokenWorld,
  tokenOf,
  tokenSettings,
} from '../support/tokens.ts';
import { afreshEach, ask } from '../support/world.ts';

/** Who a caller by access token is, beside callers by API key, and where that is told. */

const signer = signingKey('ES256', 'ec');
const ALL = SCOPES.join(' ');
const token = (sub: string, scope = ALL) => bearer(tokenOf(signer, { sub, scope }));
const looksLikeOne = tokenOf(signer, { sub: 'hunter2' }).slice(0, 500);
const KEYS = [
  { name: 'shop', key: 'key-of-shop', scopes: SCOPES },
  { name: 'reader', key: 'key-of-reader', scopes: ['customers:read'] as const },
  { name: 'a key like a token', key: looksLikeOne, scopes: [] },
];

const folder = mkdtempSync(join(tmpdir(), 'clientele-tokens-'));
const keysFile = join(folder, 'keys.json');
let issuer: Issuer;
let world: TokenWorld;
beforeAll(async () => {
  writeFileSync(keysFile, keysText(KEYS));
  issuer = await startIssuer([signer]);
  world = await startTokenWorld(issuer, { environment: { API_KEYS_FILE: keysFile } });
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});
afreshEach(() => world);

describe('beside API keys', () => {
  it('a bearer that is a key is that key’s caller, and what is none is taken for a token', async () => {
    const codes = async (headers: Record<string, string>) => {
      const { status, errors } = await world.query('{ providers { name } }', {}, headers);
      return [status, ...errors.map(({ extensions }) => extensions.code)];
    };
    expect(await codes(bearer('key-of-shop'))).toEqual([200]);
    expect(await codes(token('shop'))).toEqual([200]);
    expect(await codes(bearer(looksLikeOne))).toEqual([200, 'FORBIDDEN']);
    expect(await codes(bearer(looksLikeOne.slice(1)))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('who has neither is told of both', async () => {
    for (const headers of [{}, bearer('key-of-nobody'), { authorization: 'Basic x' }])
      expect((await world.query('{ __typename }', {}, headers)).errors).toMatchObject([
        { message: 'Send a valid API key or access token as Authorization: Bearer <API key or access token>.' },
      ]);
  });

  it('a token with a scope sees what a key with it sees, and no more', async () => {
    const { examples } = world.provider('octobat');
    const id = await idOf(
      {
        ...world,
        query: (text: string, variables: object) => ask(world.gateway.url, text, variables, token('ada')),
      } as TokenWorld,
      'OCTOBAT',
      examples[0] ?? '',
    );
    const query = `query ($id: ID!) { customer(id: $id) { displayName email octobat { name paymentSources { id } }
      records { id provider providerId raw } } providers { name configured health { state } rateLimits { limit } sync { state } } }`;
    const mutation = `mutation ($id: ID!) { updateCustomer(input: { id: $id, lastName: "x" }) { errors { code } }
      createSelfServiceLink(input: { id: $id, kind: BILLING_PAGE }) { url errors { code } } eraseCustomerCopies(input: { id: $id }) { errors { code } } }`;
    for (const document of [query, mutation]) {
      const seen = async (headers: Record<string, string>) => {
        const { status, data, errors } = await world.query(document, { id }, headers);
        return { status, data, errors: errors.map(({ path, extensions: { code } }) => ({ path, code })) };
      };
      const shown = await seen(token('ada', 'openid customers:read'));
      expect(shown).toEqual(await seen(bearer('key-of-reader')));
      expect(JSON.stringify(shown)).toContain('FORBIDDEN');
      expect(shown).not.toEqual(await seen(bearer('key-of-shop')));
    }
  });

  it('a key can’t be named as a token’s subject is', async () => {
    const named = (name: string) => {
      const file = join(folder, 'named.json');
      writeFileSync(file, keysText([{ name, scopes: [] }]));
      return world.another({ API_KEYS_FILE: file });
    };
    for (const name of ['jwt:', 'jwt:ada', 'jwt:ada\nx'])
      await expect(named(name)).rejects.toThrow(
        'API_KEYS_FILE: key 1 has a name that begins with jwt:, as only callers by access token have. See the settings in the README',
      );
    for (const name of ['jwt', 'ada jwt:ada', 'my jwt:']) await named(name);
  });
});

describe('what is a caller’s', () => {
  const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
    customer { id } outcomes { writeId } errors { code } } }`;
  const create = async (headers: Record<string, string>, idempotencyKey: string) => {
    const input = { ...ada, providers: ['OCTOBAT'], idempotencyKey };
    return (await world.query(CREATE, { input }, headers)).data.createCustomer;
  };
  const writes = () => world.calls().filter((call) => !call.includes(' GET ')).length;

  it('goes by the subject, whichever token says it; a key of the same name is somebody else', async () => {
    const first = await create(token('shop'), 'order 1');
    expect([first.errors, writes()]).toEqual([[], 1]);
    const fresher = bearer(tokenOf(signer, { sub: 'shop', scope: ALL, jti: 'fresher' }));
    expect(await create(fresher, 'order 1')).toEqual(first);
    expect(writes()).toBe(0);
    const others = [await create(bearer('key-of-shop'), 'order 1'), await create(token('shop2'), 'order 1')];
    expect(writes()).toBe(2);
    expect(new Set([first, ...others].map(({ customer }) => customer.id)).size).toBe(3);

    const writeId = first.outcomes[0].writeId;
    const told = async (headers: Record<string, string>) =>
      (await world.query('query ($id: ID!) { write(id: $id) { status } }', { id: writeId }, headers)).data.write;
    expect(await told(fresher)).toEqual({ status: 'SUCCEEDED' });
    for (const headers of [bearer('key-of-shop'), token('shop2'), token('jwt:shop')])
      expect(await told(headers)).toBeNull();
  });

  it('is audited by the subject’s name', async () => {
    await create(token('ada@example.com'), 'order 2');
    const store = sameStore(world);
    const entries = [];
    for (const caller of ['jwt:ada@example.com', 'ada@example.com'])
      entries.push((await store.auditLog({ caller }, 10)).length);
    await store.close();
    expect(entries[0]).toBeGreaterThan(0);
    expect(entries[1]).toBe(0);
  });

  it('is counted with a provider by what may be logged', () => {
    const gateway = { clock: { elapsed: () => 0 }, deadlineMs: 1 } as unknown as Gateway;
    const caller = { name: 'jwt:ada@example.com', loggedAs: 'jwt:0123', scopes: new Set<never>() };
    expect(new Operation(gateway, caller, 'request').limits.caller).toBe('jwt:0123');
  });
});

it('no subject, token or query of the issuer’s address stands in logs, traces or metrics', async () => {
  const sandbox = await startSandbox({ customers: 0 });
  const collector = await startCollector();
  const others = await startIssuer([signer]);
  others.answer = (_, response) => void response.writeHead(503).end('canary');
  onTestFinished(async () => {
    await Promise.all([sandbox.close(), collector.close(), others.origin.close()]);
  });
  const { program } = startLogging('trace', sandbox, {
    ...tokenSettings(others),
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, AUTH: 'required' },
  });
  const { url } = await program.ready();
  const exp = seconds(Date.now()) + 3_600;
  const sent = tokenOf(signer, { sub: 'canary@example.com', exp, scope: ALL });
  expect((await ask(url, '{ __typename }', {}, bearer(sent))).status).toBe(503);
  expect((await ask(url, '{ __typename }', {}, bearer(tokenOf(signer, { sub: 'canary 2', exp })))).status).toBe(503);
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(linesOf(program.stderr()).filter(({ level }) => Number(level) >= 40)).toMatchObject([
    { reason: '503', msg: expect.stringMatching(/^the keys of JWT_JWKS_URL can’t be fetched/) },
  ]);

  others.answer = null;
  const again = startLogging('trace', sandbox, {
    ...tokenSettings(others),
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, AUTH: 'required' },
  }).program;
  const { url: here } = await again.ready();
  expect((await ask(here, '{ providers { name } }', {}, bearer(sent))).errors).toEqual([]);
  for (const wrong of [{ aud: 'canary' }, { sub: 'canary 3' }, { exp: 1 }, { scope: ['canary'] }])
    await ask(here, '{ __typename }', {}, bearer(tokenOf(signer, { sub: 'canary', exp, ...wrong })));
  const metrics = await (await fetch(new URL('/metrics', here))).text();
  again.child.kill('SIGTERM');
  await again.ended;
  const lines = linesOf(again.stderr());
  const [operation] = lines.filter(({ msg }) => msg === 'operation');
  expect(operation?.caller).toMatch(/^jwt:[0-9a-f]{16}$/);
  expect(collector.spans.map(({ attributes }) => attributes['clientele.caller'])).toContain(operation?.caller);
  expect(lines.filter(({ msg }) => msg === 'access token refused').map(({ reason }) => reason)).toEqual([
    'aud',
    'sub',
    'ERR_JWT_EXPIRED',
    'scope',
  ]);
  const said = [program.stderr(), again.stdout(), again.stderr(), metrics, ...collector.texts].join('\n');
  expect(said).not.toContain('canary');
  for (const part of sent.split('.')) expect(said).not.toContain(part);
});
