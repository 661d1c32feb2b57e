import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { Budget, HEARD_MS, type Spent } from '../../src/http/budget.ts';
import type { RateLimit } from '../../src/http/rateLimit.ts';
import { type CallLogs, openCallLogs } from '../../src/http/redisCalls.ts';
import type { SharedCalls } from '../../src/http/sharedCalls.ts';
import type { Together } from '../../src/http/together.ts';
import { onRedis, REDIS } from './redis.ts';

/** A provider that several gateways ask, who count their calls together in a real Redis. */

export const MINUTE = 60_000;
export const SLACK = 4_000;

/** In the test's hand. `ahead`: by how much Redis's clock is. */
export const time = { now: 0, ahead: 0 };
const clock = { now: () => time.now + time.ahead, elapsed: () => time.now };

let logs: CallLogs;
export let redis: Redis;

/** For each file that calls it: a connection to count by, and one to look. */
export function connectRedis(): void {
  beforeAll(async () => {
    redis = await onRedis();
    logs = openCallLogs(REDIS, { lost: () => undefined, back: () => undefined }, clock);
    // What is asked before it is connected counts as lost.
    await vi.waitFor(() => logs.of('any').limits());
  });
  afterAll(() => {
    logs.close();
    redis.disconnect();
  });
}

/** How a gateway is connected with Redis: not at all, or so that it is asked and no answer comes back. */
type Cut = 'cut' | 'deaf';

/** A gateway that can be cut off from Redis. */
export class Gateway {
  readonly budget: Budget;
  readonly #log: SharedCalls;
  readonly #startedAt = time.now;
  #cut: Cut | null = null;
  /** Of so many calls it has told that were not counted when they were made. */
  told = 0;
  #lost: () => void = () => undefined;

  constructor(provider: string, together: Omit<Together, 'calls'>) {
    this.#log = logs.of(provider);
    const through = async <Answer>(asked: () => Promise<Answer>): Promise<Answer> => {
      if (this.#cut === 'cut') throw new Error('cut');
      const answer = await asked();
      if (this.#cut === 'deaf') throw new Error('deaf');
      return answer;
    };
    const calls: SharedCalls = {
      limits: () => through(() => this.#log.limits()),
      take: (taking, asks) => {
        if (!this.#cut) this.told += asks.reduce((sum, { missed }) => sum + missed.length, 0);
        return through(() => this.#log.take(taking, asks));
      },
      giveBack: (...given) => (this.#cut ? undefined : this.#log.giveBack(...given)),
      leave: () => (this.#cut ? undefined : this.#log.leave()),
      onLost: (lost) => {
        this.#lost = lost;
      },
    };
    this.budget = new Budget(
      provider,
      { now: clock.elapsed, elapsed: clock.elapsed },
      SLACK,
      { ...together, calls },
      true,
    );
  }

  get isYoung(): boolean {
    return time.now - this.#startedAt < MINUTE + SLACK;
  }

  get isCut(): boolean {
    return this.#cut !== null;
  }

  cut(how: Cut | null): void {
    if (how === 'cut' && this.#cut !== 'cut') this.#lost();
    this.#cut = how;
  }
}

const GATEWAYS = 3;

/** A provider that grants so many calls in any minute, and tells of them with every answer. */
export class Shop {
  readonly provider = randomUUID();
  readonly gateways: Gateway[];
  readonly #limit: number;
  readonly #came: number[] = [];
  #onTheirWay: { at: number; readonly gateway: Gateway; readonly spent: Spent }[] = [];
  /** That ever came within a minute. */
  most = 0;
  /** The same without those that found out what is granted, of gateways that nobody could tell. */
  mostKnowing = 0;
  readonly #foundOut: number[] = [];

  constructor(limit: number) {
    this.#limit = limit;
    this.gateways = Array.from({ length: GATEWAYS }, () => this.#start());
  }

  /** Another one in its place: what the one before it had sent has come by then. */
  replace(place: number): Gateway {
    for (const call of this.#onTheirWay) if (call.gateway === this.gateways[place]) call.at = time.now;
    this.#arrive();
    const gateway = this.#start();
    this.gateways[place] = gateway;
    return gateway;
  }

  guest(): Gateway {
    return new Gateway(this.provider, { gateways: GATEWAYS, isGuest: true });
  }

  #start = (): Gateway => new Gateway(this.provider, { gateways: GATEWAYS });

  get sent(): number {
    return this.#came.length + this.#onTheirWay.length;
  }

  /** @returns whether it is sent */
  async ask(gateway: Gateway, takes: number, caller: string | null = 'web'): Promise<boolean> {
    try {
      const spent = await gateway.budget.spend({ caller, isForWrite: false });
      // All others wait for one that finds out.
      const findsOut = spent.windows === 0;
      this.#onTheirWay.push({ at: time.now + (findsOut ? 0 : takes), gateway, spent });
      if (findsOut) this.#arrive();
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
      this.#arrive();
    }
    return sent;
  }

  /** Those that are not cut off are heard of meanwhile. */
  async pass(ms: number): Promise<void> {
    const until = time.now + ms;
    do {
      time.now = Math.min(until, time.now + HEARD_MS);
      this.#arrive();
      await this.hear();
    } while (time.now < until);
  }

  async hear(): Promise<void> {
    for (const { budget } of this.gateways) await budget.hear();
  }

  #arrive(): void {
    const arrived = this.#onTheirWay.filter(({ at }) => at <= time.now).sort((one, other) => one.at - other.at);
    this.#onTheirWay = this.#onTheirWay.filter(({ at }) => at > time.now);
    for (const { at, gateway, spent } of arrived) {
      this.#came.push(at);
      const came = within(this.#came, at);
      this.most = Math.max(this.most, came);
      if (spent.windows === 0) this.#foundOut.push(at);
      this.mostKnowing = Math.max(this.mostKnowing, came - within(this.#foundOut, at));
      gateway.budget.learn([this.tells(at)], spent);
      spent.end();
    }
  }

  tells(at: number): RateLimit {
    return { window: 'minute', limit: this.#limit, remaining: Math.max(0, this.#room(at)), resetsAt: null };
  }

  #room = (at: number): number => this.#limit - within(this.#came, at);

  /** One answer each has told what is granted, and a minute has passed since everything is counted. */
  async begin(): Promise<void> {
    for (const gateway of this.gateways) await this.asked(gateway, 2);
    await this.pass(MINUTE + 2 * SLACK);
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

/** Of so many moments, those in the minute before one. */
const within = (moments: readonly number[], at: number): number =>
  moments.filter((each) => each > at - MINUTE && each <= at).length;
