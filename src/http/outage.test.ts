import { describe, expect, it } from 'vitest';
import { deadPort } from '../../test/support/origin.ts';
import type { GatewayError } from '../errors.ts';
import { HangUp } from '../hangUp.ts';
import { createDice } from '../sandbox/random.ts';
import { get, http, post, problemOf, transportTo } from './test-transport.ts';

/** What a provider in trouble is asked, and what its callers wait for: over real HTTP, by a clock of the test's own. */

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e6));

/** A hundred calls a second, for ten seconds. */
const CALLS = 1_000;
const EVERY_MS = 10;

/** @param percent of calls fail */
async function outage(percent: number) {
  const dice = createDice(SEED);
  let isHealed = false;
  const origin = await http((_, response) => {
    if (!isHealed && dice.percent(percent)) response.statusCode = 503;
    response.end('{}');
  });
  const heal = (): void => {
    isHealed = true;
  };
  const clock = { at: 0, now: () => clock.at, elapsed: () => clock.at };
  // Whoever waits comes back later in the same second.
  const transport = transportTo(origin.url, { clock, wait: () => new Promise((resolve) => setImmediate(resolve)) });
  const send = () =>
    transport.send(get, { deadlineAt: clock.at + 10_000 }).then(
      () => true,
      () => false,
    );
  return { origin, transport, clock, send, heal };
}

describe('an outage', () => {
  it.each([100, 50, 5])(
    `of %d in a hundred calls makes no more than 1.2 × as many of them (SEED=${SEED})`,
    async (percent) => {
      const { origin, clock, send } = await outage(percent);
      let served = 0;
      for (let call = 0; call < CALLS; call += 10) {
        const answers = await Promise.all(Array.from({ length: 10 }, send));
        served += answers.filter(Boolean).length;
        clock.at += 10 * EVERY_MS;
      }
      expect(origin.requests.length).toBeLessThanOrEqual(1.2 * CALLS);
      if (percent === 5) expect(served).toBeGreaterThan(0.995 * CALLS);
      // Ten until it is left alone, those that were under way with them, and one in two seconds after.
      if (percent === 100) expect(origin.requests.length).toBeLessThan(50);
    },
  );

  it('is over for everybody one period after it is', async () => {
    const { origin, transport, clock, send, heal } = await outage(100);
    for (let call = 0; call < 10; call++) await send();
    expect(transport.load().isLeftAlone).toBe(true);
    heal();
    const before = origin.requests.length;
    clock.at += 1_999;
    expect([await send(), origin.requests.length]).toEqual([false, before]);
    clock.at += 1;
    expect(await send()).toBe(true);
    expect(await Promise.all(Array.from({ length: 50 }, send))).not.toContain(false);
    expect(transport.load().isLeftAlone).toBe(false);
  });

  it('keeps nobody’s place while it is waited for, and is waited for by nobody who hung up', async () => {
    let came = 0;
    const origin = await http((_, response) => {
      if (++came <= 16) response.writeHead(429, { 'retry-after': '3' });
      response.end('{}');
    });
    const transport = transportTo(origin.url, { timeoutMs: 10_000 });
    const hangUp = new HangUp();
    const limited = Array.from({ length: 16 }, () => problemOf(transport.send(get, { deadlineAt: Infinity, hangUp })));
    await expect.poll(() => [came, transport.load().running]).toEqual([16, 0]);
    expect((await transport.send(post, { deadlineAt: Infinity })).status).toBe(200);
    hangUp.now();
    // A fifth of calls may go again: they were waiting.
    const codes = (await Promise.all(limited)).map(({ code }) => code);
    expect(codes.filter((code) => code === 'DEADLINE_EXCEEDED').length).toBeGreaterThan(3);
    expect(came).toBe(17);
  });

  it('is told at once while it lasts, without a connection and to those who would have to wait as well', async () => {
    const transport = transportTo(`http://127.0.0.1:${await deadPort()}`);
    const within = { deadlineAt: Infinity };
    for (let call = 0; call < 10; call++) await problemOf(transport.send(post, within));
    const problem = await problemOf(transport.send(get, within));
    expect(problem.message).toMatch(/has not answered for a while/);
    expect([problem.code, problem.delivery, problem.retryable]).toEqual(['PROVIDER_UNAVAILABLE', 'not-sent', true]);
    expect(problem.retryAfterMs).toBeGreaterThan(0);
    // It says nothing new of the provider.
    const { since } = transport.health();
    await problemOf(transport.send(get, within));
    expect(transport.health()).toMatchObject({ state: 'DOWN', since });
  });

  it('begins when ten calls are silent for half of their time: whoever waits behind them is told, and nobody sent more', async () => {
    const held: (() => void)[] = [];
    const origin = await http((_, response) => void held.push(() => response.end('{}')));
    const clock = { at: 0, now: () => clock.at, elapsed: () => clock.at };
    const transport = transportTo(origin.url, { clock, timeoutMs: 60_000 });
    const within = { deadlineAt: Infinity };
    const [sixteen, waiting] = [16, 100].map((times) =>
      Array.from({ length: times }, () => transport.send(get, within).catch((problem: GatewayError) => problem)),
    );
    await expect.poll(() => held.length).toBe(16);
    clock.at += 29_999;
    expect(transport.load()).toMatchObject({ isLeftAlone: false, waiting: 100 });
    clock.at += 1;
    const problem = await problemOf(transport.send(get, within));
    const isTold = { code: 'PROVIDER_UNAVAILABLE', delivery: 'not-sent', retryAfterMs: 2_000, saysNothing: true };
    expect(problem).toMatchObject(isTold);
    for (const each of await Promise.all(waiting ?? [])) expect(each).toMatchObject(isTold);
    expect(transport.load()).toMatchObject({ isLeftAlone: true, running: 16, waiting: 0 });
    // Those who hold a place are untouched, and the first of them that is answered ends it.
    held.shift()?.();
    await Promise.race(sixteen ?? []);
    expect(transport.load().isLeftAlone).toBe(false);
    for (const answer of held.splice(0)) answer();
    expect(await Promise.all(sixteen ?? [])).toEqual(Array.from({ length: 16 }, () => ({ status: 200, json: {} })));
    expect(origin.requests).toHaveLength(16);
  });

  it('lets the one that finds out wait for a place like anybody', async () => {
    const held: (() => void)[] = [];
    const origin = await http((_, response) => void held.push(() => response.end('{}')));
    const clock = { at: 0, now: () => clock.at, elapsed: () => clock.at };
    const transport = transportTo(origin.url, { clock, timeoutMs: 60_000 });
    const within = { deadlineAt: Infinity };
    const sixteen = Array.from({ length: 16 }, () => transport.send(post, within));
    await expect.poll(() => held.length).toBe(16);
    clock.at += 32_000;
    await expect.poll(() => transport.load().isLeftAlone).toBe(true);
    const findsOut = transport.send(get, within);
    await problemOf(transport.send(get, within));
    expect(transport.load()).toMatchObject({ isLeftAlone: true, waiting: 1 });
    held.shift()?.();
    await expect.poll(() => held.length).toBe(16);
    for (const answer of held.splice(0)) answer();
    expect((await findsOut).status).toBe(200);
    await Promise.all(sixteen);
    expect(origin.requests).toHaveLength(17);
  });

  it('is none where only this gateway is too slow: who waited here for most of the time says nothing', async () => {
    const held: (() => void)[] = [];
    const origin = await http((_, response) => void held.push(() => response.end('{}')));
    const transport = transportTo(origin.url, { timeoutMs: 2_000 });
    const deadlineAt = Infinity;
    const sixteen = Array.from({ length: 16 }, () => transport.send(post, { deadlineAt }));
    await expect.poll(() => held.length).toBe(16);
    const waiting = Array.from({ length: 16 }, () => problemOf(transport.send(get, { deadlineAt })));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    for (const answer of held.splice(0)) answer();
    await Promise.all(sixteen);
    const problems = await Promise.all(waiting);
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['PROVIDER_TIMEOUT']));
    expect(origin.requests).toHaveLength(32);
    expect([transport.load().isLeftAlone, transport.health().state]).toEqual([false, 'UP']);
  });
});
