import { setTimeout as timeout } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { HangUp } from '../hangUp.ts';
import type { Trace } from '../trace.ts';
import { type Attempt, attempt, type Sending } from './attempt.ts';
import { Breaker } from './breaker.ts';
import { Budget, HEARD_MS, type Spent } from './budget.ts';
import { createBulkhead, type Release } from './bulkhead.ts';
import type { AnswerHeaders } from './call.ts';
import { Course } from './course.ts';
import { type Health, HealthRecord } from './health.ts';
import { type Message, toMessage } from './message.ts';
import { hungUp, tooLate } from './problems.ts';
import type { RateLimit } from './rateLimit.ts';
import type { CallReport, Load } from './report.ts';
import { retried, wasNotSent } from './retry.ts';
import { RetryBudget } from './retryBudget.ts';
import type { Together } from './together.ts';

/** One request to a provider, as its client writes it. */
export interface ProviderRequest {
  /** GET is a read, which may go again; all else is a write, which does only where nothing of it was sent. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below the provider's base URL, e.g. `/customers/oc_cu_1`; every part of it already checked. */
  readonly path: string;
  /** The same with names in place of values, for logs and metrics: `/customers/:id`. */
  readonly route: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as `application/json`. */
  readonly json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>>;
  /** False where the provider documents an empty answer: it is then not parsed. */
  readonly answersJson?: boolean;
}

export interface ProviderAnswer {
  /** 2xx, or 404 of a read: all else is thrown. */
  readonly status: number;
  /** The parsed body; undefined for a 404 and where none is documented. */
  readonly json: unknown;
}

/** What one operation lets a call take. */
export interface CallLimits {
  /** On the clock's `elapsed` scale. */
  readonly deadlineAt: number;
  /** Absent: it is carried through, whoever waits for it. */
  readonly hangUp?: HangUp;
  /** As they are logged; absent: this gateway itself. */
  readonly caller?: string;
  /** A write, or what has to be read for one: what is kept for writes is for it as well. */
  readonly isForWrite?: true;
  /** It is not made again here: whoever calls does that, in their own time. */
  readonly isOnce?: true;
  /** Is asked before a call is made, and throws where it may not be; absent: nobody is. */
  readonly mayCall?: (isForWrite: boolean) => void;
  /** Is told of the call when it is over; absent: nobody is. */
  readonly trace?: Trace;
}

export type { AnswerHeaders, CallReport, Load };

export interface TransportOptions {
  readonly provider: string;
  /** Its base URL; a path in it is kept as a prefix. */
  readonly url: URL;
  /** Sent with every request: credentials and what the provider demands. */
  readonly headers: Readonly<Record<string, string>>;
  /** What an answer's headers tell of the calls that the provider grants; absent: it tells nothing of them. */
  readonly rateLimitsOf?: (headers: AnswerHeaders) => readonly RateLimit[];
  readonly timeoutMs: number;
  /** Who counts calls together, where answers tell what is granted. Absent: this process alone has its credentials. */
  readonly together?: Together;
  readonly clock: Clock;
  readonly report: (call: CallReport) => void;
  /** Absent: really. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

export interface Transport {
  /**
   * @param read makes sense of the answer, within the call: an answer that it refuses to trust (a GatewayError) is told by
   * health and metrics as one that never came would be
   */
  send<T>(request: ProviderRequest, limits: CallLimits, read: (answer: ProviderAnswer) => T): Promise<T>;
  health(): Health;
  load(): Load;
  /** How many calls whoever asks could make now, by what the provider grants; Infinity: no bound is known. */
  callsLeft(limits: Pick<CallLimits, 'caller' | 'isForWrite'>): number;
  close(): Promise<void>;
}

const CONCURRENT_CALLS = 16;
const QUEUED_CALLS = 2_000;

/** What of a call's time one attempt of a read may take: where it hangs, there is time for another. */
const ATTEMPT = 3 / 4;

/**
 * What of a call's time may pass without an answer before that is a failure. Whoever has waited behind ten such calls since
 * they were sent gets a place when half of their own time is left at best, and it took the others longer than that. The price:
 * a provider that needs more than this for every answer is left alone in between, where ten wait for it.
 */
const SILENCE = 1 / 2;

/**
 * Talks to one provider. A call passes, in this order: what its operation may make; the deadline, over all that follows; retries; and for each attempt the
 * breaker, the budget of calls that the provider grants, the bulkhead with its bounded queue, and its own time. A pause holds
 * nobody's place, and nobody waits for one where the provider is left alone.
 */
export function createTransport(options: TransportOptions): Transport {
  const { provider, clock } = options;
  const pool = new Pool(options.url.origin, {
    connections: CONCURRENT_CALLS,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connectTimeout: options.timeoutMs,
  });
  const attemptMs = options.timeoutMs * ATTEMPT;
  const tells = options.rateLimitsOf !== undefined;
  const budget = new Budget(provider, clock, options.timeoutMs, options.rateLimitsOf && options.together, tells);
  const hearing = setInterval(() => void budget.hear(), HEARD_MS).unref();
  const bulkhead = createBulkhead(provider, CONCURRENT_CALLS, QUEUED_CALLS);
  const breaker = new Breaker(provider, clock, options.timeoutMs * SILENCE, () =>
    bulkhead.dismiss(() => breaker.refusal()),
  );
  const sending = { provider, pool, clock };
  const wait = options.wait ?? timeout;
  const retrying = { budget: new RetryBudget(), clock, pause };
  const health = new HealthRecord(clock.now());
  const prefix = options.url.pathname.replace(/\/+$/, '');
  const headers = {
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'clientele',
    ...options.headers,
  };

  async function send<T>(
    request: ProviderRequest,
    limits: CallLimits,
    read: (answer: ProviderAnswer) => T,
  ): Promise<T> {
    const course = new Course(options, request, limits, read);
    limits.mayCall?.(course.isForWrite);
    course.hangUp?.add(course);
    try {
      // A path that can't be is refused before it takes anybody's place.
      const message = toMessage(request, prefix, headers, provider);
      const { status, value } = await retried(course, retrying, () => once(course, message));
      finish(course, status, null);
      return value;
    } catch (thrown) {
      if (thrown instanceof GatewayError) finish(course, thrown.code, thrown);
      throw thrown;
    } finally {
      course.hangUp?.remove(course);
    }
  }

  function finish(course: Course, outcome: CallReport['outcome'], problem: GatewayError | null): void {
    health.note(problem, clock.now());
    options.report(course.finished(outcome));
  }

  /** One attempt: within what is granted, in its turn, unless the provider is left alone. */
  async function once<T>(course: Course<T>, message: Message): Promise<{ readonly status: number; readonly value: T }> {
    leftOf(course);
    const findsOut = breaker.enter();
    let spent = await spend(course);
    const onHeaders = (told: AnswerHeaders) => budget.learn(options.rateLimitsOf?.(told) ?? [], spent);
    let leave: Release | undefined;
    let sent: Attempt | undefined;
    let note: ((thrown: unknown) => void) | undefined;
    try {
      leave = await turn(course);
      if (!findsOut) breaker.refuseWhileOpen();
      spent = await paid(course, spent);
      spent.isSent = true;
      const { saysNothing, ...time } = timeOf(course);
      sent = attempt(sending, { request: course.request, message, onHeaders, ...time });
      note = breaker.sent(saysNothing);
      course.sent(sent);
      const answer = await sent.answer;
      const value = course.read(answer);
      note(null);
      course.answered(answer.status);
      return { status: answer.status, value };
    } catch (thrown) {
      note?.(thrown);
      if (sent && thrown instanceof GatewayError) course.answered(thrown.status, thrown.code);
      // What was not sent is not paid for.
      if (!sent || wasNotSent(thrown)) spent.giveBack();
      throw thrown;
    } finally {
      spent.end();
      // The slot is taken until undici is through with the call, which may be later than the caller's answer.
      if (sent && leave) sent.over.then(leave);
      else leave?.();
    }
  }

  function spend(course: Course): Spent | Promise<Spent> {
    const paying = budget.spend(course);
    return paying instanceof Promise ? granted(course, paying) : paying;
  }

  /** What comes too late for whoever waits for it is given back. */
  function granted(course: Course, paying: Promise<Spent>): Promise<Spent> {
    const since = clock.elapsed();
    const { promise, resolve, reject } = Promise.withResolvers<Spent>();
    const giveUp = (problem: GatewayError): void => {
      reject(problem);
      paying.then((spent) => spent.giveBack()).catch(() => undefined);
    };
    paying.then(resolve, reject);
    return inTime(course, promise, giveUp).finally(() => course.granted(since));
  }

  /** Whoever waits here waits no longer than there is time, and somebody for them. */
  function inTime<T>(course: Course, waited: Promise<T>, giveUp: (problem: GatewayError) => void): Promise<T> {
    const { operationEndsFirst } = course;
    course.end = (why) => giveUp(why(false));
    const late = () => giveUp(tooLate(provider, { operationEndsFirst, sent: false }));
    const timer = setTimeout(late, course.endsAt - clock.elapsed());
    return waited.finally(() => {
      clearTimeout(timer);
      course.end = null;
    });
  }

  /** While it waited, an answer may have told of more than it has paid for. */
  function paid(course: Course, spent: Spent): Spent | Promise<Spent> {
    if (!budget.knowsMore(spent)) return spent;
    spent.giveBack();
    return spend(course);
  }

  function turn(course: Course): Promise<Release> {
    const visit = bulkhead.enter();
    if (!visit.waits) return visit.entered;
    const from = clock.elapsed();
    return inTime(course, visit.entered, visit.giveUp).finally(() => course.queued(from));
  }

  async function pause(ms: number, course: Course): Promise<void> {
    const from = clock.elapsed();
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    course.end = () => resolve();
    await Promise.race([wait(ms), gone]);
    course.paused(from);
  }

  /** @throws GatewayError where nothing is left, or nobody who waits */
  function leftOf({ endsAt, operationEndsFirst, hangUp }: Course): number {
    if (hangUp?.isOver) throw hungUp(provider, false);
    const leftMs = endsAt - clock.elapsed();
    if (leftMs <= 0) throw tooLate(provider, { operationEndsFirst, sent: false });
    return leftMs;
  }

  /** A write has all that is left: it goes again only where nothing was sent. */
  function timeOf(course: Course): Pick<Sending, 'forMs' | 'tooLate'> & { readonly saysNothing: boolean } {
    const leftMs = leftOf(course);
    const isOwn = course.isRead && attemptMs < leftMs;
    const operationEndsFirst = course.operationEndsFirst && !isOwn;
    // Neither does it where the operation's own time is over, nor where too little of it was left.
    const saysNothing = operationEndsFirst || leftMs < attemptMs;
    return {
      forMs: isOwn ? attemptMs : leftMs,
      saysNothing,
      tooLate: (sent) => tooLate(provider, { operationEndsFirst, sent, saysNothing }),
    };
  }

  return {
    send,
    health: () => health.read(),
    load: () => ({
      running: bulkhead.running,
      waiting: bulkhead.queued,
      isLeftAlone: breaker.isOpen,
      left: budget.left(),
      isShared: budget.isShared,
    }),
    callsLeft: ({ caller = null, isForWrite = false }) => budget.leftFor({ caller, isForWrite }),
    async close() {
      clearInterval(hearing);
      await Promise.all([budget.close(), pool.destroy()]);
    },
  };
}
