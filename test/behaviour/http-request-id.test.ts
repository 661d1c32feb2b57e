import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendTo, startHttpWorld } from '../support/http.ts';
import { sendRaw } from '../support/raw.ts';
import type { World } from '../support/world.ts';

/** The id of a request: taken from its caller where it can be, and in everything that is answered. */

let world: World;
let base: URL;
beforeAll(async () => {
  world = await startHttpWorld();
  base = new URL(world.gateway.url);
});
afterAll(() => world.close());
beforeEach(() => void world.calls());
const { send, post } = sendTo(() => world);

describe('X-Request-Id', () => {
  it('is taken from the caller, or made, and is in the answer and its errors', async () => {
    for (const id of ['a', 'req-1.2:3_4', 'x'.repeat(128)]) {
      const { headers, json } = await post({ query: '{' }, { 'x-request-id': id });
      expect([headers['x-request-id'], json.errors[0].extensions.requestId]).toEqual([id, id]);
    }
    const [one, other] = [await post({ query: '{' }), await post({ query: '{' })];
    expect(one.headers['x-request-id']).toMatch(/^[\w-]{20,}$/);
    expect(one.headers['x-request-id']).not.toBe(other.headers['x-request-id']);
    for (const path of ['/health/live', '/metrics', '/nowhere'])
      expect((await send({ method: 'GET', path, headers: { 'x-request-id': 'mine' } })).headers['x-request-id']).toBe(
        'mine',
      );
  });

  it.each(['', ' ', 'a b', 'x'.repeat(129), '"quoted"', '<script>', 'é', 'a,b', '{"a":1}', '\u001b[31m'])(
    'is not %j',
    async (id) => {
      const answer = await sendRaw(
        base,
        Buffer.from(
          `GET /health/live HTTP/1.1\r\nhost: ${base.host}\r\nx-request-id: ${id}\r\nconnection: close\r\n\r\n`,
        ),
      );
      // Node refuses a header with a control character by itself.
      if (answer.startsWith('HTTP/1.1 400')) return;
      expect(answer).toMatch(/^x-request-id: [0-9a-f]{8}-[0-9a-f-]{27}\r$/m);
    },
  );

  it('is not two', async () => {
    const answer = await sendRaw(
      base,
      `GET /health/live HTTP/1.1\r\nhost: ${base.host}\r\nx-request-id: a\r\nx-request-id: b\r\nconnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^x-request-id: [0-9a-f]{8}-[0-9a-f-]{27}\r$/m);
  });
});
