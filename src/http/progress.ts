import { type Dispatcher, errors } from 'undici';
import { GatewayError } from '../errors.ts';
import { badResponse } from './answer.ts';

/** How far one call came. */
export interface Progress {
  /** Whether any of it may have left: true from the moment it is written to a connection that stands. */
  sent: boolean;
}

/** Follows a call through the pool: what still waits for a connection has not left. */
export const noting =
  (progress: Progress): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) => {
    const start = handler.onRequestStart;
    handler.onRequestStart = (controller, context) => {
      progress.sent = true;
      start?.call(handler, controller, context);
    };
    return dispatch(options, handler);
  };

/**
 * undici ends a call by its signal only once its connection stands: until then (an address that swallows everything, a
 * TLS handshake that nobody answers) the deadline is kept here, and what undici still holds is never sent.
 */
export function connectedInTime<T>(exchanged: Promise<T>, signal: AbortSignal, progress: Progress): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => void (progress.sent || reject(signal.reason)), { once: true });
    exchanged.then(resolve, reject);
  });
}

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

export function broken(provider: string, cause: unknown, { sent }: Progress): GatewayError {
  if (isNotHttp(cause)) return badResponse(provider, 'an answer that breaks the rules of HTTP', cause);
  const [delivery, message] = sent
    ? (['unknown', 'The connection to the provider broke.'] as const)
    : (['not-sent', 'The provider could not be reached.'] as const);
  return new GatewayError('PROVIDER_UNAVAILABLE', message, { provider, retryable: true, delivery, cause });
}
