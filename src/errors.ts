/**
 * The error codes of the public contract: every GraphQL error's `extensions.code` and every `ProviderProblem.code` is
 * one of these.
 */
export type ErrorCode =
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'BAD_USER_INPUT'
  | 'REQUEST_TOO_LARGE'
  | 'OPERATION_TOO_COMPLEX'
  | 'OPERATION_NOT_TRUSTED'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'RATE_LIMITED'
  | 'OVERLOADED'
  | 'UNAVAILABLE'
  | 'DEADLINE_EXCEEDED'
  | 'PROVIDER_TIMEOUT'
  | 'PROVIDER_UNAVAILABLE'
  | 'PROVIDER_RATE_LIMITED'
  | 'PROVIDER_AUTH_FAILED'
  | 'PROVIDER_BAD_RESPONSE'
  | 'PROVIDER_REJECTED'
  | 'PROVIDER_NOT_CONFIGURED'
  | 'CAPABILITY_UNSUPPORTED'
  | 'INTERNAL_SERVER_ERROR';

/**
 * How far a call to a provider came. It decides what may be said of a write:
 * - `not-sent`: nothing left this process, the provider can't have acted;
 * - `refused`: the provider answered, and said that it did not do it;
 * - `unknown`: it was sent, and no trustworthy answer came.
 */
export type Delivery = 'not-sent' | 'refused' | 'unknown';

export interface GatewayErrorOptions {
  /** The provider's id (its folder's name). */
  readonly provider?: string;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly delivery?: Delivery;
  /** The provider's HTTP status, where it answered with one. Never leaves the process. */
  readonly status?: number;
  /** What the provider said, for its own client to interpret. Never leaves the process and is never logged. */
  readonly answer?: unknown;
  /** The refusal says that there is such a record already. */
  readonly duplicate?: boolean;
  /** It says nothing of the provider, which was given too little time to answer, or was not asked. */
  readonly saysNothing?: boolean;
  readonly cause?: unknown;
}

/** The one error that is meant to be seen: its message is safe for callers and says what was wrong and what to do. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly provider: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly delivery: Delivery;
  readonly status: number | undefined;
  readonly answer: unknown;
  readonly duplicate: boolean;
  readonly saysNothing: boolean;

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'GatewayError';
    this.code = code;
    this.provider = options.provider;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.delivery = options.delivery ?? 'not-sent';
    this.status = options.status;
    this.answer = options.answer;
    this.duplicate = options.duplicate ?? false;
    this.saysNothing = options.saysNothing ?? false;
  }
}

/** The caller's own mistake, in GraphQL's terms: a malformed id, cursor or argument. */
export const badUserInput = (message: string): GatewayError => new GatewayError('BAD_USER_INPUT', message);

/** Something that a provider, or this way of asking, can't do; `message` says what to do instead. */
export const unsupported = (message: string, provider?: string): GatewayError =>
  new GatewayError('CAPABILITY_UNSUPPORTED', message, provider === undefined ? {} : { provider });

/** An error's code, where it has one: of the system's, such as ENOENT. */
export const systemCodeOf = (thrown: unknown): unknown =>
  thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
