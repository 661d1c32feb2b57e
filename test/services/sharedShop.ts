import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { Budget, type Spent } from '../../src/http/budget.ts';
import type { RateLimit } from '../../src/http/rateLimit.ts';
import { type CallLogs, openCallLogs } from '../../src/http/redisCalls.ts';
import type { SharedCalls } from '../../src/http/sharedCalls.ts';
import { onRedis, REDIS } from './redis.ts';

/** A provider that several gateways ask, who count their calls together in a real Redis. */

export const MINUTE = 60_000;
export const SLACK = 4_000;

/** In the test's hand. `ahead`: by how much Redis's clock is. */
export const time = { now: 0, ahead: 0 };

let logs: CallLogs;
export let redis: Redis;

/** For each file that calls it: a connection to count by, and one to look. */
export function connectRedis(): void {
  beforeAll(async () => {
    redis = await onRedis();
    logs = openCallLogs(REDIS, { lost: () => undefined, back: () => undefined }, () => time.now + time.ahead);
    // What is asked before it is connected counts as lost.
    await vi.waitFor(() => logs.of('any').take({ number: 0, caller: null }, []));
  });
  afterAll(() => {
    logs.close();
    redis.disconnect();
  });
}

/** A gateway that can be cut off from Redis. */
export class Gateway {
  readonly budget: Budget;
  #isCut = false;
  #lost: () => void = () => undefined;

  constructor(provider: string, gateways: number) {
    const log = logs.of(provider);
    const calls: SharedCalls = {
      take: (...asked) => (this.#isCut ? Promise.reject(new Error('cut')) : log.take(...asked)),
      giveBack: (...given) => (this.#isCut ? undefined : log.giveBack(...given)),
      onLost: (lost) => {
        this.#lost = lost;
      },
    };
    this.budget = new Budget(provider, { now: () => time.now, elapsed: () => time.now }, SLACK, { gateways, calls });
  }

  cut(isCut: boolean): void {
    if (isCut && !this.#isCut) this.#lost();
    this.#isCut = isCut;
  }
}

/** A provider that grants so many calls in any minute, and tells of them with every answer. */
export class Shop {
  readonly provider = randomUUID();
  readonly gateways: readonly Gateway[];
  readonly #limit: number;
  readonly #came: number[] = [];
  #onTheirWay: { readonly at: number; readonly gateway: Gateway; readonly spent: Spent }[] = [];
  /** That ever came within a minute. */
  most = 0;

  constructor(limit: number, gateways = 3) {
    this.#limit = limit;
    this.gateways = Array.from({ length: gateways }, () => new Gateway(this.provider, gateways));
  }

  get sent(): number {
    return this.#came.length + this.#onTheirWay.length;
  }

  /** @returns whether it is sent */
  async ask(gateway: Gateway, takes: number, caller: string | null = 'web'): Promise<boolean> {
    try {
      const spent = await gateway.budget.spend({ caller, isForWrite: false });
      this.#onTheirWay.push({ at: time.now + takes, gateway, spent });
      return true;
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'PROVIDER_RATE_LIMITED', delivery: 'not-sent' });
      return false;
    }
  }

  /** How many of so many are sent, one after the other, and answered at once. */
  async asked(gateway: Gateway, times: number, caller: string | null = 'web'): Promise<number> {
    let sent = 0;
    for (let time = 0; time < times; time++) {
      if (await this.ask(gateway, 0, caller)) sent++;
      this.pass(0);
    }
    return sent;
  }

  pass(ms: number): void {
    time.now += ms;
    const arrived = this.#onTheirWay.filter(({ at }) => at <= time.now).sort((one, other) => one.at - other.at);
    this.#onTheirWay = this.#onTheirWay.filter(({ at }) => at > time.now);
    for (const { at, gateway, spent } of arrived) {
      this.#came.push(at);
      this.most = Math.max(this.most, this.#limit - this.#room(at));
      gateway.budget.learn([this.tells(at)], spent);
      spent.end();
    }
  }

  tells(at: number): RateLimit {
    return { window: 'minute', limit: this.#limit, remaining: Math.max(0, this.#room(at)), resetsAt: null };
  }

  #room(at: number): number {
    return this.#limit - this.#came.filter((each) => each > at - MINUTE && each <= at).length;
  }

  /** One answer each has told what is granted, and a minute has passed since everything is counted. */
  async begin(): Promise<void> {
    for (const gateway of this.gateways) await this.asked(gateway, 2);
    this.pass(MINUTE + 2 * SLACK);
  }

  async forget(): Promise<void> {
    const keys = await redis.keys(`clientele:calls:{${this.provider}}:*`);
    if (keys.length > 0) await redis.del(keys);
  }
}

/** A shop and its three gateways, of which each has been told what is granted, a minute ago. */
export async function begun(limit: number): Promise<{ shop: Shop; one: Gateway; other: Gateway; third: Gateway }> {
  const shop = new Shop(limit);
  await shop.begin();
  const [one, other, third] = shop.gateways as [Gateway, Gateway, Gateway];
  return { shop, one, other, third };
}
