import { afterEach, describe, expect, it } from 'vitest';
import { createRateLimitRecord } from './rateLimits.ts';
import { rateLimitHeaders, retrieved } from './test-data.ts';
import { closeAll, serve } from './test-server.ts';

afterEach(closeAll);

const midnight = new Date('2023-03-07T23:00:00Z');
const told = [
  { window: 'minute', limit: 360, remaining: 59, resetsAt: null },
  { window: 'day', limit: 15000, remaining: 14999, resetsAt: midnight },
];

describe('CS-12 the two limits', () => {
  it('CS-12 are read from an answer: no reset for the minute, the day’s in seconds', async () => {
    const { read, connection } = await serve(() => ({ json: retrieved, headers: rateLimitHeaders }));
    expect(connection.rateLimits()).toEqual([]);
    await read('1006');
    expect(connection.rateLimits()).toEqual(told);
  });

  it('CS-12 are read from a refusal too, and stay when an answer tells none', async () => {
    let calls = 0;
    const { read, connection } = await serve(() =>
      ++calls === 1 ? { status: 429, headers: rateLimitHeaders } : { json: retrieved },
    );
    await expect(read('1006')).rejects.toMatchObject({ code: 'PROVIDER_RATE_LIMITED' });
    await read('1006');
    expect(connection.rateLimits()).toEqual(told);
  });

  it.each([['-1'], ['many'], ['1e3'], [''], ['99999999999'], ['1.5'], [['1', '2']]])(
    'CS-12 ignore %j in a header',
    (garbage) => {
      const record = createRateLimitRecord();
      const lower = Object.fromEntries(
        Object.entries(rateLimitHeaders).map(([key, value]) => [key.toLowerCase(), value]),
      );
      record.see(lower);
      record.see(Object.fromEntries(Object.keys(lower).map((key) => [key, garbage])));
      expect(record.read()).toEqual(told);
    },
  );

  it('CS-12 take no milliseconds for the day’s seconds', () => {
    const record = createRateLimitRecord();
    const day = { 'x-ratelimit-daily-limit': '15000', 'x-ratelimit-daily-remaining': '0' };
    record.see({ ...day, 'x-ratelimit-daily-reset': '1678230000000' });
    expect(record.read()).toEqual([{ window: 'day', limit: 15000, remaining: 0, resetsAt: null }]);
  });
});
