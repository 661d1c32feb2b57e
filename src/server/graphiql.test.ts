import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from '../../test/support/world.ts';

/** How the page goes over the wire; what a person sees of it is tested in a browser. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

async function page(headers: Record<string, string> = {}) {
  const {
    statusCode,
    headers: told,
    body,
  } = await request(world.gateway.url, {
    headers: { accept: 'text/html,*/*;q=0.8', ...headers },
  });
  return { status: statusCode, headers: told, body: Buffer.from(await body.arrayBuffer()) };
}

it('goes out packed to whom takes that, whole to others, and is the same', async () => {
  const [plain, packed] = await Promise.all([page(), page({ 'accept-encoding': 'gzip, deflate, br' })]);
  expect([plain.status, packed.status]).toEqual([200, 200]);
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(packed.body.length).toBeLessThan(3_000_000);
  expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
  expect((await page({ 'accept-encoding': 'gzip;q=0' })).headers['content-encoding']).toBeUndefined();
});

it('is not sent again to a browser that has it', async () => {
  const { headers } = await page();
  expect(headers).toMatchObject({ 'cache-control': 'no-cache', vary: expect.stringContaining('accept') });
  const again = await page({ 'if-none-match': String(headers.etag) });
  expect([again.status, again.body.length]).toEqual([304, 0]);
});

it('may run its own script alone, ask this gateway alone, and be framed by nobody', async () => {
  const policy = String((await page()).headers['content-security-policy']);
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[\w+/]{43}='; /);
  for (const rule of ["connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"])
    expect(policy).toContain(rule);
  expect(policy).not.toContain('unsafe-eval');
});

it('is not there where GRAPHIQL is off', async () => {
  const closed = await world.another({ GRAPHIQL: 'off' });
  const { statusCode, headers, body } = await request(closed.url, { headers: { accept: 'text/html' } });
  await body.dump();
  expect(statusCode).not.toBe(200);
  expect(String(headers['content-type'])).not.toContain('text/html');
});
