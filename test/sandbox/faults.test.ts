import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/sandbox/sandbox.ts';
import { at, bare, documented, providerFor, send } from './support.ts';

const headers = { authorization: `Basic ${Buffer.from('oc_test_skey_tkHCYYOUVrYyY5rBFZxNzgtt:').toString('base64')}` };
const path = '/customers/oc_cu_1421878635hksc26e4de79';
const right = JSON.stringify(documented('octobat-retrieve-response'));
const raw = [
  `GET ${path} HTTP/1.1`,
  'Host: octobat',
  `Authorization: ${headers.authorization}`,
  'Connection: close',
  '',
  '',
];

/** What one fault makes of reading the document's customer, down to the bytes. */
async function struck(fault: Fault) {
  const octobat = await providerFor('octobat');
  const handle = octobat.fault(fault);
  const got = await bare(octobat, raw);
  expect(handle.hits).toBe(1);
  expect(octobat.calls).toMatchObject([{ path, fault: fault.kind }]);
  const [head = '', body = ''] = got.text.split('\r\n\r\n');
  return { ...got, head: head.toLowerCase(), body, octobat };
}

describe('an answer that is not the right one', () => {
  it('has any status, body and headers', async () => {
    const body = { error: 'slow down' };
    const { head, body: text } = await struck({ kind: 'status', status: 429, body, headers: { 'retry-after': '7' } });
    expect(head).toMatch(/^http\/1.1 429 /);
    expect(head).toContain('retry-after: 7');
    expect(text).toBe(JSON.stringify(body));
  });

  it('is a web page with 200', async () => {
    const { head, body } = await struck({ kind: 'html' });
    expect(head).toMatch(/^http\/1.1 200 [\s\S]*content-type: text\/html/);
    expect(body).toMatch(/^<!doctype html>/);
  });

  it('is empty, with 200 or 204', async () => {
    expect(await struck({ kind: 'empty' })).toMatchObject({
      head: expect.stringMatching(/^http\/1.1 200 [\s\S]*content-length: 0/),
      body: '',
    });
    expect((await struck({ kind: 'empty', status: 204 })).head).not.toContain('content-length');
  });

  it('leads elsewhere', async () => {
    const { head } = await struck({ kind: 'redirect', to: 'http://127.0.0.1:1/evil' });
    expect(head).toMatch(/^http\/1.1 302 [\s\S]*location: http:\/\/127.0.0.1:1\/evil/);
  });

  it('is other JSON, or the right one changed', async () => {
    expect((await struck({ kind: 'json', body: [1] })).body).toBe('[1]');
    const { body } = await struck({ kind: 'mutate', change: (json) => ({ ...Object(json), name: 7 }) });
    expect(JSON.parse(body)).toEqual({ ...Object(documented('octobat-retrieve-response')), name: 7 });
  });

  it('is another customer’s', async () => {
    expect(at(JSON.parse((await struck({ kind: 'wrongId', as: 'oc_cu_other' })).body), 'id')).toBe('oc_cu_other');
    expect(at(JSON.parse((await struck({ kind: 'wrongId' })).body), 'id')).toBe('oc_cu_1421878635hksc26e4de70');
  });

  it('keeps a number a number under a wrong id', async () => {
    const cycle = await providerFor('cycle-software');
    cycle.fault({ kind: 'wrongId' });
    const got = await send(cycle, 'GET', '/api/v1/customers/1006.json', {
      authorization: 'Basic VXNlcm5hbWU6UGFzc3dvcmQ=',
    });
    expect(at(got.json, 'customer_id')).toBe(1007);
  });

  it.each([
    ['cycle-software', { error: true, error_message: 'no' }],
    ['onboard-flow', { success: false, error: 'no' }],
    ['octobat', { error: 'no' }],
  ])('says in a 200, as %s would, that it failed', async (id, expected) => {
    const provider = await providerFor(id);
    provider.fault({ kind: 'error200', message: 'no' });
    const got = await send(provider, 'GET', '/');
    expect([got.status, got.json]).toEqual([200, expected]);
  });

  it.each(['invalidJson', 'nan'] as const)('is no JSON: %s', async (kind) => {
    const { body } = await struck({ kind });
    expect(body.slice(0, 40)).toBe(right.slice(0, 40));
    expect(() => JSON.parse(body)).toThrow();
    if (kind === 'nan') expect(body).toContain('NaN');
  });

  it('begins with a byte order mark', async () => {
    const { bytes, body } = await struck({ kind: 'bom' });
    expect(bytes.includes(Buffer.from([0xef, 0xbb, 0xbf]))).toBe(true);
    expect(body).toBe(`\uFEFF${right}`);
  });

  it('is nested twenty thousand deep', async () => {
    const { body } = await struck({ kind: 'nested' });
    expect(body).toMatch(/^\[{20000}\]{20000}$/);
  });

  it('has the keys that pollute', async () => {
    const { body } = await struck({ kind: 'proto' });
    expect(Object.keys(JSON.parse(body))).toEqual(expect.arrayContaining(['__proto__', 'constructor', 'id']));
  });

  it('has other headers, or lacks one', async () => {
    const cycle = await providerFor('cycle-software');
    cycle.fault({
      kind: 'headers',
      headers: { 'x-ratelimit-minutely-remaining': '0', 'x-ratelimit-daily-reset': null },
    });
    const credentials = { authorization: 'Basic VXNlcm5hbWU6UGFzc3dvcmQ=' };
    const got = await send(cycle, 'GET', '/api/v1/customers/1006.json', credentials);
    expect(got.headers).toMatchObject({ 'x-ratelimit-minutely-remaining': '0', 'x-ratelimit-daily-limit': '15000' });
    expect(got.headers).not.toHaveProperty('x-ratelimit-daily-reset');
    expect(got.json).toEqual(documented('cycle-software-get-response'));
  });

  it('has a hundred big headers', async () => {
    const { head, body } = await struck({ kind: 'bigHeaders' });
    expect(head.length).toBeGreaterThan(100_000);
    expect(body).toBe(right);
  });

  it('is five megabytes of valid JSON', async () => {
    const { bytes } = await struck({ kind: 'huge' });
    expect(bytes.length).toBeGreaterThan(5 * 1_048_576);
  });

  it('is a small body that unpacks to a large one', async () => {
    const { bytes, head } = await struck({ kind: 'gzip', megabytes: 20 });
    expect(head).toContain('content-encoding: gzip');
    expect(bytes.length).toBeLessThan(100_000);
    const octobat = await providerFor('octobat');
    octobat.fault({ kind: 'gzip', megabytes: 3 });
    const packed = await fetch(`${octobat.url}${path}`, { headers });
    expect((await packed.text()).length).toBeGreaterThan(3 * 1_048_576);
  });
});

describe('an answer that does not come whole', () => {
  it('promises more than it sends', async () => {
    const { head, body } = await struck({ kind: 'truncated' });
    expect(head).toContain(`content-length: ${right.length}`);
    expect(body).toBe(right.slice(0, Math.ceil(right.length / 2)));
  });

  it('ends in the middle of its chunks', async () => {
    const { head, body } = await struck({ kind: 'truncated', how: 'chunk' });
    expect(head).toContain('transfer-encoding: chunked');
    expect(body).not.toContain('\r\n0\r\n');
    expect(body).toContain(right.slice(0, 100));
  });

  it('is cut without a length, which no client can notice by itself', async () => {
    const { head, body } = await struck({ kind: 'truncated', how: 'close' });
    expect(head).not.toMatch(/content-length|chunked/);
    expect(body).toBe(right.slice(0, Math.ceil(right.length / 2)));
  });

  it.each([
    ['reading', ''],
    ['answer', ''],
    ['headers', `content-length: ${right.length}`],
    ['body', `content-length: ${right.length}`],
  ] as const)('is reset: %s', async (when, seen) => {
    const { head, body, end } = await struck({ kind: 'reset', when });
    expect(end).toBe('reset');
    expect(head).toContain(seen);
    expect(body).toBe(when === 'body' ? right.slice(0, Math.ceil(right.length / 2)) : '');
  });

  it('never comes, and its call counts as in flight until the client hangs up', async () => {
    const octobat = await providerFor('octobat');
    octobat.fault({ kind: 'silent' });
    const stopped = new AbortController();
    const call = fetch(`${octobat.url}${path}`, { headers, signal: stopped.signal });
    await octobat.received(1);
    expect([octobat.inFlight, octobat.calls[0]?.status]).toEqual([1, null]);
    stopped.abort();
    await expect(call).rejects.toThrow();
  });

  it('stalls after its headers', async () => {
    const octobat = await providerFor('octobat');
    octobat.fault({ kind: 'stallAfterHeaders' });
    const response = await fetch(`${octobat.url}${path}`, { headers });
    expect([response.status, response.headers.get('content-length')]).toEqual([200, String(right.length)]);
    await octobat.close();
    await expect(response.text()).rejects.toThrow();
  });

  it('drips, a byte at a time', async () => {
    const octobat = await providerFor('octobat');
    octobat.fault({ kind: 'drip', ms: 1 });
    const response = await fetch(`${octobat.url}${path}`, { headers });
    const sizes: number[] = [];
    for await (const part of response.body ?? []) sizes.push(part.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(right.length);
    expect(sizes.length).toBeGreaterThan(right.length / 20);
  });

  it('comes late, but right', async () => {
    expect((await struck({ kind: 'delay', ms: 1 })).body).toBe(right);
  });

  it('comes, and the connection is gone behind it', async () => {
    const octobat = await providerFor('octobat');
    octobat.fault({ kind: 'dropAfter' });
    const kept = raw.filter((line) => line !== 'Connection: close');
    const { text } = await bare(octobat, kept);
    expect(text.toLowerCase()).toContain('connection: keep-alive');
    expect(text).toContain(right);
  });
});
