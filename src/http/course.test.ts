import { expect, it } from 'vitest';
import type { Piece } from '../trace.ts';
import type { SharedCalls } from './sharedCalls.ts';
import { get, http, problemOf, raw, transportTo, within } from './test-transport.ts';

/** What a call tells whoever traces it. */

function tracing() {
  const pieces: Piece[] = [];
  return { pieces, limits: (ms: number) => ({ ...within(ms), trace: { add: (piece: Piece) => pieces.push(piece) } }) };
}

const namesOf = (piece: Piece | undefined): readonly string[] => piece?.parts?.map(({ name }) => name) ?? [];

it('a call that was refused before it was sent has no attempt', async () => {
  const origin = await http((_, response) => response.end('{}'));
  const { pieces, limits } = tracing();
  await problemOf(transportTo(origin.url).send({ ...get, path: '/\r\n' }, limits(5_000)));
  expect(pieces).toEqual([
    expect.objectContaining({ name: 'GET /one', failed: expect.any(String), attributes: expect.anything(), parts: [] }),
  ]);
  expect(pieces[0]?.attributes).toMatchObject({ provider: 'acme', attempts: 0, queuedMs: 0 });
});

it('a call that waited in vain for its turn shows the wait', async () => {
  const origin = await raw(() => undefined);
  const transport = transportTo(origin.url, { timeoutMs: 2_000 });
  const others = Array.from({ length: 16 }, () => problemOf(transport.send(get, within(400))));
  await expect.poll(() => origin.open).toBe(16);
  const { pieces, limits } = tracing();
  await problemOf(transport.send(get, limits(50)));
  expect(pieces.map(namesOf)).toEqual([['queued']]);
  expect(pieces[0]).toMatchObject({ failed: 'DEADLINE_EXCEEDED', attributes: { attempts: 0 } });
  expect(pieces[0]?.attributes.queuedMs).toBeGreaterThan(0);
  await Promise.all(others);
});

it('a call that nobody traces tells nobody, and its report is the same', async () => {
  const origin = await http((_, response) => response.end('{}'));
  const reports: object[] = [];
  const transport = transportTo(origin.url, { report: (call) => reports.push(call) });
  const { pieces, limits } = tracing();
  await transport.send(get, within(5_000));
  await transport.send(get, limits(5_000));
  expect(pieces.map(namesOf)).toEqual([['attempt']]);
  const [one, other] = reports.map((report) => ({ ...report, durationMs: 0 }));
  expect(one).toEqual(other);
});

it('a call that others had to be asked for shows how long that took', async () => {
  const origin = await http((_, response) => response.end('{}'));
  const calls: SharedCalls = {
    limits: async () => new Map(),
    take: async (_, asks) => ({
      known: 1,
      windows: asks.map(() => ({ countedForMs: 3_600_000, calls: 1 })),
      refused: null,
    }),
    giveBack: () => undefined,
    leave: () => undefined,
    onLost: () => undefined,
  };
  const transport = transportTo(origin.url, {
    together: { gateways: 2, calls },
    rateLimitsOf: () => [{ window: 'minute', limit: 100, remaining: 99, resetsAt: null }],
  });
  const { pieces, limits } = tracing();
  // Before the first answer they are asked what is granted.
  await transport.send(get, limits(5_000));
  await transport.send(get, limits(5_000));
  expect(pieces.map(namesOf)).toEqual([
    ['grant', 'attempt'],
    ['grant', 'attempt'],
  ]);
});
