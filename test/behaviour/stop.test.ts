import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type RunningSandbox, type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { startGate } from '../support/gate.ts';
import { type Program, runCommand } from '../support/program.ts';
import { openRaw, type RawConnection, sendRaw } from '../support/raw.ts';
import { merge } from '../support/store.ts';

/** How the process ends: what runs is answered, what is new is refused, and what was written is noted. */

const OCTOBAT_ID = 'oc_cu_1421878635hksc26e4de79';
const READ = `{ customerByProviderId(provider: OCTOBAT, providerId: "${OCTOBAT_ID}") { octobat { name } } }`;
const CREATE = `mutation { createCustomer(input: { providers: [OCTOBAT], companyName: "Lovelace", email: "ada@example.com", address: { country: "NL" } }) {
  customer { id } errors { code } } }`;

let sandbox: Sandbox;
let octobat: RunningSandbox;
const folder = mkdtempSync(join(tmpdir(), 'clientele-stop-'));
beforeAll(async () => {
  sandbox = await startSandbox({ customers: 0, providers: ['octobat'] });
  octobat = sandbox.provider('octobat');
});
afterEach(() => sandbox.reset());
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly program: Program;
  readonly url: URL;
  readonly database: string;
}

async function start(environment: Record<string, string> = {}): Promise<Started> {
  const database = join(mkdtempSync(join(folder, 'run-')), 'clientele.db');
  const program = runCommand(['start'], {
    folder,
    environment: {
      ...sandbox.env,
      AUTH: 'none',
      PORT: '0',
      LOG_LEVEL: 'error',
      SYNC_INTERVAL: '0',
      DATABASE_URL: `file:${database}`,
      ...environment,
    },
  });
  const { url } = await program.ready();
  return { program, url: new URL(url), database };
}

const post = ({ host }: URL, query: string): string => {
  const body = JSON.stringify({ query });
  return `POST /graphql HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};
const get = ({ host }: URL, path: string): string => `GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`;

/** A connection that was in use and may go on. */
async function kept(url: URL): Promise<RawConnection> {
  const connection = await openRaw(url);
  connection.socket.write(get(url, '/health/ready'));
  await connection.until(/ready\n$/);
  return connection;
}

/** Resolves when nobody can connect any more. */
async function refused(url: URL): Promise<void> {
  for (;;) {
    const socket = connect({ host: url.hostname, port: Number(url.port) });
    const error = await Promise.race([once(socket, 'connect'), once(socket, 'error').catch(String)]).catch(
      (thrown) => thrown,
    );
    socket.destroy();
    if (error instanceof Error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/ECONNREFUSED|ECONNRESET/) });
      return;
    }
  }
}

it.each(['SIGTERM', 'SIGINT'] as const)(
  'on %s answers what runs, refuses what is new, and leaves everything in order',
  async (signal) => {
    const gate = await startGate(octobat);
    onTestFinished(() => gate.close());
    const { program, url, database } = await start({ OCTOBAT_URL: gate.url });
    const [slow, idle, half] = [await kept(url), await kept(url), await kept(url)];
    half.socket.write(get(url, '/health/ready').slice(0, -2));
    slow.socket.write(post(url, READ));
    await gate.arrived(1);

    program.child.kill(signal);
    await refused(url);
    expect(await idle.closed).toMatch(/ready\n$/);
    half.socket.write('\r\n');
    expect((await half.closed).split('ready\n')[1]).toMatch(
      /^HTTP\/1\.1 503 .*connection: close.*\r\n\r\nstopping\n$/is,
    );
    gate.open();
    expect((await slow.closed).split('ready\n')[1]).toMatch(
      /^HTTP\/1\.1 200 .*connection: close.*\r\n\r\n\{"data":\{"customerByProviderId":\{"octobat":\{"name":/is,
    );

    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.stderr()).toBe('');
    const next = createServer().listen(Number(url.port), url.hostname);
    await once(next, 'listening');
    next.close();
    expect(existsSync(database)).toBe(true);
    expect(existsSync(`${database}-wal`)).toBe(false);
    await openSqliteStore(database, merge).close();
  },
);

it('notes down what a write made, though its client has hung up', async () => {
  const gate = await startGate(octobat);
  onTestFinished(() => gate.close());
  const { program, url, database } = await start({ OCTOBAT_URL: gate.url });
  const client = await openRaw(url);
  client.socket.write(post(url, CREATE));
  await gate.arrived(1);
  client.socket.destroy();
  await client.closed;
  program.child.kill('SIGTERM');
  await refused(url);
  gate.open();
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.stderr()).toBe('');
  const store = openSqliteStore(database, merge);
  expect(await store.count('octobat')).toBe(1);
  await store.close();
});

it.each([
  ['SIGTERM', 'SIGINT'],
  ['SIGINT', 'SIGINT'],
] as const)('ends at once on a second signal: %s, then %s', async (first, second) => {
  const { program, url } = await start({ OPERATION_DEADLINE_MS: '600000', PROVIDER_TIMEOUT_MS: '600000' });
  octobat.fault({ kind: 'silent' });
  const client = await openRaw(url);
  client.socket.write(post(url, READ));
  await octobat.received(1);
  program.child.kill(first);
  await refused(url);
  program.child.kill(second);
  expect(await program.ended).toEqual({ code: null, signal: second });
});

it('says for a while that it is stopping before it does, and takes whoever comes meanwhile', async () => {
  const { program, url } = await start({ STOP_DELAY_MS: '600000' });
  program.child.kill('SIGTERM');
  await expect.poll(() => sendRaw(url, get(url, '/health/ready')), { timeout: 10_000 }).toMatch(/^HTTP\/1\.1 503 /);
  expect(await sendRaw(url, post(url, READ))).toMatch(/^HTTP\/1\.1 200 .*\{"octobat":\{"name":/is);
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual({ code: null, signal: 'SIGTERM' });
});

it('stops by itself when that while is over', async () => {
  const { program } = await start({ STOP_DELAY_MS: '1' });
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual({ code: 0, signal: null });
});

it('does not wait for a connection on which nobody asks', async () => {
  const { program, url } = await start({ OPERATION_DEADLINE_MS: '600000' });
  const ready = await openRaw(url);
  program.child.kill('SIGTERM');
  expect(await ready.closed).toBe('');
  expect(await program.ended).toEqual({ code: 0, signal: null });
});

it('waits for nobody longer than an operation may take', async () => {
  const { program, url } = await start({ OPERATION_DEADLINE_MS: '300' });
  octobat.fault({ kind: 'silent' });
  const [asking, dawdling] = [await openRaw(url), await openRaw(url)];
  asking.socket.write(post(url, READ));
  dawdling.socket.write(post(url, READ).slice(0, -10));
  await octobat.received(1);
  program.child.kill('SIGTERM');
  expect(await asking.closed).toContain('DEADLINE_EXCEEDED');
  expect(await dawdling.closed).not.toContain('200 OK');
  expect(await program.ended).toEqual({ code: 0, signal: null });
});
