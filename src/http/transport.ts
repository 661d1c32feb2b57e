import { Pool } from 'undici';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { badResponse, parseJson, problemOfStatus } from './answer.ts';
import { createBulkhead } from './bulkhead.ts';
import { type Answer, type AnswerHeaders, Call } from './call.ts';
import { type Health, HealthRecord } from './health.ts';
import { broken, tooLate } from './problems.ts';

/** One request to a provider, as its client writes it. */
export interface ProviderRequest {
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
}

/** One finished call, for metrics and logs. Holds nothing personal. */
export interface CallReport {
  readonly provider: string;
  readonly method: string;
  readonly route: string;
  /** The provider's status, or the code of what went wrong. */
  readonly outcome: number | GatewayError['code'];
  readonly durationMs: number;
}

export type { AnswerHeaders };

export interface TransportOptions {
  readonly provider: string;
  /** Its base URL; a path in it is kept as a prefix. */
  readonly url: URL;
  /** Sent with every request: credentials and what the provider demands. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sees the headers of every answer, e.g. to keep rate limits. */
  readonly onHeaders?: (headers: AnswerHeaders) => void;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly report: (call: CallReport) => void;
}

export interface Transport {
  /**
   * @param read makes sense of the answer, within the call: an answer that it refuses to trust (a GatewayError) is told by
   * health and metrics as one that never came would be
   */
  send<T>(request: ProviderRequest, limits: CallLimits, read: (answer: ProviderAnswer) => T): Promise<T>;
  health(): Health;
  close(): Promise<void>;
}

const CONCURRENT_CALLS = 16;
const QUEUED_CALLS = 2_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/**
 * Talks to one provider: a bounded number of calls at a time, a deadline over queueing and answer together, a bound on
 * the answer's size, one attempt, no redirects. It reads from top to bottom in the order in which a call passes.
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
  const bulkhead = createBulkhead(provider, CONCURRENT_CALLS, QUEUED_CALLS);
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
    const startedAt = clock.elapsed();
    try {
      const answer = await withinDeadline(request, limits, startedAt);
      const value = read(answer);
      finish(answer.status, null);
      return value;
    } catch (thrown) {
      if (thrown instanceof GatewayError) finish(thrown.code, thrown);
      throw thrown;
    }

    function finish(outcome: CallReport['outcome'], problem: GatewayError | null): void {
      // A refused request says that the provider is well.
      if (tellsOfHealth(problem)) health.add(problem?.code === 'PROVIDER_REJECTED' ? null : problem, clock.now());
      const { method, route } = request;
      options.report({ provider, method, route, outcome, durationMs: clock.elapsed() - startedAt });
    }
  }

  async function withinDeadline(
    request: ProviderRequest,
    limits: CallLimits,
    startedAt: number,
  ): Promise<ProviderAnswer> {
    const operationEndsFirst = limits.deadlineAt < startedAt + options.timeoutMs;
    const leftMs = operationEndsFirst ? limits.deadlineAt - startedAt : options.timeoutMs;
    if (leftMs <= 0) throw tooLate(provider, operationEndsFirst, false);
    const message = toMessage(request, prefix, headers, provider);
    const call = new Call((status, told) => isWanted(request, status, told), MAX_ANSWER_BYTES);
    const visit = bulkhead.enter();
    const timer = setTimeout(() => {
      const late = tooLate(provider, operationEndsFirst, call.sent);
      visit.giveUp(late);
      call.end(late);
    }, leftMs);
    try {
      const leave = await visit.entered;
      // The slot is taken until undici is through with the call, which may be later than the caller's answer.
      call.over.then(leave);
      return open(request, await call.send(pool, message));
    } catch (thrown) {
      throw thrown instanceof GatewayError ? thrown : broken(provider, thrown, call.sent);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether the answer's body says anything that its headers don't. */
  function isWanted({ method, answersJson }: ProviderRequest, status: number, told: AnswerHeaders): boolean {
    options.onHeaders?.(told);
    if (unreadable(told) !== null) return false;
    const problem = problemOfStatus(provider, method, status, told, clock.now());
    return problem ? problem.code === 'PROVIDER_REJECTED' : status !== 404 && answersJson !== false;
  }

  function open(request: ProviderRequest, { status, headers: told, body }: Answer): ProviderAnswer {
    const problem = problemOfStatus(provider, request.method, status, told, clock.now());
    if (problem && problem.code !== 'PROVIDER_REJECTED') throw problem;
    if (!problem && (status === 404 || request.answersJson === false)) {
      // Where nothing is documented anything may stand, but a page for people is somebody else's: a proxy's, a login's.
      if (status !== 404 && isPage(told)) throw badResponse(provider, 'a web page');
      return { status, json: undefined };
    }
    if (!body) throw badResponse(provider, unreadable(told) ?? 'an answer that can’t be read');
    if (problem) throw withAnswer(problem, provider, body);
    return { status, json: parseJson(provider, body) };
  }

  return { send, health: () => health.read(), close: () => pool.destroy() };
}

/** What never left says nothing of the provider, unless it could not be reached; nor does a call that we cut short. */
const tellsOfHealth = (problem: GatewayError | null): boolean =>
  problem?.code !== 'DEADLINE_EXCEEDED' &&
  (problem?.delivery !== 'not-sent' || problem.code === 'PROVIDER_UNAVAILABLE');

/** Puts a request into undici's words. The path is checked once more here: an invalid one costs undici's pool a slot for good. */
function toMessage(
  request: ProviderRequest,
  prefix: string,
  headers: Readonly<Record<string, string>>,
  provider: string,
): { path: string; method: ProviderRequest['method']; headers: Record<string, string>; body?: string } {
  const query = request.query ? `?${new URLSearchParams(request.query)}` : '';
  const path = prefix + request.path + query;
  if (!/^\/[\x21-\x7e]*$/.test(path)) {
    throw new GatewayError('BAD_USER_INPUT', 'This can’t be put into a request to the provider.', { provider });
  }
  if (request.json !== undefined) {
    const body = JSON.stringify(request.json);
    return {
      path,
      method: request.method,
      headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
      body,
    };
  }
  if (request.form) {
    const body = new URLSearchParams(request.form).toString();
    return {
      path,
      method: request.method,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body,
    };
  }
  return { path, method: request.method, headers };
}

/** Why a body is not even looked at, or null. */
function unreadable(headers: AnswerHeaders): string | null {
  const encoding = headers['content-encoding'];
  if (Number(headers['content-length'] ?? 0) > MAX_ANSWER_BYTES) return 'an answer that is too large';
  return encoding === undefined || encoding === 'identity' ? null : 'a compressed answer, which was not asked for';
}

const isPage = (headers: AnswerHeaders): boolean => /^\s*text\/html\b/i.test(String(headers['content-type'] ?? ''));

/** Gives the provider's own client the refusal's body to interpret, where it can be parsed. */
function withAnswer(problem: GatewayError, provider: string, bytes: Uint8Array): GatewayError {
  let answer: unknown;
  try {
    answer = parseJson(provider, bytes);
  } catch {
    answer = undefined;
  }
  const { message, delivery, status } = problem;
  return new GatewayError(problem.code, message, {
    provider,
    delivery,
    answer,
    ...(status === undefined ? {} : { status }),
  });
}
