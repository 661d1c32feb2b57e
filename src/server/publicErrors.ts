import { GraphQLError } from 'graphql';
import { providerNames } from '../contract/provider.ts';
import { type ErrorCode, GatewayError } from '../errors.ts';
import { withoutValues } from './withoutValues.ts';

/** Statuses of what was not executed; what was executed is 200 whatever came of it. */
export const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  BAD_USER_INPUT: 400,
  OPERATION_TOO_COMPLEX: 400,
  OPERATION_NOT_TRUSTED: 400,
  REQUEST_TOO_LARGE: 413,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  OVERLOADED: 503,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
  INTERNAL_SERVER_ERROR: 500,
};

/**
 * The one place where an error becomes public: a GatewayError says what it says, GraphQL's own errors keep their words, but for
 * the values in them, and get a code, and anything else is masked; its request id leads to the log.
 * @param code of GraphQL's own errors, where this one has none
 * @param unforeseen told of what is masked
 */
export function publicError(
  error: unknown,
  requestId: string,
  code: ErrorCode,
  unforeseen: (error: unknown) => void,
): GraphQLError {
  const located = error instanceof GraphQLError ? error : null;
  const original = originalOf(error);
  if (original instanceof GatewayError) {
    const { provider, retryable, retryAfterMs } = original;
    return at(located, original.message, {
      code: original.code,
      ...(provider !== undefined && { provider: providerNames(provider).constant }),
      retryable,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      requestId,
    });
  }
  // Without a path no resolver has run: it is the document or its variables that are wrong. With one it is an argument,
  // which has a place in the document; what a resolver's value could not be told as has none.
  if (located && (located.path === undefined || (original instanceof GraphQLError && original.nodes))) {
    const message = withoutValues(located.message, original instanceof Error ? original.message : '');
    return at(located, message, { code: located.extensions.code ?? code, retryable: false, requestId });
  }
  unforeseen(original);
  return at(located, 'Something went wrong here, not with your request. Quote the requestId.', {
    code: 'INTERNAL_SERVER_ERROR',
    retryable: false,
    requestId,
  });
}

/** An error at the place in the document where another stood. */
function at(
  located: GraphQLError | null,
  message: string,
  extensions: Readonly<Record<string, unknown>>,
): GraphQLError {
  return new GraphQLError(message, {
    nodes: located?.nodes ?? null,
    source: located?.source ?? null,
    positions: located?.positions ?? null,
    path: located?.path ?? null,
    extensions,
  });
}

/** What was thrown, without the errors that GraphQL wrapped around it on the way up. */
function originalOf(error: unknown): unknown {
  let original = error;
  while (original instanceof GraphQLError && original.originalError) original = original.originalError;
  return original;
}
