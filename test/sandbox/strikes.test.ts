import { describe, expect, it } from 'vitest';
import { at, bare, documented, list, providerFor, send } from './support.ts';

const headers = { authorization: `Basic ${Buffer.from('oc_test_skey_tkHCYYOUVrYyY5rBFZxNzgtt:').toString('base64')}` };
const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
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

describe('which calls a fault strikes', () => {
  it('is told by method, path, route, record, number and patience', async () => {
    const octobat = await providerFor('octobat');
    octobat.fault({ kind: 'status', status: 500, method: 'get', path: '/customers' });
    octobat.fault({ kind: 'status', status: 501, route: '/customers/:id', id: 'oc_cu_other' });
    octobat.fault({ kind: 'status', status: 502, id: path.slice(11), skip: 1, times: 2 });
    const statuses = async (method: string, asked: string, times: number): Promise<number[]> => {
      const seen: number[] = [];
      for (let call = 0; call < times; call++) seen.push((await send(octobat, method, asked, form)).status);
      return seen;
    };
    expect(await statuses('GET', '/customers', 2)).toEqual([500, 500]);
    expect(await statuses('POST', '/customers', 1)).toEqual([422]);
    expect(await statuses('GET', '/customers/oc_cu_other', 1)).toEqual([501]);
    expect(await statuses('GET', path, 5)).toEqual([200, 502, 502, 200, 200]);
  });

  it('knows the customer of a call that has no id in its path', async () => {
    const flow = await providerFor('onboard-flow');
    flow.fault({ kind: 'status', status: 500, id: 'cus_123XYZ' });
    const token = {
      authorization: 'Token e3c0c748fe9b55386eecc07c339ec4099a8b9b0e',
      'content-type': 'application/json',
    };
    const body = JSON.stringify(documented('onboard-flow-create-request'));
    expect((await send(flow, 'POST', '/api/v1/customer/', token, body)).status).toBe(500);
    expect((await send(flow, 'POST', '/api/v1/customer/', token, body.replace('cus_123XYZ', 'cus_9'))).status).toBe(
      200,
    );
  });

  it('can be left to chance, the same chance for the same seed', async () => {
    const outcome = async (seed: number): Promise<number[]> => {
      const octobat = await providerFor('octobat', { seed });
      octobat.fault({ kind: 'status', status: 503, percent: 50 });
      const seen: number[] = [];
      for (let call = 0; call < 30; call++) seen.push((await send(octobat, 'GET', path, headers)).status);
      return seen;
    };
    const first = await outcome(1);
    expect(new Set(first)).toEqual(new Set([200, 503]));
    expect(await outcome(1)).toEqual(first);
    expect(await outcome(2)).not.toEqual(first);
  });

  it('ends when the fault is removed', async () => {
    const octobat = await providerFor('octobat');
    const one = octobat.fault({ kind: 'html' });
    octobat.fault({ kind: 'status', status: 500 });
    expect((await send(octobat, 'GET', path, headers)).status).toBe(200);
    one.remove();
    expect((await send(octobat, 'GET', path, headers)).status).toBe(500);
    octobat.clearFaults();
    expect((await send(octobat, 'GET', path, headers)).text).toBe(right);
    expect(octobat.faults).toEqual([]);
  });
});

describe('a write that is struck', () => {
  const rename = 'name=Renamed';

  it('is not done, unless the fault comes after it', async () => {
    const octobat = await providerFor('octobat');
    const nameNow = async (): Promise<unknown> => at((await send(octobat, 'GET', path, headers)).json, 'name');
    octobat.fault({ kind: 'status', status: 500, method: 'PATCH', times: 1 });
    expect((await send(octobat, 'PATCH', path, form, rename)).status).toBe(500);
    expect(await nameNow()).toBe('Octobat Inc.');
    octobat.fault({ kind: 'reset', method: 'PATCH', times: 1, afterCommit: true });
    await expect(send(octobat, 'PATCH', path, form, rename)).rejects.toThrow();
    expect(await nameNow()).toBe('Renamed');
    expect(octobat.calls.filter((call) => call.method === 'PATCH').map((call) => [call.status, call.body])).toEqual([
      [500, rename],
      [null, rename],
    ]);
  });

  it('is done once where the answer is spoiled', async () => {
    const octobat = await providerFor('octobat');
    octobat.fault({ kind: 'bom', afterCommit: true, times: 1 });
    await send(octobat, 'POST', '/customers', form, 'billing_address_country=FR');
    expect(at((await send(octobat, 'GET', '/customers', headers)).json, 'total_count')).toBe(4);
  });

  it('was never read where the connection breaks before', async () => {
    const octobat = await providerFor('octobat');
    octobat.fault({ kind: 'reset', when: 'reading' });
    await expect(send(octobat, 'PATCH', path, form, rename)).rejects.toThrow();
    expect(octobat.calls).toMatchObject([{ body: '', status: null, fault: 'reset' }]);
  });
});

describe('a provider', () => {
  it('can be gone and come back at the same address', async () => {
    const octobat = await providerFor('octobat');
    await octobat.down();
    await expect(send(octobat, 'GET', path, headers)).rejects.toThrow('ECONNREFUSED');
    await octobat.up();
    expect((await send(octobat, 'GET', path, headers)).text).toBe(right);
  });

  it('remembers its newest calls only, or none', async () => {
    const octobat = await providerFor('octobat', { maxCalls: 2 });
    for (const name of ['a', 'b', 'c']) await send(octobat, 'GET', `/customers/${name}?x=${name}`, headers);
    expect(octobat.calls.map((call) => [call.path, call.query, call.status])).toEqual([
      ['/customers/b', { x: 'b' }, 404],
      ['/customers/c', { x: 'c' }, 404],
    ]);
    const forgetful = await providerFor('octobat', { maxCalls: 0 });
    await send(forgetful, 'GET', path, headers);
    expect(forgetful.calls).toEqual([]);
  });

  it('tells how many calls it had at once', async () => {
    const octobat = await providerFor('octobat');
    octobat.fault({ kind: 'delay', ms: 5 });
    await Promise.all([1, 2, 3].map(() => send(octobat, 'GET', path, headers)));
    expect(octobat.peak).toBe(3);
    octobat.clearCalls();
    expect(list(octobat.calls)).toEqual([]);
  });

  it('answers the next call on the same connection', async () => {
    const octobat = await providerFor('octobat');
    const kept = raw.filter((line) => line !== 'Connection: close').join('\r\n');
    const { text } = await bare(octobat, [kept + raw.join('\r\n')]);
    expect(text.split(right)).toHaveLength(3);
    expect(await octobat.connections()).toBe(0);
  });

  it('is as it was after a reset', async () => {
    const octobat = await providerFor('octobat');
    octobat.fault({ kind: 'html', skip: 5 });
    await send(octobat, 'PATCH', path, form, 'name=Renamed');
    octobat.reset();
    expect([octobat.calls, octobat.faults]).toEqual([[], []]);
    expect((await send(octobat, 'GET', path, headers)).text).toBe(right);
  });
});
