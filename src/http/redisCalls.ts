import { hash, randomUUID } from 'node:crypto';
import { Redis, type RedisOptions, type Result } from 'ioredis';
import type { Ask, SharedCall, SharedCalls, Taken } from './sharedCalls.ts';

/** Moments of which the server may tell two in the wrong order. */
const LATE_MS = 1_000;

/**
 * A log of calls for each window: a sorted set, by the moment of the call, in milliseconds on the server's clock, so that no
 * gateway's clock matters; and another for each caller where it matters whose they are. All of one provider's are in one slot.
 *
 * KEYS: since when every call is counted, by which process of the server, and when it was asked last; the windows' logs.
 * ARGV: now, or '' for the server's; the call, and its caller or '' for nobody; then of each window its span, its length, the
 * most calls, and the most of a caller or ''.
 * Answers how long it has counted; which window refuses, from 0, or -1; the age of the oldest call that stands against it; and
 * how many calls each window has.
 */
const TAKE = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
-- It counts from now on where the server is another process than before, or its clock was set back.
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
local before = redis.call('HMGET', KEYS[1], 'since', 'run', 'last')
local since, last = tonumber(before[1] or ''), tonumber(before[3] or '')
if not since or before[2] ~= run or last > now + ${LATE_MS} then since = now end
redis.call('HSET', KEYS[1], 'since', since, 'run', run, 'last', now)

-- The logs that the call is counted in.
local logs = {}
for window = 1, #KEYS - 1 do
  local at = 4 * window
  local span, length = ARGV[at], ARGV[at + 1]
  table.insert(logs, { window = window, key = KEYS[window + 1], span = span, length = length, most = ARGV[at + 2] })
  if ARGV[at + 3] ~= '' and ARGV[3] ~= '' then
    local key = KEYS[window + 1] .. ':' .. ARGV[3]
    table.insert(logs, { window = window, key = key, span = span, length = length, most = ARGV[at + 3] })
  end
end

local refusing, oldest, counts = -1, 0, {}
for _, log in ipairs(logs) do
  redis.call('ZREMRANGEBYSCORE', log.key, '-inf', now - log.length)
  redis.call('ZREMRANGEBYSCORE', log.key, now + ${LATE_MS}, '+inf')
  local from = string.format('(%.0f', now - log.span)
  local count = redis.call('ZCOUNT', log.key, from, '+inf')
  counts[log.window] = counts[log.window] or count
  if refusing < 0 and count >= tonumber(log.most) then
    local first = redis.call('ZRANGEBYSCORE', log.key, from, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
    refusing, oldest = log.window - 1, now - (first[2] or now)
  end
end
if refusing < 0 then
  for _, log in ipairs(logs) do
    redis.call('ZADD', log.key, now, ARGV[2])
    redis.call('PEXPIRE', log.key, log.length)
  end
  for window = 1, #counts do counts[window] = counts[window] + 1 end
end
return { now - since, refusing, oldest, unpack(counts) }
`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    takeCall(keys: number, ...keysAndArguments: (string | number)[]): Result<unknown, Context>;
  }
}

/** Longer is too long for a call that waits for it: it then goes by this gateway's part. */
const LONGEST_MS = 250;

const OPTIONS = {
  connectionName: 'clientele-calls',
  connectTimeout: 5_000,
  commandTimeout: 5_000,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: (times: number) => Math.min(100 * 2 ** Math.min(times, 10), 5_000),
} satisfies RedisOptions;

/** The calls of all gateways on one Redis. Nobody has to wait for it, at the start or later. */
export interface CallLogs {
  /** For one gateway's calls. */
  of(provider: string): SharedCalls;
  close(): void;
}

export interface CallLogEvents {
  /** It can't be asked, or refuses: told once until it can. */
  lost(error: Error): void;
  back(): void;
}

/** @param now milliseconds, in place of the server's clock: for tests */
export function openCallLogs(url: string, events: CallLogEvents, now?: () => number): CallLogs {
  const redis = new Redis(url, { ...OPTIONS, scripts: { takeCall: { lua: TAKE } } });
  const listeners: (() => void)[] = [];
  let isLost = false;
  let isOver = false;
  const failed = (error: Error): void => {
    if (!isLost && !isOver) events.lost(error);
    isLost = true;
  };
  const answered = (): void => {
    if (isLost) events.back();
    isLost = false;
  };
  redis.on('error', failed).on('close', () => {
    failed(new Error('the connection was closed'));
    for (const lost of listeners) lost();
  });
  return {
    of(provider) {
      const gateway = randomUUID();
      const nameOf = ({ number }: SharedCall): string => `${gateway}:${number}`;
      const logs = (asks: readonly Ask[]): string[] => asks.map(({ window }) => `${PREFIX}{${provider}}:${window}`);
      return {
        async take(call, asks) {
          const keys = [`${PREFIX}{${provider}}:counted`, ...logs(asks)];
          const taking = redis.takeCall(
            ...[keys.length, ...keys, now?.() ?? '', nameOf(call), callerOf(call)],
            ...asks.flatMap((ask) => [
              ...[Math.ceil(ask.spanMs), Math.ceil(ask.lengthMs), ask.most, ask.mostOfCaller ?? ''],
            ]),
          );
          try {
            const taken = toTaken(await inTime(taking));
            answered();
            return taken;
          } catch (thrown) {
            failed(thrown as Error);
            throw thrown;
          }
        },
        onLost: (lost) => void listeners.push(lost),
        giveBack(call, asks) {
          // Where that fails, it counts though it was not made: rather one too many than one too few.
          for (const [place, log] of logs(asks).entries()) {
            const isOfCaller = call.caller !== null && asks[place]?.mostOfCaller !== null;
            for (const each of isOfCaller ? [log, `${log}:${callerOf(call)}`] : [log])
              redis.zrem(each, nameOf(call)).catch(() => undefined);
          }
        },
      };
    },
    close() {
      isOver = true;
      redis.disconnect();
    },
  };
}

const PREFIX = 'clientele:calls:';

/** @throws Error where it takes too long; an answer that came while this process was busy with something else is in time */
function inTime<Answer>(answering: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const late = (): void => void setImmediate(() => reject(new Error('Redis takes too long')));
    const timer = setTimeout(late, LONGEST_MS);
    answering.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Names of callers are told to nobody who looks into Redis. */
const callerOf = ({ caller }: SharedCall): string => (caller === null ? '' : hash('sha256', caller).slice(0, 32));

function toTaken(answer: unknown): Taken {
  if (!Array.isArray(answer)) throw new Error('Redis has answered something else');
  const [countedForMs = 0, place = -1, oldestMs = 0, ...counts] = answer.map(Number);
  return { countedForMs, counts, refused: place < 0 ? null : { place, oldestMs } };
}
