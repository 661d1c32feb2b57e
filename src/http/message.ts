import { GatewayError } from '../errors.ts';
import type { ProviderRequest } from './transport.ts';

/** A request in undici's words. */
export interface Message {
  readonly path: string;
  readonly method: ProviderRequest['method'];
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** Puts a request into undici's words. The path is checked once more here: an invalid one costs undici's pool a slot for good. */
export function toMessage(
  request: ProviderRequest,
  prefix: string,
  headers: Readonly<Record<string, string>>,
  provider: string,
): Message {
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
