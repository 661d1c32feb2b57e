import fc from 'fast-check';
import { Agent, request } from 'undici';
import { mutatedBody, mutatedDocument, mutatedHeaders, mutatedVariables } from './mutations.ts';

/** Sends what is nearly a request, and says what is wrong with the answer. */

export interface Hostile {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** @param key that lets in */
export const hostileRequest = (key: string): fc.Arbitrary<Hostile> =>
  fc.record({
    headers: mutatedHeaders(key),
    body: mutatedBody(
      fc
        .record({
          query: mutatedDocument,
          variables: mutatedVariables,
          operationName: fc.oneof(
            { weight: 9, arbitrary: fc.constant(null) },
            { weight: 1, arbitrary: fc.constantFrom('CustomerById', '', 7) },
          ),
        })
        .map((body) => JSON.stringify(body)),
    ),
  });

/** The contract’s codes, but for the one that says that something here is wrong. */
const CODES = new Set(
  `GRAPHQL_PARSE_FAILED GRAPHQL_VALIDATION_FAILED BAD_USER_INPUT REQUEST_TOO_LARGE OPERATION_TOO_COMPLEX OPERATION_NOT_TRUSTED
  UNAUTHENTICATED FORBIDDEN RATE_LIMITED OVERLOADED UNAVAILABLE DEADLINE_EXCEEDED PROVIDER_TIMEOUT PROVIDER_UNAVAILABLE
  PROVIDER_RATE_LIMITED PROVIDER_AUTH_FAILED PROVIDER_BAD_RESPONSE PROVIDER_REJECTED PROVIDER_NOT_CONFIGURED
  CAPABILITY_UNSUPPORTED`.split(/\s+/),
);

export interface Outcome {
  readonly status: number;
  /** Not executed. */
  readonly isRefused: boolean;
  readonly tookMs: number;
  /** null: it is as an answer has to be. */
  readonly problem: string | null;
}

const agent = new Agent({ connections: 8, pipelining: 1 });

export async function sendHostile(url: string, { headers, body }: Hostile): Promise<Outcome> {
  const from = performance.now();
  const {
    statusCode: status,
    headers: said,
    body: stream,
  } = await request(url, { method: 'POST', headers, body, dispatcher: agent });
  const type = String(said['content-type']);
  if (type.startsWith('text/event-stream')) {
    stream.on('error', () => undefined).destroy();
    return { status, isRefused: false, tookMs: performance.now() - from, problem: null };
  }
  const text = await stream.text();
  const tookMs = performance.now() - from;
  const problem = said['x-request-id'] === undefined ? 'no request id' : problemOf(status, type, text);
  return { status, isRefused: !text.includes('"data":'), tookMs, problem };
}

function problemOf(status: number, type: string, text: string): string | null {
  if (!type.includes('json')) return status === 406 ? null : `status ${status} as ${type}`;
  const { data, errors = [] } = JSON.parse(text) as { data?: unknown; errors?: { extensions?: { code?: string } }[] };
  if (data === undefined && errors.length === 0) return 'neither data nor errors';
  const wrong = errors.map(({ extensions }) => extensions?.code).find((code) => code === undefined || !CODES.has(code));
  if (wrong !== undefined || errors.some(({ extensions }) => !extensions?.code)) return `the code ${wrong}`;
  return /"code":"INTERNAL"/.test(text) ? 'the code INTERNAL' : null;
}
