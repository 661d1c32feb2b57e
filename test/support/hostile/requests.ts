import fc from 'fast-check';
import { edited, edits, type Source } from './documents.ts';
import { edited as changed, fraction, pick, wildEdits } from './values.ts';

/** Requests as nobody in their right mind sends them, and what must come of each. */

export interface HostileRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** null: it has none. */
  readonly body: Buffer | null;
}

/** Longer addresses are refused by Node, all alike. */
const LONGEST_QUERY = 10_000;

/** The same in an address; what is cut in the middle of a character is no character any more. */
function inAddress(body: Buffer): string {
  const given = Object.entries(parsed(body)).filter(([, value]) => value !== null);
  const parameters = new URLSearchParams(
    given.map(([name, value]) => [name, typeof value === 'string' ? value : String(JSON.stringify(value))]),
  );
  return `/graphql?${String(parameters).slice(0, LONGEST_QUERY)}`;
}

function parsed(body: Buffer): Record<string, unknown> {
  try {
    return Object(JSON.parse(body.toString()));
  } catch {
    return { query: body.toString('latin1') };
  }
}

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  accept: [
    '*/*',
    'application/json',
    'text/event-stream',
    'text/html',
    'application/json;q=x',
    ';;,,',
    `${'a/b,'.repeat(900)}*/*;q=0.1`,
    'application/graphql-response+json;q=1e9',
  ],
  'content-type': [
    '',
    'application/json; charset=utf-8',
    'application/json;charset=utf-16',
    'text/plain',
    'application/json'.repeat(9),
    'multipart/form-data',
  ],
  authorization: [
    '',
    'Bearer',
    'Bearer ',
    `Bearer ${'x'.repeat(8_000)}`,
    'Basic eDp5',
    'Bearer a.b.c',
    'bearer __proto__',
    'Bearer \xff',
    'Bearer eyJhbGciOiJub25lIn0.eyJzY29wZSI6IioifQ.',
  ],
  'cache-control': [
    'no-cache',
    'max-age=-1',
    'max-age=1e9',
    `max-age=${'9'.repeat(400)}`,
    'max-age=NaN',
    'no-cache=x',
    ','.repeat(5_000),
    'max-age="0"',
  ],
  'x-request-id': ['', 'x'.repeat(129), '<script>', '\xe9', '__proto__', '{"a":1}', 'a b'],
  'last-event-id': ['', '0', '-1', '__proto__', 'x'.repeat(8_000), 'AAAA', '9007199254740993'],
  traceparent: [
    '',
    '00-0-0-0',
    `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`,
    `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    `00-${'a'.repeat(32)}-${'b'.repeat(16)}-zz`,
    'x'.repeat(8_000),
  ],
  origin: ['null', 'https://evil.example', '\xff', 'http://'],
  'content-encoding': ['gzip', 'identity'],
  cookie: ['a=b'.repeat(3_000)],
};

const BODIES: readonly ((body: Buffer, where: number) => Buffer)[] = [
  (body, where) => body.subarray(0, Math.floor(where * body.length)),
  (body) => Buffer.concat([body, body]),
  (body) => Buffer.concat([Buffer.from('['), body, Buffer.from(']')]),
  (body) => Buffer.concat([Buffer.from('\ufeff'), body]),
  (body, where) => {
    const copy = Buffer.from(body);
    copy[Math.floor(where * copy.length)] = Math.floor(where * 256);
    return copy;
  },
  (_, where) =>
    Buffer.from(
      pick(
        ['', 'null', '{}', '"', '{"query":1}', '{"query":null}', '{"__proto__":{"query":"{a}"}}', 'NaN', '[]'],
        where,
      ),
    ),
  (_, where) => Buffer.from(`${'['.repeat(where * 200_000)}1`),
  (body, where) =>
    Buffer.concat([
      body.subarray(0, -1),
      Buffer.from(`,"query":"{ __typename }","x":${'{"a":'.repeat(where * 100_000)}`),
    ]),
  (body) => Buffer.concat([body, Buffer.alloc(1_100_000, ' ')]),
];

/** null, but for one in so many. */
const oneIn = <Value>(many: number, value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.oneof({ weight: many - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });

/** @param sent what every request carries, unless it is that which is spoilt */
export const hostileRequests = (
  from: readonly Source[],
  sent: Readonly<Record<string, string>>,
): fc.Arbitrary<HostileRequest> =>
  fc
    .noBias(
      fc.record({
        source: fc.constantFrom(...from),
        document: fc.oneof(fc.constant([]), fc.constant([]), edits(1), edits(1), edits(5)),
        variables: oneIn(3, wildEdits(4)),
        header: oneIn(5, fc.tuple(fc.constantFrom(...Object.keys(HEADERS)), fraction)),
        body: oneIn(7, fc.tuple(fraction, fraction)),
        wrapped: oneIn(10, wildEdits(2)),
        isGet: oneIn(8, fc.constant(true)),
      }),
    )
    .map(({ source, document, variables, header, body, wrapped, isGet }) => {
      const own = variables ? variables.reduce(changed, source.variables as unknown) : source.variables;
      const whole = { query: edited(source.query, document), variables: own, operationName: null, extensions: {} };
      const right = Buffer.from(JSON.stringify(wrapped ? wrapped.reduce(changed, whole as unknown) : whole) ?? '');
      const bytes = body ? pick(BODIES, body[0])(right, body[1]) : right;
      return {
        ...(isGet
          ? { method: 'GET', path: inAddress(bytes), body: null }
          : { method: 'POST', path: '/graphql', body: bytes }),
        headers: { ...sent, ...(header && { [header[0]]: pick(HEADERS[header[0]] ?? [], header[1]) }) },
      };
    });
