import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { APP, sendTo, startHttpWorld } from '../support/http.ts';
import { ask, type World } from '../support/world.ts';

/** What pages of other origins are told. */

let world: World;
beforeAll(async () => {
  world = await startHttpWorld();
});
afterAll(() => world.close());
beforeEach(() => void world.calls());
const { send, post } = sendTo(() => world);

describe('a page of another origin', () => {
  const ALLOW = 'access-control-allow-origin';
  const cors = (headers: Record<string, unknown>) =>
    Object.keys(headers).filter((name) => name.startsWith('access-control'));

  it('may call from the origins named, exactly, and read what helps it', async () => {
    for (const origin of [APP, 'http://localhost:3000']) {
      const { status, headers } = await post({ query: '{ __typename }' }, { origin });
      expect(status).toBe(200);
      expect(headers).toMatchObject({ [ALLOW]: origin, 'access-control-expose-headers': 'x-request-id, retry-after' });
      expect(headers.vary).toMatch(/origin/i);
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
    }
    expect((await post('x', { origin: APP })).headers[ALLOW]).toBe(APP);
  });

  it('is told nothing from any other', async () => {
    for (const origin of [
      'null',
      '*',
      'https://evil.example',
      `${APP}.evil.example`,
      `${APP}.`,
      `x${APP}`,
      APP.replace('app.', 'evil-app.'),
      `${APP}, ${APP}`,
      APP.slice(0, -1),
      `${APP}:443`,
      `${APP}/`,
      'http://app.example.com',
      'https://APP.example.com',
      'http://localhost:3001',
    ]) {
      for (const { headers } of [
        await post({ query: '{ __typename }' }, { origin }),
        await send({ method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } }),
      ]) {
        expect([origin, cors(headers)]).toEqual([origin, []]);
        expect(headers.vary).toMatch(/origin/i);
      }
    }
    expect(cors((await post({ query: '{ __typename }' })).headers)).toEqual([]);
  });

  it('is told by a preflight what it may send', async () => {
    const { status, headers, text } = await send({
      method: 'OPTIONS',
      headers: {
        origin: APP,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,x-evil',
      },
    });
    expect([status, text]).toEqual([204, '']);
    expect(headers).toMatchObject({
      [ALLOW]: APP,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization, content-type, cache-control, last-event-id, x-request-id',
    });
  });

  it('is let into no private network, nor with cookies', async () => {
    const { headers } = await send({
      method: 'OPTIONS',
      headers: {
        origin: APP,
        'access-control-request-method': 'POST',
        'access-control-request-private-network': 'true',
        'access-control-request-local-network': 'true',
      },
    });
    expect(cors(headers).filter((name) => /network|credentials/.test(name))).toEqual([]);
  });

  it('is told nothing at all where no origin is named', async () => {
    const closed = await world.another({ CORS_ORIGINS: '' });
    const { headers } = await ask(closed.url, '{ __typename }', {}, { origin: APP });
    expect(cors(headers)).toEqual([]);
  });
});
