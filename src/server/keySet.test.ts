import { afterEach, expect, it } from 'vitest';
import { type Origin, startOrigin } from '../../test/support/origin.ts';
import { KeySet } from './keySet.ts';

/** How a set of keys is fetched that does not come as it should, and what is told of it. */

const clock = { at: 0, elapsed: () => clock.at };
let origin: Origin;
afterEach(() => origin.close());

function open(fetchMs?: number) {
  const told: string[] = [];
  const url = new URL(`${origin.url}/keys?secret=hunter2`);
  const watcher = { lost: (reason: string) => void told.push(`lost: ${reason}`), back: () => void told.push('back') };
  const keySet = new KeySet(url, clock, watcher, fetchMs);
  const ask = () => keySet.keyOf({ alg: 'ES256', kid: 'a' }).catch(({ code }) => code);
  return { keySet, told, ask };
}

it('an issuer that is silent, or stalls behind its headers or its first bytes, is waited for no longer than may be', async () => {
  for (const begun of [0, 1, 2]) {
    origin = await startOrigin((_, response) => {
      if (begun > 0) response.flushHeaders();
      if (begun > 1) response.write('{"keys":');
    });
    const { told, ask } = open(50);
    expect(await ask()).toBe('UNAVAILABLE');
    expect(told).toEqual(['lost: TimeoutError']);
    if (begun < 2) await origin.close();
  }
});

it('that it can’t be fetched is told once, by a status or a code, and once that it can again', async () => {
  let status = 500;
  origin = await startOrigin((_, response) => void response.writeHead(status).end('{"keys":[]}'));
  const { told, ask } = open();
  for (const now of [500, 403, 200, 200, 302]) {
    status = now;
    await ask();
    clock.at += 30_000;
  }
  expect(told).toEqual(['lost: 500', 'back', 'lost: 302']);
});

it('one that is closed asks no more, and what is under way ends without a word', async () => {
  origin = await startOrigin(() => undefined);
  const { keySet, told, ask } = open();
  const asked = ask();
  while (origin.requests.length === 0) await new Promise(setImmediate);
  keySet.close();
  expect(await asked).toBe('UNAVAILABLE');
  clock.at += 30_000;
  expect(await ask()).toBe('UNAVAILABLE');
  expect([origin.requests.length, told]).toEqual([1, []]);
});

it('each fetch has a connection of its own, which is not kept', async () => {
  origin = await startOrigin((_, response) => void response.end('{"keys":[]}'));
  const { ask } = open();
  await ask();
  clock.at += 30_000;
  await ask();
  while (origin.open > 0) await new Promise(setImmediate);
  expect(origin.connections).toBe(2);
});

it('one that is larger than 256 KiB is not used', async () => {
  const empty = (bytes: number) => `{"keys":[]}${' '.repeat(bytes - 11)}`;
  let bytes = 256 * 1024;
  origin = await startOrigin((_, response) => void response.end(empty(bytes)));
  const { told, ask } = open();
  expect([await ask(), told]).toEqual(['ERR_JWKS_NO_MATCHING_KEY', []]);
  bytes += 1;
  clock.at += 30_000;
  expect([await ask(), told]).toEqual(['UNAVAILABLE', ['lost: TOO_LARGE']]);
});

it('whoever can’t be let in for want of it is told when it is fetched again, and not to come at once', async () => {
  origin = await startOrigin((_, response) => void response.writeHead(500).end());
  const { keySet } = open();
  const waits = async () => (await keySet.keyOf({ alg: 'ES256' }).catch((error) => error)).retryAfterMs;
  expect(await waits()).toBe(30_000);
  clock.at += 20_000;
  expect(await waits()).toBe(10_000);
  clock.at += 9_900;
  expect(await waits()).toBe(1_000);
});
