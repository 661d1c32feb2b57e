import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { openRaw } from '../../test/support/raw.ts';
import { closed, connectionsOf } from './closing.ts';

it('waits for who asks while it closes, on a connection that was there, and for nobody who does not', async () => {
  let running = 0;
  const released = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const server = createServer((_, response) => {
    running++;
    void released.promise.then(() => {
      response.setHeader('connection', 'close').end('late');
      running--;
      ended.resolve();
    });
  });
  const connections = connectionsOf(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = { hostname: '127.0.0.1', port: String((server.address() as AddressInfo).port) };
  const [asking, silent] = [await openRaw(url), await openRaw(url)];
  const closing = closed(server, connections, () => ended.promise, 60_000);
  asking.socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await expect.poll(() => running).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 400));
  released.resolve();
  expect(await asking.closed).toMatch(/\r\n\r\n.*late/s);
  expect(await silent.closed).toBe('');
  await closing;
});
