import { hash, randomUUID } from 'node:crypto';
import type { Result } from 'ioredis';
import { type Clock, systemClock } from '../clock.ts';
import { COMMAND_MS, connectRedis, Presence, type RedisEvents } from '../redis.ts';
import { type Ask, LATE_MS, type SharedCall, type SharedCalls, type Taken } from './sharedCalls.ts';
import { TAKE_CALL, type TakeCall } from './takeCall.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    takeCall(keys: number, ...keysAndArguments: (string | number)[]): Result<unknown, Context>;
  }
}

/** Longer is too long for a call that waits for it: it then goes by this gateway's part. */
const LONGEST_MS = 250;
const TOO_LONG = 'Redis takes too long';

/** The calls of all gateways on one Redis. Nobody has to wait for it, at the start or later. */
export interface CallLogs {
  /** For one gateway's calls. */
  of(provider: string): SharedCalls;
  close(): void;
}

/** @param clock in place of the server's: for tests */
export function openCallLogs(url: string, events: RedisEvents, clock?: Clock): CallLogs {
  const { elapsed } = clock ?? systemClock;
  const options = { commandTimeout: COMMAND_MS, scripts: { takeCall: { lua: TAKE_CALL } } };
  const redis = connectRedis(url, 'clientele-calls', options);
  const presence = new Presence(events);
  presence.watch(redis);
  const listeners: (() => void)[] = [];
  redis.on('close', () => {
    for (const lost of listeners) lost();
  });

  async function asked<Answer>(command: Promise<Answer>): Promise<Answer> {
    try {
      const answer = await inTime(command);
      presence.answered();
      return answer;
    } catch (thrown) {
      presence.failed(thrown as Error);
      throw thrown;
    }
  }

  return {
    of(provider) {
      const gateway = randomUUID();
      const server = new ServerClock(elapsed);
      const nameOf = ({ number }: SharedCall): string => `${gateway}:${number}`;
      const known = keyOf(provider, 'gateways');
      const granted = keyOf(provider, 'granted');
      const logOf = (window: string): string => keyOf(provider, window);
      const toWindow = (ask: Ask): TakeCall['windows'][number] => ({
        ...{ name: ask.window, limit: ask.limit, isShort: ask.isShort, most: ask.most },
        ...{ span: Math.ceil(ask.spanMs), length: Math.ceil(ask.lengthMs) },
        ...{ keptForKnown: ask.keptForKnown, keptForUnknown: ask.keptForUnknown },
        ...(ask.mostOfCaller !== null && { mostOfCaller: ask.mostOfCaller }),
        missed: ask.missed.map(({ call, agoMs }) => ({
          ...{ call: nameOf(call), ago: Math.floor(agoMs) },
          ...whose(call),
        })),
      });
      /** @throws Error where what it is asked came late: nothing is done then */
      async function take(keys: readonly string[], taking: TakeCall, anew = false): Promise<readonly number[]> {
        const sentAt = elapsed();
        const told: TakeCall = {
          ...taking,
          ...(clock && { now: clock.now() }),
          ...(anew ? { anew } : server.expected()),
        };
        const answer = await asked(redis.takeCall(keys.length, ...keys, JSON.stringify(told)));
        if (!Array.isArray(answer)) throw new Error('Redis has answered something else');
        const [now = 0, ...rest] = answer.map(Number);
        if (rest.length > 0) {
          server.tells(now, sentAt);
          return rest;
        }
        // Where it was not late, the clock was set: what is counted by it is too old, or too young.
        if (!anew && server.isSoon(sentAt)) return take(keys, taking, true);
        throw new Error(TOO_LONG);
      }

      return {
        async limits() {
          const limits = await asked(redis.hgetall(granted));
          return new Map(Object.entries(limits).map(([window, limit]) => [window, Number(limit)]));
        },
        async take({ call, ...about }, asks) {
          if (!server.isKnown) {
            const sentAt = elapsed();
            server.tells(clock?.now() ?? millisecondsOf(await asked(redis.time())), sentAt);
          }
          const keys = [known, granted, ...asks.map(({ window }) => logOf(window))];
          const made = call && { call: nameOf(call), ...whose(call) };
          return toTaken(await take(keys, { gateway, ...about, ...made, windows: asks.map(toWindow) }));
        },
        giveBack(call, windows) {
          // Where that fails, it counts though it was not made: rather one too many than one too few.
          const { caller } = whose(call);
          for (const log of windows.map(logOf))
            for (const each of caller === undefined ? [log] : [log, `${log}:${caller}`])
              redis.zrem(each, nameOf(call)).catch(() => undefined);
        },
        leave: () => void redis.zrem(known, gateway).catch(() => undefined),
        onLost: (lost) => void listeners.push(lost),
      };
    },
    close() {
      presence.end();
      redis.disconnect();
    },
  };
}

/** What the server's clock should say, by what it has said: what comes late there, or after the clock was set, is told by it. */
class ServerClock {
  readonly #elapsed: () => number;
  #told: { readonly now: number; readonly at: number } | null = null;

  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  get isKnown(): boolean {
    return this.#told !== null;
  }

  tells(now: number, askedAt: number): void {
    if (this.isSoon(askedAt)) this.#told = { now, at: this.#elapsed() };
  }

  /** Whether an answer that comes now is of about now. */
  isSoon(askedAt: number): boolean {
    return this.#elapsed() - askedAt <= LONGEST_MS;
  }

  /** A thousandth more or less is a clock's own, and no one's who sets it. */
  expected(): Pick<TakeCall, 'expected' | 'tolerance'> {
    if (!this.#told) return {};
    const passedMs = this.#elapsed() - this.#told.at;
    return { expected: this.#told.now + passedMs, tolerance: LATE_MS + passedMs / 1_000 };
  }
}

const keyOf = (provider: string, what: string): string => `clientele:calls:{${provider}}:${what}`;

/** @param time seconds, and microseconds */
const millisecondsOf = ([seconds, microseconds]: readonly (string | number)[]): number =>
  Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);

/** @throws Error where it takes too long; an answer that came while this process was busy with something else is in time */
function inTime<Answer>(answering: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const late = (): void => void setImmediate(() => reject(new Error(TOO_LONG)));
    const timer = setTimeout(late, LONGEST_MS);
    answering.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Names of callers are told to nobody who looks into Redis. */
const whose = ({ caller }: SharedCall): { readonly caller?: string } =>
  caller === null ? {} : { caller: hash('sha256', caller).slice(0, 32) };

function toTaken([known = 0, place = -1, oldestMs = 0, ...windows]: readonly number[]): Taken {
  const counted = Array.from({ length: windows.length / 2 }, (_, at) => ({
    countedForMs: windows[2 * at] ?? 0,
    calls: windows[2 * at + 1] ?? 0,
  }));
  return { known, windows: counted, refused: place < 0 ? null : { place, oldestMs } };
}
