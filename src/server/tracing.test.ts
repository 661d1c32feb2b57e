import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Collector, startCollector } from '../../test/support/collector.ts';
import { type Clock, systemClock } from '../clock.ts';
import { openTracing, type Tracing, type TracingTimes } from './tracing.ts';

let collector: Collector;
/** What was said of it. */
let said: string[];
beforeEach(async () => {
  collector = await startCollector();
  said = [];
});
afterEach(() => collector.close());

const traceWith = (times: Partial<TracingTimes> = {}, clock: Clock = systemClock): Tracing =>
  openTracing({
    collector: { url: new URL(collector.url), headers: {} },
    ...{ serviceName: 'clientele', clock },
    watcher: { lost: (reason) => said.push(`lost ${reason}`), back: () => said.push('back') },
    times: { everyMs: 0, ...times },
  });

const OPERATION = {
  ...{ requestId: 'a-request', caller: 'shop', type: 'query', name: null, document: null, outcome: 'ok' },
};

function operate(tracing: Tracing): void {
  const startedAt = systemClock.elapsed();
  tracing.begin(undefined, startedAt)?.end(OPERATION, systemClock.elapsed());
}

it('what waits to be sent is bounded', async () => {
  const answers: (() => void)[] = [];
  collector.answers((response) => void answers.push(() => response.end('{}')));
  const tracing = traceWith();
  operate(tracing);
  await collector.until(() => answers.length === 1);
  for (let time = 0; time < 20_000; time++) operate(tracing);
  collector.answers((response) => response.end('{}'));
  for (const answer of answers) answer();
  await tracing.stop();
  expect(collector.spans).toHaveLength(1 + 4_096);
});

it('what is left is sent at the end', async () => {
  const tracing = traceWith({ everyMs: 3_600_000 });
  for (let time = 0; time < 1_000; time++) operate(tracing);
  await tracing.stop();
  expect(collector.spans).toHaveLength(1_000);
  expect(said).toEqual([]);
});

it.each<[how: string, answers: Parameters<Collector['answers']>[0]]>([
  ['never answers', () => undefined],
  ['never ends its answers', (response) => void response.writeHead(200).write('{')],
  ['refuses', (response) => void response.writeHead(503).end()],
])('the end waits for no collector that %s', async (_, answers) => {
  collector.answers(answers);
  const tracing = traceWith({ exportMs: 3_600_000, stopMs: 50 });
  operate(tracing);
  await collector.until(() => collector.spans.length === 1);
  for (let time = 0; time < 2_000; time++) operate(tracing);
  await tracing.stop();
  expect(said.length).toBeLessThanOrEqual(1);
});

it('what comes behind an operation’s end is told as well, as a part of it', async () => {
  const tracing = traceWith();
  const recording = tracing.begin(undefined, systemClock.elapsed());
  const endedAt = systemClock.elapsed();
  recording?.end(OPERATION, endedAt);
  recording?.add({ name: 'late', startedAt: endedAt, endedAt: endedAt + 1.5, attributes: { provider: 'octobat' } });
  await tracing.stop();
  const [root, late] = collector.spans;
  expect(late).toMatchObject({ name: 'late', parentSpanId: root?.spanId, traceId: root?.traceId });
  expect(Number((late?.endedAt ?? 0n) - (late?.startedAt ?? 0n)) / 1e6).toBeCloseTo(1.5, 2);
});

it('times are the clock’s, which may be set meanwhile', async () => {
  const clock = { now: () => 1_700_000_000_123.5, elapsed: () => 5_000 };
  const tracing = traceWith({}, clock);
  const recording = tracing.begin(undefined, 4_000);
  clock.now = () => 0;
  recording?.end(OPERATION, 6_000.25);
  await tracing.stop();
  const [span] = collector.spans;
  expect([span?.startedAt, span?.endedAt]).toEqual([1_699_999_999_123_500_000n, 1_700_000_001_123_750_000n]);
});
