import { describe, expect, it, onTestFinished } from 'vitest';
import { startControl } from '../../src/sandbox/control.ts';
import { parseFault, readFault } from '../../src/sandbox/fault-text.ts';
import { at, list, sandboxFor, send } from './support.ts';

async function steered() {
  const sandbox = await sandboxFor({ customers: 20 });
  const control = await startControl(sandbox);
  onTestFinished(() => control.close());
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send(control, method, path, headers, body === undefined ? undefined : JSON.stringify(body));
  return { sandbox, ask };
}

const lemon = { authorization: 'Bearer dl_test_0f5bd3ef2c6a41b8', 'content-type': 'application/json' };

describe('the control server', () => {
  it('orders a fault and takes it back', async () => {
    const { sandbox, ask } = await steered();
    const octobat = sandbox.provider('octobat');
    const ordered = await ask('POST', '/faults', { provider: 'octobat', kind: 'status', status: 503, times: 2 });
    expect([ordered.status, ordered.json]).toEqual([201, [{ kind: 'status', status: 503, times: 2 }]]);
    expect((await send(octobat, 'GET', '/customers')).status).toBe(503);
    expect((await ask('DELETE', '/faults?provider=octobat')).json).toEqual(['octobat']);
    expect((await send(octobat, 'GET', '/customers')).status).toBe(401);
  });

  it('tells what was received, and forgets it', async () => {
    const { sandbox, ask } = await steered();
    await send(sandbox.provider('octobat'), 'GET', '/customers?limit=1');
    expect(at((await ask('GET', '/calls?provider=octobat')).json, 'octobat')).toMatchObject([
      { method: 'GET', path: '/customers', query: { limit: '1' }, status: 401 },
    ]);
    await ask('DELETE', '/calls');
    expect(at((await ask('GET', '/calls')).json, 'octobat')).toEqual([]);
  });

  it('shows the code that arrived on the phone', async () => {
    const { sandbox, ask } = await steered();
    const body = JSON.stringify({ unconfirmed_phone_number: '+14185810827', country_code: 'CA' });
    await send(sandbox.provider('dirty-lemon'), 'POST', '/v1/customers', lemon, body);
    expect((await ask('GET', '/dirty-lemon/tokens')).json).toMatchObject([
      { phone_number: '+14185810827', confirmation_token: '152200' },
    ]);
    expect((await ask('GET', '/messages')).json).toMatchObject([{ to: '+14185810827', text: '152200' }]);
    await ask('POST', '/reset');
    expect((await ask('GET', '/dirty-lemon/tokens')).json).toEqual([]);
    expect((await send(sandbox.provider('dirty-lemon'), 'GET', '/dirty-lemon/tokens', lemon)).status).toBe(404);
  });

  it('knows who is who and what it can be asked', async () => {
    const { sandbox, ask } = await steered();
    expect(list((await ask('GET', '/truth')).json).length).toBeGreaterThan(20);
    const ids = list(at((await ask('GET', '/')).json, 'providers')).map((one) => at(one, 'id'));
    expect(ids).toEqual(sandbox.providers.map(({ id }) => id));
    expect((await ask('GET', '/octobat/tokens')).status).toBe(404);
  });

  it.each([
    [{ kind: 'html' }, 'A fault needs its provider'],
    [{ provider: 'acme', kind: 'html' }, expect.stringMatching(/^No provider acme in this sandbox: /)],
    [
      { provider: 'octobat', kind: 'toString' },
      expect.stringMatching(/^No fault is called toString; there are status, /),
    ],
    [{ provider: 'octobat', kind: 'status' }, 'The fault status needs status'],
    [{ provider: 'octobat', kind: 'status', status: '503' }, 'status of the fault status must be a number'],
    [{ provider: 'octobat', kind: 'html', colour: 1 }, expect.stringMatching(/^The fault html has no colour/)],
    [
      { provider: 'octobat', kind: 'reset', when: 'never' },
      'when of the fault reset must be one of reading, answer, headers, body',
    ],
  ])('refuses %j', async (body, error) => {
    const { ask } = await steered();
    const refused = await ask('POST', '/faults', body);
    expect([refused.status, refused.json]).toEqual([400, { error }]);
  });

  it('listens to no web page', async () => {
    const { sandbox, ask } = await steered();
    const fault = { provider: 'octobat', kind: 'html' };
    expect((await ask('POST', '/faults', fault, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask('POST', '/faults', fault, { host: 'evil.example' })).status).toBe(403);
    expect(sandbox.provider('octobat').faults).toEqual([]);
  });
});

describe('a fault in words', () => {
  it.each([
    ['html', { kind: 'html' }],
    ['status=503,method=GET,times=2', { kind: 'status', status: 503, method: 'GET', times: 2 }],
    ['reset=body,afterCommit', { kind: 'reset', when: 'body', afterCommit: true }],
    ['redirect=http://127.0.0.1:1/?a=b', { kind: 'redirect', to: 'http://127.0.0.1:1/?a=b' }],
    ['json=[]', { kind: 'json', body: [] }],
    ['delay=400,route=/customers/:id', { kind: 'delay', ms: 400, route: '/customers/:id' }],
  ])('"%s" is read', (text, fault) => {
    expect(parseFault(text)).toEqual(fault);
  });

  it.each(['', 'mutate', 'delay', 'delay=soon', 'html=x', 'bom=1', 'status=503,tims=2'])('"%s" is refused', (text) => {
    expect(() => parseFault(text)).toThrow();
  });

  it('is an object', () => {
    for (const value of [null, 'html', ['html']])
      expect(() => readFault(value)).toThrow('A fault is an object with a kind');
  });
});
