import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runSandbox } from '../../src/sandbox/command.ts';
import { send } from './support.ts';

/** The command as it runs until it is stopped, and what it has printed. */
function command(...argv: string[]) {
  const stopping = new AbortController();
  const printed = { out: '', err: '' };
  let ready = (): void => {};
  const started = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const ended = runSandbox(argv, {
    stdout: {
      write(text) {
        printed.out += text;
        if (text.includes('# Ready')) ready();
      },
    },
    stderr: {
      write(text) {
        printed.err += text;
      },
    },
    stop: stopping.signal,
  });
  onTestFinished(() => stopping.abort());
  return { printed, started, ended, stop: () => stopping.abort() };
}

describe('npm run sandbox', () => {
  it('prints an .env file, answers, and stops when told', async () => {
    const run = command('--customers', '3', '--fault', 'octobat:status=503,times=1');
    await run.started;
    const lines = run.printed.out.trimEnd().split('\n');
    expect(lines.filter((line) => !/^(#.*|[A-Z_]+=\S+)$/.test(line))).toEqual([]);
    const env = Object.fromEntries(
      lines.filter((line) => !line.startsWith('#')).map((line) => line.split(/=(.*)/).slice(0, 2)),
    );
    expect(Object.keys(env)).toEqual(
      expect.arrayContaining([
        'CYCLE_SOFTWARE_URL',
        'CYCLE_SOFTWARE_USERNAME',
        'CYCLE_SOFTWARE_PASSWORD',
        'DIRTY_LEMON_URL',
        'DIRTY_LEMON_TOKEN',
        'NUTCACHE_URL',
        'NUTCACHE_TOKEN',
        'NUTCACHE_ORGANIZATION_GUID',
        'OCTOBAT_URL',
        'OCTOBAT_API_KEY',
        'ONBOARD_FLOW_URL',
        'ONBOARD_FLOW_TOKEN',
        'ONBOARD_FLOW_SITE_KEY',
      ]),
    );
    expect((await send({ url: env.OCTOBAT_URL }, 'GET', '/customers')).status).toBe(503);
    expect((await send({ url: env.OCTOBAT_URL }, 'GET', '/customers')).status).toBe(401);
    run.stop();
    expect(await run.ended).toBe(0);
    await expect(send({ url: env.OCTOBAT_URL }, 'GET', '/customers')).rejects.toThrow('ECONNREFUSED');
  });

  it('plays the phone that a code arrives on', async () => {
    const run = command('--provider', 'dirty-lemon', '--set', 'dirty-lemon.tokenMinutes=1');
    await run.started;
    const url = /DIRTY_LEMON_URL=(.*)/.exec(run.printed.out)?.[1] ?? '';
    const headers = { authorization: 'Bearer dl_test_0f5bd3ef2c6a41b8', 'content-type': 'application/json' };
    await send(
      { url },
      'POST',
      '/v1/customers',
      headers,
      '{"unconfirmed_phone_number":"+14185810827","country_code":"CA"}',
    );
    expect(run.printed.out).toContain('\n# code for +14185810827: 152200\n');
  });

  it('explains itself', async () => {
    const run = command('--help');
    expect(await run.ended).toBe(0);
    for (const word of ['--customers', '--fault', 'cycle-software', 'stallAfterHeaders', 'POST   /faults']) {
      expect(run.printed.out).toContain(word);
    }
  });

  it.each([
    [['--colour'], "Unknown option '--colour'"],
    [['extra'], 'extra'],
    [['--customers', 'many'], '--customers takes a whole number'],
    [['--port', 'acme=1'], 'No provider is called acme'],
    [['--port', 'octobat=99999'], '--port takes a whole number'],
    [['--fault', 'octobat:sulk'], 'No fault is called sulk'],
    [['--fault', 'acme:html'], 'No provider is called acme'],
    [['--set', 'octobat'], '--set takes ID.NAME=VALUE'],
  ])('refuses %j with a word of help and 2', async (argv, message) => {
    const run = command(...argv);
    expect(await run.ended).toBe(2);
    expect(run.printed.err).toContain(message);
    expect(run.printed.err).toContain('Try --help.');
    expect(run.printed.out).toBe('');
  });

  it.each([
    [['--set', 'octobat.colour=1'], 'The sandbox of octobat has no setting colour: maxLimit'],
    [['--set', 'octobat.maxLimit=x'], 'The setting maxLimit of octobat takes a number'],
    [['--provider', 'octobat', '--fault', 'nutcache:html'], 'No provider nutcache in this sandbox: octobat'],
  ])('says what can’t start with %j', async (argv, message) => {
    const run = command(...argv);
    expect(await run.ended).toBe(1);
    expect(run.printed.err).toContain(message);
  });

  it('leaves nothing running when a port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const address = other.address();
    const run = command('--port', `octobat=${portOf(address)}`);
    expect(await run.ended).toBe(1);
    expect(run.printed.err).toContain('EADDRINUSE');
  });
});

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
