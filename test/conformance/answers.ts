import type { Fault } from '../../src/sandbox/sandbox.ts';

/** A way in which a provider's answer can be wrong, and what must come of it where something is read. */
export interface HostileAnswer {
  readonly name: string;
  readonly fault: Fault;
  /** The codes that it may be told by. */
  readonly codes: readonly string[];
  /** Bounds of `retryAfterMs`; absent: it is null. */
  readonly retryAfterMs?: readonly [number, number];
  /** What is read is asked for again, up to three times. */
  readonly goesAgain?: true;
}

const SECRET_WORDS = { error: 'PANIC at db-7.internal: password=hunter2' };

const untrusted = (name: string, fault: Fault): HostileAnswer => ({ name, fault, codes: ['PROVIDER_BAD_RESPONSE'] });
const status = (code: number, told: string): HostileAnswer => ({
  name: `status ${code}`,
  fault: { kind: 'status', status: code, body: SECRET_WORDS },
  codes: [told],
});
const limited = (name: string, header: string | null, retryAfterMs?: readonly [number, number]): HostileAnswer => ({
  name: `429 with ${name}`,
  fault: { kind: 'status', status: 429, body: 'hunter2', headers: header === null ? {} : { 'retry-after': header } },
  codes: ['PROVIDER_RATE_LIMITED'],
  ...(retryAfterMs && { retryAfterMs }),
});
const passing = (answer: HostileAnswer): HostileAnswer => ({ ...answer, goesAgain: true });
const broken = (name: string, fault: Fault): HostileAnswer => passing({ name, fault, codes: ['PROVIDER_UNAVAILABLE'] });

/**
 * Answers that can't be believed, whatever was asked.
 * @param elsewhere a server that nobody may ever come to
 * @param now in milliseconds since the epoch, as the gateway has it
 */
export const hostileAnswers = (elsewhere: string, now: number): readonly HostileAnswer[] => [
  untrusted('a web page with 200', { kind: 'html' }),
  untrusted('nothing with 200', { kind: 'empty' }),
  untrusted('204', { kind: 'empty', status: 204 }),
  ...[301, 302, 303, 307, 308].map((code) =>
    untrusted(`a redirect to another host (${code})`, { kind: 'redirect', to: `${elsewhere}/hunter2`, status: code }),
  ),
  untrusted('JSON of another shape', { kind: 'json', body: { unexpected: { name: 'hunter2' } } }),
  untrusted('a JSON text', { kind: 'json', body: 'hunter2' }),
  untrusted('JSON null', { kind: 'json', body: null }),
  untrusted('a JSON number', { kind: 'json', body: 42 }),
  untrusted('JSON with a comma too many', { kind: 'invalidJson' }),
  untrusted('NaN', { kind: 'nan' }),
  untrusted('20,000 levels', { kind: 'nested', depth: 20_000 }),
  untrusted('__proto__ as a key', { kind: 'proto' }),
  untrusted('5 MB', { kind: 'huge', megabytes: 5 }),
  untrusted('a gzip bomb', { kind: 'gzip', megabytes: 30 }),
  untrusted('a hundred big headers', { kind: 'bigHeaders', count: 100, size: 1000 }),
  untrusted('half of it, ended by a close', { kind: 'truncated', how: 'close' }),
  broken('half of it, by its length', { kind: 'truncated', how: 'length' }),
  broken('half of it, in a chunk', { kind: 'truncated', how: 'chunk' }),
  ...(['reading', 'answer', 'headers', 'body'] as const).map((when) =>
    broken(`a reset (${when})`, { kind: 'reset', when }),
  ),
  {
    name: 'a failure told in a 200',
    fault: { kind: 'error200', message: 'hunter2' },
    codes: ['PROVIDER_BAD_RESPONSE', 'PROVIDER_REJECTED'],
  },
  ...[400, 405, 409, 410, 418, 422].map((code) => status(code, 'PROVIDER_REJECTED')),
  ...[401, 403].map((code) => status(code, 'PROVIDER_AUTH_FAILED')),
  ...[408, 500].map((code) => status(code, 'PROVIDER_UNAVAILABLE')),
  ...[502, 503, 504].map((code) => passing(status(code, 'PROVIDER_UNAVAILABLE'))),
  limited('seconds', '7', [7_000, 7_000]),
  limited('a date', new Date(now + 60_000).toUTCString(), [0, 60_000]),
  passing(limited('a date that is past', new Date(now - 60_000).toUTCString(), [0, 0])),
  limited('a billion seconds', '1000000000', [3_600_000, 3_600_000]),
  limited('-1', '-1'),
  limited('1e9', '1e9'),
  limited('text', 'when hunter2 is back'),
  limited('nothing', null),
];

/** The ways of never answering in time. */
export const LATE: readonly Fault[] = [
  { kind: 'silent' },
  { kind: 'stallAfterHeaders' },
  { kind: 'drip', ms: 50 },
  { kind: 'delay', ms: 10_000 },
];

/** Strange answers that are the right ones all the same. */
export const HARMLESS: readonly Fault[] = [
  { kind: 'bom' },
  { kind: 'dropAfter' },
  { kind: 'delay', ms: 30 },
  {
    kind: 'headers',
    headers: { 'content-type': 'text/plain', 'retry-after': '7', location: 'http://hunter2.invalid' },
  },
];
