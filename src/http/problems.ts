import { errors } from 'undici';
import { GatewayError } from '../errors.ts';
import { badResponse } from './answer.ts';
import { AnswerTooLarge } from './call.ts';

/** Whose time ended, and how far the call had come. */
interface Late {
  readonly operationEndsFirst: boolean;
  /** Whether any of it may have left. */
  readonly sent: boolean;
  /** Too little was left for an answer when it was sent. */
  readonly saysNothing?: boolean;
}

export function tooLate(provider: string, { operationEndsFirst, sent, saysNothing = false }: Late): GatewayError {
  const delivery = sent ? 'unknown' : 'not-sent';
  // That an operation's own time is over says nothing of the provider.
  const options = { provider, delivery, saysNothing: saysNothing || operationEndsFirst, retryable: true } as const;
  return operationEndsFirst
    ? new GatewayError('DEADLINE_EXCEEDED', 'The operation ran out of time before the provider answered.', options)
    : new GatewayError('PROVIDER_TIMEOUT', 'The provider did not answer in time.', options);
}

/** The same for whoever is gone: they are told nothing, and who shares their call asks again. */
export const hungUp = (provider: string, sent: boolean): GatewayError =>
  new GatewayError('DEADLINE_EXCEEDED', 'Nobody waits for this answer any more.', {
    provider,
    delivery: sent ? 'unknown' : 'not-sent',
    saysNothing: true,
    retryable: true,
  });

/** An answer that breaks HTTP's own rules, or is more than headers may be. */
const isNotHttp = (cause: unknown): boolean =>
  cause instanceof errors.HTTPParserError ||
  cause instanceof errors.HeadersOverflowError ||
  cause instanceof errors.ResponseContentLengthMismatchError;

export function broken(provider: string, cause: unknown, sent: boolean): GatewayError {
  if (cause instanceof AnswerTooLarge) return badResponse(provider, 'an answer that is too large');
  if (isNotHttp(cause)) return badResponse(provider, 'an answer that breaks the rules of HTTP', cause);
  const [delivery, message] = sent
    ? (['unknown', 'The connection to the provider broke.'] as const)
    : (['not-sent', 'The provider could not be reached.'] as const);
  return new GatewayError('PROVIDER_UNAVAILABLE', message, { provider, retryable: true, delivery, cause });
}

export const usedUp = (provider: string, retryAfterMs: number): GatewayError =>
  new GatewayError(
    'PROVIDER_RATE_LIMITED',
    'What the provider grants is used up, as far as it is yours: it is not asked before there is some again.',
    {
      provider,
      retryable: true,
      retryAfterMs: Math.ceil(retryAfterMs),
    },
  );
