import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GatewayError } from '../errors.ts';
import { parseJson, problemOfStatus, retryAfterMs } from './answer.ts';

const parse = (text: string | Uint8Array) => parseJson('acme', typeof text === 'string' ? Buffer.from(text) : text);
const untrusted = expect.objectContaining({ code: 'PROVIDER_BAD_RESPONSE', delivery: 'unknown', retryable: false });

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}

describe('parseJson', () => {
  it('gives back whatever is JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        // A key named __proto__ is refused, and JSON has no -0.
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        expect(parse(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('ignores a byte order mark at the start, and only there', () => {
    expect(parse('\uFEFF{"a":1}')).toEqual({ a: 1 });
    expect(thrownBy(() => parse('{\uFEFF"a":1}'))).toEqual(untrusted);
  });

  it.each([
    ['nothing', ''],
    ['blanks', '  \n'],
    ['a web page', '<!doctype html><h1>password=hunter2</h1>'],
    ['NaN', '{"a":NaN}'],
    ['Infinity', '[Infinity]'],
    ['half of it', '{"a":"hunter2'],
    ['two values', '{"a":1}{"b":2}'],
    ['a comma too many', '{"a":1,}'],
    ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
    ['UTF-16', Buffer.from('\uFEFF{"a":1}', 'utf16le')],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['20,000 levels of lists', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['20,000 levels of objects', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
    ['200,000 levels that never close', '['.repeat(200_000)],
    ['200,001 values', `[${'0,'.repeat(199_999)}0]`],
    ['4 MB of lists', `[${'[],'.repeat(1_398_000)}0]`],
    ['4 MB of names', `{${'"hunter2":0,'.repeat(330_000)}"x":1e400}`],
    ['__proto__ as a key', '{"__proto__":{"polluted":true}}'],
    ['__proto__ deep inside', '{"a":[{"b":{"__proto__":null}}]}'],
    ['__proto__ in disguise', '{"\\u005f_proto__":1}'],
  ])('refuses %s, and quotes nothing of it', (_, text) => {
    const problem = thrownBy(() => parse(text));
    expect(problem).toEqual(untrusted);
    expect(String((problem as GatewayError).message)).not.toMatch(/hunter2|proto|html/);
    expect({}).not.toHaveProperty('polluted');
  });

  it('takes 200,000 values, and does not dwell on them', () => {
    const startedAt = performance.now();
    expect(parse(`[${'0,'.repeat(199_998)}0]`)).toHaveLength(199_999);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('takes 32 levels, and keys that only look dangerous', () => {
    expect(parse(`${'['.repeat(32)}${']'.repeat(32)}`)).toBeInstanceOf(Array);
    expect(parse(`${'['.repeat(32)}1e400${']'.repeat(32)}`)).toBeInstanceOf(Array);
    const value = parse('{"constructor":{"prototype":{"polluted":true}},"toString":1}');
    expect(value).toHaveProperty('toString', 1);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-10-21T07:28:00Z');
  it.each([
    ['0', 0],
    ['7', 7_000],
    ['3600', 3_600_000],
    ['86400', 3_600_000],
    ['1000000000', 3_600_000],
    ['9999999999', 3_600_000],
    ['99999999999', undefined],
    ['1e9', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['', undefined],
    [' 7', undefined],
    ['soon', undefined],
    ['next Tuesday 3', undefined],
    ['in 5 minutes', undefined],
    ['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
    ['Wed, 21 Oct 2026 07:27:00 GMT', 0],
    ['Wednesday, 21-Oct-26 07:28:30 GMT', 30_000],
    ['Wed, 21 Oct 2099 07:28:00 GMT', 3_600_000],
    ['Wed, 45 Foo 2026 07:28:30 GMT', undefined],
    [undefined, undefined],
    [['1', '2'], undefined],
  ])('reads %j as %s ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });

  it('is between nothing and an hour, whatever it says', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.date().map(String), fc.integer().map(String)), (header) => {
        const ms = retryAfterMs(header, now) ?? 0;
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(3_600_000);
      }),
    );
  });
});

describe('what a status stands for', () => {
  it.each([
    [200, 'GET', null],
    [201, 'POST', null],
    [204, 'GET', null],
    [404, 'GET', null],
    [301, 'GET', ['PROVIDER_BAD_RESPONSE', 'unknown', false]],
    [302, 'POST', ['PROVIDER_BAD_RESPONSE', 'unknown', false]],
    [304, 'GET', ['PROVIDER_BAD_RESPONSE', 'unknown', false]],
    [307, 'PUT', ['PROVIDER_BAD_RESPONSE', 'unknown', false]],
    [400, 'GET', ['PROVIDER_REJECTED', 'refused', false]],
    [401, 'GET', ['PROVIDER_AUTH_FAILED', 'refused', false]],
    [403, 'POST', ['PROVIDER_AUTH_FAILED', 'refused', false]],
    [404, 'PUT', ['PROVIDER_REJECTED', 'refused', false]],
    [405, 'PATCH', ['PROVIDER_REJECTED', 'refused', false]],
    [408, 'POST', ['PROVIDER_UNAVAILABLE', 'unknown', true]],
    [409, 'POST', ['PROVIDER_REJECTED', 'refused', false]],
    [422, 'POST', ['PROVIDER_REJECTED', 'refused', false]],
    [429, 'POST', ['PROVIDER_RATE_LIMITED', 'refused', true]],
    [500, 'GET', ['PROVIDER_UNAVAILABLE', 'unknown', true]],
    [502, 'POST', ['PROVIDER_UNAVAILABLE', 'unknown', true]],
    [503, 'POST', ['PROVIDER_UNAVAILABLE', 'unknown', true]],
    [504, 'PUT', ['PROVIDER_UNAVAILABLE', 'unknown', true]],
    [599, 'GET', ['PROVIDER_UNAVAILABLE', 'unknown', true]],
  ] as const)('%i to a %s: %j', (status, method, expected) => {
    const problem = problemOfStatus('acme', method, status, { 'retry-after': '2' }, 0);
    expect(problem && [problem.code, problem.delivery, problem.retryable]).toEqual(expected);
    if (problem?.retryable) expect(problem.retryAfterMs).toBe(2_000);
  });
});
