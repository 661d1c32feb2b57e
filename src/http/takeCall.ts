import { KNOWN_MS } from './sharedCalls.ts';

/** What the script is asked, as JSON; a key that is absent is nil there. */
export interface TakeCall {
  /** In place of the server's clock. */
  readonly now?: number;
  /** What the server's clock should say, give or take so much; absent: nobody knows. */
  readonly expected?: number;
  readonly tolerance?: number;
  /** The clock was set: what was counted is not to be trusted. */
  readonly anew?: true;
  readonly gateway: string;
  readonly isKnown: boolean;
  readonly isNew: boolean;
  readonly isGuest: boolean;
  readonly others: number;
  /** Its name, and its caller's; absent: no call, nobody's. */
  readonly call?: string;
  readonly caller?: string;
  readonly windows: readonly {
    readonly name: string;
    readonly limit: number;
    readonly span: number;
    readonly length: number;
    readonly most: number;
    readonly mostOfCaller?: number;
    readonly keptForKnown: number;
    readonly keptForUnknown: number;
    readonly isShort: boolean;
    readonly missed: readonly { readonly call: string; readonly ago: number; readonly caller?: string }[];
  }[];
}

/** For so long what is kept is not forgotten where nobody asks. */
const IDLE_MS = 2 * 86_400_000;

/**
 * A log of calls for each window: a sorted set, by the moment of the call, in milliseconds on the server's clock, so that no
 * gateway's clock matters; and another for each caller where it matters whose they are. The first entry of a log, at 0, says
 * since when calls are counted in it, by which process of the server: a log that was lost, or is a copy from before, has
 * another or none. All of one provider's keys are in one slot.
 *
 * KEYS: the gateways that are known, by the moment when they were last heard of; what is granted by window; the windows' logs.
 * ARGV: a TakeCall.
 * Answers the server's clock; then, unless that is not what it should be, how many other gateways are known; which window
 * refuses, from 0, or -1; the age of the oldest call that stands against it; and for each window for how long it has counted,
 * and how many calls it has.
 */
export const TAKE_CALL = `
local asked = cjson.decode(ARGV[1])
local now = asked.now
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
if asked.expected and math.abs(now - asked.expected) > asked.tolerance then return { now } end

local known, granted = KEYS[1], KEYS[2]
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''

local function sinceOf(log)
  local first = redis.call('ZRANGEBYSCORE', log, 0, 0)[1]
  local since = first and string.match(first, '^' .. run .. ' (%d+)$')
  if since and not asked.anew then return tonumber(since) end
  redis.call('DEL', log, granted)
  redis.call('ZADD', log, 0, run .. ' ' .. string.format('%.0f', now))
  return now
end

local ages, isWhole = {}, true
for place, window in ipairs(asked.windows) do
  local log = KEYS[place + 2]
  ages[place] = now - sinceOf(log)
  if window.isShort and ages[place] < window.span then isWhole = false end
  for _, missed in ipairs(window.missed) do
    redis.call('ZADD', log, now - missed.ago, missed.call)
    if window.mostOfCaller and missed.caller then
      redis.call('ZADD', log .. ':' .. missed.caller, now - missed.ago, missed.call)
    end
  end
end
-- While the count is young, whoever starts has to ask the provider what was used before.
if isWhole then
  for _, window in ipairs(asked.windows) do redis.call('HSET', granted, window.name, window.limit) end
  redis.call('PEXPIRE', granted, ${IDLE_MS})
  if asked.isKnown then redis.call('ZADD', known, now, asked.gateway) end
end
redis.call('ZREMRANGEBYSCORE', known, '-inf', now - ${KNOWN_MS})
redis.call('PEXPIRE', known, ${KNOWN_MS})
local others = redis.call('ZCARD', known)
if asked.isNew or redis.call('ZSCORE', known, asked.gateway) then others = others - 1 end
others = math.max(0, math.min(others, asked.others))

-- The logs that the call is counted in.
local logs = {}
for place, window in ipairs(asked.windows) do
  local key = KEYS[place + 2]
  local keptForUnknown = window.keptForUnknown
  -- Where no gateway is known at all, none is taken to run.
  if asked.isGuest and others == 0 then keptForUnknown = window.keptForKnown end
  local kept = others * window.keptForKnown + (asked.others - others) * keptForUnknown
  table.insert(logs, { place = place, key = key, window = window, most = window.most - kept, idle = ${IDLE_MS} })
  if window.mostOfCaller and asked.caller then
    key = key .. ':' .. asked.caller
    table.insert(logs, { place = place, key = key, window = window, most = window.mostOfCaller, idle = 0 })
  end
end

local refusing, oldest, counts = -1, 0, {}
for _, log in ipairs(logs) do
  redis.call('ZREMRANGEBYSCORE', log.key, '(0', now - log.window.length)
  local from = string.format('(%.0f', now - log.window.span)
  local count = redis.call('ZCOUNT', log.key, from, '+inf')
  counts[log.place] = counts[log.place] or count
  if asked.call and refusing < 0 and count >= log.most then
    local first = redis.call('ZRANGEBYSCORE', log.key, from, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
    refusing, oldest = log.place - 1, now - (first[2] or now)
  end
end
local isTaken = asked.call and refusing < 0
for _, log in ipairs(logs) do
  if isTaken then redis.call('ZADD', log.key, now, asked.call) end
  redis.call('PEXPIRE', log.key, log.window.length + log.idle)
end

local answer = { now, others, refusing, oldest }
for place, age in ipairs(ages) do
  table.insert(answer, age)
  table.insert(answer, counts[place] + (isTaken and 1 or 0))
end
return answer
`;
