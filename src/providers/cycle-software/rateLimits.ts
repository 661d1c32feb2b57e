import type { RateLimit } from '../../http/rateLimit.ts';
import type { AnswerHeaders } from '../../http/transport.ts';
import { epochSeconds } from '../../model/date.ts';

interface RateLimitRecord {
  /** @returns the windows that this answer tells of */
  see(headers: AnswerHeaders): readonly RateLimit[];
  read(): readonly RateLimit[];
}

/** CS-12: two windows; only the day's tells when it begins anew, in seconds. What an answer doesn't tell stays known. */
export function createRateLimitRecord(): RateLimitRecord {
  const minute = new Window('minute', 'minutely');
  const day = new Window('day', 'daily');
  return {
    see: (headers) => [...minute.see(headers), ...day.see(headers)],
    read: () => [...minute.read(), ...day.read()],
  };
}

class Window {
  readonly #name: string;
  readonly #prefix: string;
  #limit: number | null = null;
  #remaining: number | null = null;
  #resetsAt: Date | null = null;

  constructor(name: string, header: string) {
    this.#name = name;
    this.#prefix = `x-ratelimit-${header}-`;
  }

  see(headers: AnswerHeaders): RateLimit[] {
    const remaining = count(headers[`${this.#prefix}remaining`]);
    this.#limit = count(headers[`${this.#prefix}limit`]) ?? this.#limit;
    this.#remaining = remaining ?? this.#remaining;
    this.#resetsAt = epochSeconds(count(headers[`${this.#prefix}reset`])) ?? this.#resetsAt;
    return remaining === null ? [] : this.read();
  }

  read(): RateLimit[] {
    if (this.#limit === null || this.#remaining === null) return [];
    return [{ window: this.#name, limit: this.#limit, remaining: this.#remaining, resetsAt: this.#resetsAt }];
  }
}

const count = (header: string | string[] | undefined): number | null =>
  typeof header === 'string' && /^\d{1,10}$/.test(header) ? Number(header) : null;
