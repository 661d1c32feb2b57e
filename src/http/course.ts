import type { Clock } from '../clock.ts';
import type { GatewayError } from '../errors.ts';
import type { HangUp, Waited } from '../hangUp.ts';
import type { Piece, Trace } from '../trace.ts';
import type { Attempt } from './attempt.ts';
import type { Spender } from './budget.ts';
import { hungUp } from './problems.ts';
import type { Repeatable } from './retry.ts';
import type { CallLimits, CallReport, ProviderAnswer, ProviderRequest } from './transport.ts';

interface CourseParts {
  readonly provider: string;
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, 'elapsed'>;
}

/** A call on its way, and what of it is over. */
export class Course<T = unknown> implements Repeatable, Spender, Waited {
  readonly request: ProviderRequest;
  readonly read: (answer: ProviderAnswer) => T;
  readonly caller: string | null;
  readonly isRead: boolean;
  readonly isForWrite: boolean;
  readonly isOnce: boolean;
  readonly startedAt: number;
  readonly endsAt: number;
  readonly operationEndsFirst: boolean;
  readonly hangUp: HangUp | undefined;
  /** Ends whatever it is at. */
  end: Attempt['end'] | null = null;
  attempts = 0;
  queuedMs = 0;
  readonly #provider: string;
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #trace: Trace | undefined;
  /** What it was made of so far, where anybody is told. */
  readonly #parts: Piece[] | undefined;
  #sentAt = 0;

  constructor(
    { provider, timeoutMs, clock }: CourseParts,
    request: ProviderRequest,
    { deadlineAt, hangUp, caller, isOnce, isForWrite, trace }: CallLimits,
    read: (answer: ProviderAnswer) => T,
  ) {
    this.request = request;
    this.read = read;
    this.caller = caller ?? null;
    this.isRead = request.method === 'GET';
    this.isForWrite = isForWrite === true || !this.isRead;
    this.isOnce = isOnce === true;
    this.startedAt = clock.elapsed();
    this.operationEndsFirst = deadlineAt < this.startedAt + timeoutMs;
    this.endsAt = this.operationEndsFirst ? deadlineAt : this.startedAt + timeoutMs;
    this.hangUp = hangUp;
    this.#provider = provider;
    this.#clock = clock;
    this.#trace = trace;
    this.#parts = trace && [];
  }

  hungUp(): void {
    this.end?.((sent) => hungUp(this.#provider, sent));
  }

  /** Whether there is a call left for it was asked elsewhere since then. */
  granted(since: number): void {
    this.#part('grant', since);
  }

  /** It has waited for its turn since then. */
  queued(since: number): void {
    this.queuedMs += this.#clock.elapsed() - since;
    this.#part('queued', since);
  }

  /** It has waited since then before it is tried again. */
  paused(since: number): void {
    this.#part('pause', since);
  }

  /** It is sent, once more. */
  sent({ end }: Attempt): void {
    this.end = end;
    this.attempts++;
    this.#sentAt = this.#clock.elapsed();
  }

  /** That came of what was sent last. */
  answered(status: number | undefined, failed?: GatewayError['code']): void {
    this.#part('attempt', this.#sentAt, status, failed);
  }

  /** It is over, and whoever traces it is told. */
  finished(outcome: CallReport['outcome']): CallReport {
    const { request, startedAt, attempts, queuedMs } = this;
    const { method, route } = request;
    const provider = this.#provider;
    const endedAt = this.#clock.elapsed();
    if (this.#trace && this.#parts) {
      const told = { provider, method, route, attempts, queuedMs };
      this.#trace.add({
        ...{ name: `${method} ${route}`, startedAt, endedAt, parts: this.#parts },
        ...(typeof outcome === 'number'
          ? { attributes: { ...told, status: outcome } }
          : { attributes: told, failed: outcome }),
      });
    }
    return { provider, method, route, outcome, attempts, durationMs: endedAt - startedAt, queuedMs };
  }

  #part(name: string, startedAt: number, status?: number, failed?: string): void {
    this.#parts?.push({
      ...{ name, startedAt, endedAt: this.#clock.elapsed() },
      attributes: status === undefined ? {} : { status },
      ...(failed !== undefined && { failed }),
    });
  }
}
