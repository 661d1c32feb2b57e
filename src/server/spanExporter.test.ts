import { afterEach, expect, it } from 'vitest';
import { type Collector, startCollector } from '../../test/support/collector.ts';
import { deadPort, startRawOrigin } from '../../test/support/origin.ts';
import { createSpanExporter } from './spanExporter.ts';

/** What becomes of an export whose collector is not well, and what is said of it. */

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function collecting(port?: number): Promise<Collector> {
  const collector = await startCollector(port);
  closing.push(() => collector.close());
  return collector;
}

interface Exporting {
  /** Resolves when an export has ended, to whether it was taken. */
  export(): Promise<boolean>;
  /** What was said of the collector. */
  readonly said: readonly string[];
  cut(): Promise<void>;
}

function exportTo(url: string, exportMs = 3_600_000, headers: Record<string, string> = {}): Exporting {
  const said: string[] = [];
  const exporter = createSpanExporter(
    { url: new URL(url), headers, exportMs },
    { lost: (reason) => said.push(`lost ${reason}`), back: () => said.push('back') },
  );
  closing.push(() => exporter.cut());
  return {
    export: () => new Promise((resolve) => exporter.export([], ({ code }) => resolve(code === 0))),
    cut: () => exporter.cut(),
    said,
  };
}

it('a collector that is dead is told of once, and once when it is there', async () => {
  const port = await deadPort();
  const exporting = exportTo(`http://127.0.0.1:${port}`);
  for (let time = 0; time < 3; time++) expect(await exporting.export()).toBe(false);
  await collecting(port);
  for (let time = 0; time < 3; time++) expect(await exporting.export()).toBe(true);
  expect(exporting.said).toEqual(['lost ECONNREFUSED', 'back']);
});

it('a collector that goes away later is told of once', async () => {
  const collector = await startCollector();
  const exporting = exportTo(collector.url);
  expect(await exporting.export()).toBe(true);
  await collector.close();
  for (let time = 0; time < 3; time++) expect(await exporting.export()).toBe(false);
  expect(exporting.said).toEqual([expect.stringMatching(/^lost [A-Z_]+$/)]);
});

it.each([302, 400, 401, 429, 500, 503])(
  'a collector that answers %d takes nothing, and is told of once',
  async (status) => {
    const collector = await collecting();
    collector.answers((response) =>
      response.writeHead(status, { location: 'http://hunter2.example' }).end('{"message":"hunter2"}'),
    );
    const exporting = exportTo(collector.url);
    for (let time = 0; time < 3; time++) expect(await exporting.export()).toBe(false);
    expect(exporting.said).toEqual([`lost ${status}`]);
    expect(collector.texts).toHaveLength(3);
  },
);

it('a collector that speaks no HTTP is lost as well', async () => {
  const origin = await startRawOrigin((socket) => void socket.end('220 mail.example ESMTP\r\n'));
  closing.push(() => origin.close());
  const exporting = exportTo(origin.url);
  expect(await exporting.export()).toBe(false);
  expect(exporting.said).toEqual(['lost HTTPParserError']);
});

it('a collector that never answers has its time, and no more', async () => {
  const collector = await collecting();
  collector.answers(() => undefined);
  const exporting = exportTo(collector.url, 50);
  for (let time = 0; time < 3; time++) expect(await exporting.export()).toBe(false);
  expect(exporting.said).toEqual(['lost TimeoutError']);
});

it('an export that is on its way ends when it is cut', async () => {
  const collector = await collecting();
  collector.answers(() => undefined);
  const exporting = exportTo(collector.url);
  const exported = exporting.export();
  await collector.until(() => collector.texts.length === 1);
  await exporting.cut();
  expect(await exported).toBe(false);
});

it('an answer is not waited for to its end, nor listened to without end', async () => {
  const collector = await collecting();
  const exporting = exportTo(collector.url);
  collector.answers((response) => {
    response.writeHead(200).write('{');
  });
  expect(await exporting.export()).toBe(true);
  const closed = Promise.withResolvers<void>();
  collector.answers((response) => {
    response.writeHead(200);
    const talk = (): void => {
      while (response.write('x'.repeat(65_536)));
    };
    response.on('drain', talk).on('close', () => closed.resolve());
    talk();
  });
  expect(await exporting.export()).toBe(true);
  await closed.promise;
  expect(exporting.said).toEqual([]);
});

it('credentials go with every export, as the address or the headers say them', async () => {
  const collector = await collecting();
  const inAddress = collector.url.replace('//', '//user:pass%20word@');
  for (const [headers, sent] of [
    [{}, `Basic ${btoa('user:pass word')}`],
    [{ authorization: 'Bearer hush', 'x-team': 'shop' }, 'Bearer hush'],
  ] as const) {
    await exportTo(inAddress, 1_000, headers).export();
    expect(collector.headers.at(-1)).toMatchObject({
      ...headers,
      authorization: sent,
      'content-type': 'application/json',
    });
  }
});
