import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CONFIRM,
  codes,
  confirm,
  lastToken,
  lemonSays,
  MINUTE,
  messages,
  newLemon,
  REQUEST,
  requestCode,
  startVerifyingWorld,
  stateOf,
  time,
} from '../support/verification.ts';
import { afreshEach, ask, type World } from '../support/world.ts';

/** A code of six digits is no secret for whoever may try a million, and each that is sent is a message to a person. */

let world: World;
let other: string;
beforeAll(async () => {
  world = await startVerifyingWorld();
  other = (await world.another()).url;
});
afterAll(() => world.close());
afreshEach(() => world);

const sent = (): number => world.calls().filter((call) => call.includes(' POST ')).length;
const TOO_MANY = [['TOO_MANY_ATTEMPTS', 'confirmationToken']];
const wrong = (): string => (lastToken(world) === '999999' ? '999998' : '999999');

describe('guesses of a code', () => {
  it('are five for each that was sent: the sixth is not sent, right or wrong', async () => {
    const id = await newLemon(world);
    for (let guess = 1; guess <= 5; guess++)
      expect(codes(await confirm(world, id, wrong()))).toEqual([['INVALID_CONFIRMATION_TOKEN', 'confirmationToken']]);
    expect(sent()).toBe(5);
    for (const token of [wrong(), lastToken(world)]) {
      const payload = await confirm(world, id, token);
      expect(codes(payload)).toEqual(TOO_MANY);
      expect(payload).toMatchObject({ customer: null, outcomes: [{ status: 'NOT_SENT' }] });
    }
    expect(sent()).toBe(0);
    time.now += MINUTE;
    expect((await requestCode(world, id)).errors).toEqual([]);
    expect((await confirm(world, id, lastToken(world))).errors).toEqual([]);
  });

  it('are five however many come at once, at however many gateways', async () => {
    const id = await newLemon(world);
    const input = (guess: number) => ({ input: { id, confirmationToken: String(guess).padStart(6, '0') } });
    const asked = Array.from({ length: 40 }, (_, guess) =>
      ask(guess % 2 ? other : world.gateway.url, CONFIRM, input(guess)),
    );
    const answers = await Promise.all(asked);
    // biome-ignore lint/suspicious/noExplicitAny: an answer to a query written in a test has the shape that the test says
    const said = answers.map(({ data }) => (data as any).confirmCustomer.errors[0].code as string);
    expect(said.filter((code) => code === 'INVALID_CONFIRMATION_TOKEN')).toHaveLength(5);
    expect(said.filter((code) => code === 'TOO_MANY_ATTEMPTS')).toHaveLength(35);
    expect(sent()).toBe(5);
  });

  it('are counted where the answer is lost, and not where the provider could not be reached', async () => {
    const id = await newLemon(world);
    const lemon = world.provider('dirty-lemon');
    // The customer can be read, and then nobody answers.
    let reads = 0;
    lemon.fault({
      ...{ kind: 'mutate', method: 'GET', times: 1 },
      change: (json) => {
        reads += 1;
        void lemon.down();
        return json;
      },
    });
    expect(codes(await confirm(world, id, wrong()))).toEqual([['PROVIDER_UNAVAILABLE', null]]);
    expect(reads).toBe(1);
    await lemon.up();
    lemon.fault({ kind: 'html', status: 502, method: 'POST', times: 5 });
    for (let guess = 1; guess <= 5; guess++)
      expect(codes(await confirm(world, id, wrong()))).toEqual([['OUTCOME_UNKNOWN', null]]);
    expect(codes(await confirm(world, id, lastToken(world)))).toEqual(TOO_MANY);
    expect(sent()).toBe(5);
  });

  it('begin anew with a code that the provider sent by itself, and not with an older one', async () => {
    const id = await newLemon(world);
    for (let guess = 1; guess <= 5; guess++) await confirm(world, id, wrong());
    lemonSays(world, { confirmation_sent_at: new Date(time.now).toISOString() });
    for (let guess = 1; guess <= 5; guess++)
      expect(codes(await confirm(world, id, wrong()))).toEqual([['INVALID_CONFIRMATION_TOKEN', 'confirmationToken']]);
    world.provider('dirty-lemon').clearFaults();
    // It is silent about it again, or tells of an earlier one.
    expect(codes(await confirm(world, id, wrong()))).toEqual(TOO_MANY);
    lemonSays(world, { confirmation_sent_at: new Date(time.now - MINUTE).toISOString() });
    expect(codes(await confirm(world, id, wrong()))).toEqual(TOO_MANY);
    expect(sent()).toBe(10);
  });

  it.each([
    ['told a time to come', '2099-01-01T00:00:00.000Z'],
    ['told a time', undefined],
  ])('begin anew with a code that we had sent, though its provider %s once and is silent since', async (_, told) => {
    const id = await newLemon(world);
    lemonSays(world, { confirmation_sent_at: told ?? new Date(time.now).toISOString() }, 1);
    lemonSays(world, { confirmation_sent_at: null });
    for (let guess = 1; guess <= 5; guess++) await confirm(world, id, wrong());
    expect(codes(await confirm(world, id, wrong()))).toEqual(TOO_MANY);
    for (let code = 1; code <= 2; code++) {
      time.now += 2 * MINUTE;
      expect((await requestCode(world, id)).errors).toEqual([]);
      world.calls();
      for (let guess = 1; guess <= 5; guess++)
        expect(codes(await confirm(world, id, wrong()))).toEqual([['INVALID_CONFIRMATION_TOKEN', 'confirmationToken']]);
      expect(codes(await confirm(world, id, lastToken(world)))).toEqual(TOO_MANY);
      expect(sent()).toBe(5);
    }
    time.now += 4 * MINUTE;
    expect((await requestCode(world, id)).errors).toEqual([]);
    expect((await confirm(world, id, lastToken(world))).errors).toEqual([]);
  });

  it('are five of a code that we had sent, though its provider says only later when it did', async () => {
    const id = await newLemon(world);
    lemonSays(world, { confirmation_sent_at: new Date(time.now).toISOString() });
    for (let guess = 1; guess <= 5; guess++) await confirm(world, id, wrong());
    time.now += MINUTE;
    expect((await requestCode(world, id)).errors).toEqual([]);
    world.calls();
    for (let guess = 1; guess <= 2; guess++) await confirm(world, id, wrong());
    world.provider('dirty-lemon').clearFaults();
    lemonSays(world, { confirmation_sent_at: null }, 1);
    for (let guess = 3; guess <= 5; guess++) await confirm(world, id, wrong());
    expect(codes(await confirm(world, id, lastToken(world)))).toEqual(TOO_MANY);
    expect(sent()).toBe(5);
  });

  it('don’t begin anew where a code was refused, or nobody knows whether one was sent', async () => {
    const id = await newLemon(world);
    const lemon = world.provider('dirty-lemon');
    for (let guess = 1; guess <= 5; guess++) await confirm(world, id, wrong());
    for (const [status, code] of [
      [422, 'PROVIDER_REJECTED'],
      [502, 'OUTCOME_UNKNOWN'],
    ] as const) {
      time.now += 2 * MINUTE;
      lemon.fault({ kind: 'status', status, method: 'POST', times: 1 });
      expect(codes(await requestCode(world, id))).toEqual([[code, null]]);
      expect(codes(await confirm(world, id, lastToken(world)))).toEqual(TOO_MANY);
    }
  });
});

describe('codes that are sent', () => {
  it('rest for a minute, then for twice as long each time, at however many gateways', async () => {
    const id = await newLemon(world);
    const before = messages(world);
    const again = async (url: string) =>
      // biome-ignore lint/suspicious/noExplicitAny: an answer to a query written in a test has the shape that the test says
      ((await ask(url, REQUEST.replace('retryable', 'retryable retryAfterMs'), { input: { id } })).data as any)
        .requestCustomerConfirmation;
    for (const [count, minutes] of [1, 1, 2, 4, 8, 16, 32, 60, 60].entries()) {
      time.now += minutes * MINUTE - 1;
      const payload = await again(count % 2 ? other : world.gateway.url);
      expect(payload).toMatchObject({
        ...{ customer: null, outcomes: [{ status: 'NOT_SENT' }] },
        errors: [{ code: 'TOO_MANY_ATTEMPTS', retryable: true, retryAfterMs: 1 }],
      });
      expect(messages(world)).toBe(before + count);
      time.now += 1;
      expect((await again(count % 2 ? world.gateway.url : other)).errors).toEqual([]);
      expect(messages(world)).toBe(before + count + 1);
    }
    // A quiet day begins anew.
    time.now += 24 * 60 * MINUTE;
    expect((await again(other)).errors).toEqual([]);
    time.now += MINUTE;
    expect((await again(other)).errors).toEqual([]);
  });

  it('rest no longer though one was sent while the clock was a year ahead', async () => {
    const YEAR = 365 * 24 * 60 * MINUTE;
    const rests = async (id: string, ms: number) => {
      expect(codes(await requestCode(world, id))).toEqual([['TOO_MANY_ATTEMPTS', null]]);
      time.now += ms - 1;
      expect(codes(await requestCode(world, id))).toEqual([['TOO_MANY_ATTEMPTS', null]]);
      time.now += 1;
      expect((await requestCode(world, id)).errors).toEqual([]);
    };
    time.now += YEAR;
    const [created, asked] = [await newLemon(world), await newLemon(world)];
    time.now += MINUTE;
    expect((await requestCode(world, asked)).errors).toEqual([]);
    time.now -= YEAR;
    await rests(created, MINUTE);
    await rests(asked, MINUTE);
    await rests(asked, 2 * MINUTE);
    // A little ahead may be the clock of another process.
    time.now += MINUTE;
    const little = await newLemon(world);
    time.now -= MINUTE;
    await rests(little, 2 * MINUTE);
  });

  it('are one where many are asked for at once', async () => {
    const id = await newLemon(world);
    const before = messages(world);
    time.now += MINUTE;
    const asked = Array.from({ length: 20 }, (_, index) =>
      ask(index % 2 ? other : world.gateway.url, REQUEST, { input: { id } }),
    );
    await Promise.all(asked);
    expect(messages(world)).toBe(before + 1);
  });

  it('don’t rest where the provider could not be reached, and do where its answer is lost', async () => {
    const id = await newLemon(world);
    const lemon = world.provider('dirty-lemon');
    time.now += MINUTE;
    lemon.fault({
      ...{ kind: 'mutate', method: 'GET', times: 1 },
      change: (json) => {
        void lemon.down();
        return json;
      },
    });
    expect(codes(await requestCode(world, id))).toEqual([['PROVIDER_UNAVAILABLE', null]]);
    await lemon.up();
    lemon.fault({ kind: 'reset', method: 'POST', afterCommit: true, times: 1 });
    expect(codes(await requestCode(world, id))).toEqual([['OUTCOME_UNKNOWN', null]]);
    expect(codes(await requestCode(world, id))).toEqual([['TOO_MANY_ATTEMPTS', null]]);
    expect(await stateOf(world, id)).toMatchObject({ state: 'PENDING' });
  });
});
