import { errors } from 'undici';
import { GatewayError } from '../errors.ts';
import { badResponse } from './answer.ts';
import { AnswerTooLarge } from './call.ts';

/** @param sent whether any of the call may have left */
export function tooLate(provider: string, operationEndsFirst: boolean, sent: boolean): GatewayError {
  const delivery = sent ? 'unknown' : 'not-sent';
  return operationEndsFirst
    ? new GatewayError('DEADLINE_EXCEEDED', 'The operation ran out of time before the provider answered.', {
        provider,
        delivery,
        retryable: true,
      })
    : new GatewayError('PROVIDER_TIMEOUT', 'The provider did not answer in time.', {
        provider,
        delivery,
        retryable: true,
      });
}

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
