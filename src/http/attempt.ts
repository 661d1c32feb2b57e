import type { Pool } from 'undici';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { badResponse, parseJson, problemOfStatus } from './answer.ts';
import { type Answer, type AnswerHeaders, Call } from './call.ts';
import type { Message } from './message.ts';
import { broken } from './problems.ts';
import type { ProviderAnswer, ProviderRequest } from './transport.ts';

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export interface AttemptParts {
  readonly provider: string;
  readonly pool: Pool;
  readonly clock: Pick<Clock, 'now'>;
}

/** What goes out, and for how long its answer is waited for. */
export interface Sending {
  readonly request: ProviderRequest;
  readonly message: Message;
  /** Sees the headers of the answer. */
  readonly onHeaders: (headers: AnswerHeaders) => void;
  readonly forMs: number;
  /** @param sent whether any of it may have left */
  readonly tooLate: (sent: boolean) => GatewayError;
}

export interface Attempt {
  /** @throws GatewayError for all that is not an answer to be read */
  readonly answer: Promise<ProviderAnswer>;
  /** Fulfilled when its connection is free again, which may be later. */
  readonly over: Promise<void>;
  /** Ends it early. @param why is told whether any of it may have left */
  end(why: (sent: boolean) => GatewayError): void;
}

/** Sends a request once: bounded in time and in the answer's size, and no redirect is followed. */
export function attempt(parts: AttemptParts, sending: Sending): Attempt {
  const { provider, clock } = parts;
  const { request } = sending;
  const call = new Call(isWanted, MAX_ANSWER_BYTES);
  return { answer: answered(), over: call.over, end: (why) => call.end(why(call.sent)) };

  async function answered(): Promise<ProviderAnswer> {
    const timer = setTimeout(() => call.end(sending.tooLate(call.sent)), sending.forMs);
    try {
      return open(await call.send(parts.pool, sending.message));
    } catch (thrown) {
      throw thrown instanceof GatewayError ? thrown : broken(provider, thrown, call.sent);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether the answer's body says anything that its headers don't. */
  function isWanted(status: number, told: AnswerHeaders): boolean {
    sending.onHeaders(told);
    if (unreadable(told) !== null) return false;
    const problem = problemOfStatus(provider, request.method, status, told, clock.now());
    return problem ? problem.code === 'PROVIDER_REJECTED' : status !== 404 && request.answersJson !== false;
  }

  function open({ status, headers: told, body }: Answer): ProviderAnswer {
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
