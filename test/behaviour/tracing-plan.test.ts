import { expect, it } from 'vitest';
import { startCollector } from '../support/collector.ts';
import { customersAt, NODES, startCopiedWorld } from '../support/manyReads.ts';

/** Which way many records were asked for, and why, as the collector of a trace gets it. */
it('shows in a trace', async () => {
  const collector = await startCollector();
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  const world = await startCopiedWorld(['cycle-software'], { customers: 100 }, { environment });
  try {
    const ids = await customersAt(world, 'CYCLE_SOFTWARE', 50);
    await world.query(NODES, { ids });
    const isPlan = ({ name }: { readonly name: string }): boolean => name === 'plan';
    await collector.until(() => collector.spans.some(isPlan));
    expect(collector.spans.find(isPlan)?.attributes).toEqual({
      'clientele.provider': 'cycle-software',
      'clientele.plan.records': 50,
      'clientele.plan.choice': 'LIST_PAGES',
      'clientele.plan.reason': 'FEWER_CALLS',
      'clientele.plan.reads': 50,
      'clientele.plan.pages': 1,
    });
  } finally {
    await world.close();
    await collector.close();
  }
});
