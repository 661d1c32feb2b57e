import { describe, expect, it } from 'vitest';
import type { RateLimit } from './rateLimit.ts';
import { get, http, post, problemOf, transportTo, within } from './test-transport.ts';

/** Calls that a provider grants, over real HTTP: it tells how many with every answer, and refuses what is more. */

async function shop(limit: number) {
  let came = 0;
  let status = 200;
  const origin = await http((_, response) => {
    came++;
    response.writeHead(came > limit ? 429 : status, { 'x-left': String(Math.max(0, limit - came)) }).end('{}');
  });
  const clock = { at: 0, now: () => clock.at, elapsed: () => clock.at };
  const transport = transportTo(origin.url, {
    clock,
    wait: async () => undefined,
    rateLimitsOf: (headers): readonly RateLimit[] => [
      { window: 'minute', limit, remaining: Number(headers['x-left']), resetsAt: null },
    ],
  });
  const limits = (caller?: string) => ({ deadlineAt: clock.at + 5_000, ...(caller !== undefined && { caller }) });
  return {
    ...{ origin, transport, clock, limits },
    send: (request = get) => transport.send(request, limits()),
    fails(with_: number) {
      status = with_;
    },
  };
}

const usedUp = { code: 'PROVIDER_RATE_LIMITED', delivery: 'not-sent', retryable: true };

describe('what a provider grants', () => {
  it('is never asked for in vain: what is more is refused here, and says when to come again', async () => {
    const { origin, send, transport, clock } = await shop(10);
    await send();
    const problems = await Promise.all(Array.from({ length: 200 }, () => send().catch((thrown: unknown) => thrown)));
    expect(origin.requests).toHaveLength(10);
    const refused = problems.filter((each) => each instanceof Error);
    expect(refused).toHaveLength(191);
    expect(refused[0]).toMatchObject({ ...usedUp, retryAfterMs: expect.any(Number) });
    // It is neither the provider's fault nor a failure of it.
    expect([transport.health().state, transport.load().isLeftAlone]).toEqual(['UP', false]);
    clock.at += 65_000;
    expect((await problemOf(send())).delivery).toBe('refused');
  });

  it('is not passed either by those who were there before anybody could know of it, and waited for their turn', async () => {
    const { origin, send } = await shop(30);
    const problems = await Promise.all(Array.from({ length: 200 }, () => send().catch((thrown: unknown) => thrown)));
    expect(origin.requests.length).toBeLessThanOrEqual(30);
    expect(problems.filter((each) => each instanceof Error)).toHaveLength(200 - origin.requests.length);
  });

  it('pays for every attempt', async () => {
    const { origin, send, fails } = await shop(5);
    await send();
    fails(503);
    expect((await problemOf(send())).code).toBe('PROVIDER_UNAVAILABLE');
    expect(origin.requests).toHaveLength(4);
    // The last one is for the first attempt alone.
    expect((await problemOf(send())).code).toBe('PROVIDER_UNAVAILABLE');
    expect(origin.requests).toHaveLength(5);
    expect(await problemOf(send(post))).toMatchObject(usedUp);
  });

  it('is not used up by what is never sent', async () => {
    const { origin, send, transport, limits } = await shop(3);
    await send();
    for (let each = 0; each < 10; each++) await problemOf(transport.send({ ...get, path: '/a b' }, limits()));
    for (let each = 0; each < 10; each++) await problemOf(transport.send(get, { deadlineAt: -1 }));
    await send();
    await send();
    expect(origin.requests).toHaveLength(3);
    expect(await problemOf(send())).toMatchObject(usedUp);
  });

  it('is no one caller’s of a day', async () => {
    let came = 0;
    const origin = await http((_, response) => {
      came++;
      response.end('{}');
    });
    const rateLimitsOf = (): readonly RateLimit[] => [
      { window: 'day', limit: 100, remaining: 100 - came, resetsAt: null },
    ];
    const transport = transportTo(origin.url, { rateLimitsOf });
    const send = (caller?: string) =>
      transport.send(get, { ...within(5_000), ...(caller !== undefined && { caller }) });
    await send();
    for (let each = 0; each < 25; each++) await send('greedy');
    expect(await problemOf(send('greedy'))).toMatchObject(usedUp);
    await send('modest');
    await send();
    expect(came).toBe(28);
  });
});
