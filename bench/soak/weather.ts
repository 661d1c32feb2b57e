import { setTimeout as wait } from 'node:timers/promises';
import type { Dice } from '../../src/sandbox/random.ts';
import type { Fault, Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Cluster } from '../../test/support/cluster/cluster.ts';
import type { FaultProxy, NetworkFault } from '../../test/support/faultProxy.ts';
import type { Ends } from './ends.ts';
import type { Tally } from './tally.ts';

/** Between the gateways and what they need. */
export interface Ways {
  /** To each provider, by its id. */
  readonly providers: ReadonlyMap<string, FaultProxy>;
  readonly database: FaultProxy;
  readonly redis: FaultProxy;
}

interface Sky {
  readonly cluster: Cluster;
  readonly sandbox: Sandbox;
  readonly ways: Ways;
  readonly dice: Dice;
  /** What has happened. */
  readonly tally: Tally;
  readonly ends: Ends;
  readonly over: AbortSignal;
}

/** A moment of a call to be struck at. */
const SOMEWHERE = 600;

/** What a provider does for a while: of what is written, nothing, or all and then the answer is lost. */
const PROVIDER_FAULTS: readonly [Fault, ...Fault[]] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503, percent: 50 },
  { kind: 'delay', ms: 800 },
  { kind: 'silent', percent: 50 },
  { kind: 'reset', when: 'answer', afterCommit: true, percent: 30 },
];

/** What the network to one does. */
const networkFault = (dice: Dice): NetworkFault =>
  dice.pick<NetworkFault>([
    { kind: 'refuse' },
    { kind: 'silent' },
    { kind: 'reset', of: 'request', afterBytes: dice.roll(SOMEWHERE) },
    { kind: 'reset', of: 'answer', afterBytes: dice.roll(SOMEWHERE) },
    { kind: 'truncate', afterBytes: dice.roll(SOMEWHERE) },
    { kind: 'stall', afterBytes: dice.roll(SOMEWHERE) },
    { kind: 'drip', bytes: 20, everyMs: 50 },
    { kind: 'delay', ms: 300 },
  ]);

/** What the network to PostgreSQL or Redis does, so that it comes back. */
const serverFault = (dice: Dice): NetworkFault =>
  dice.pick<NetworkFault>([{ kind: 'refuse' }, { kind: 'silent' }, { kind: 'delay', ms: 15 }]);

/** One thing after the other goes wrong and comes back, until everything is over; nothing is wrong then. */
export async function storm(sky: Sky): Promise<void> {
  const { dice, over } = sky;
  while (!over.aborted) {
    const turn = dice.roll(100);
    if (turn < 30) await strikeProvider(sky);
    else if (turn < 60) await strikeNetwork(sky);
    else if (turn < 72) await strikeServer(sky, 'database');
    else if (turn < 80) await strikeServer(sky, 'redis');
    else await restart(sky);
    await pass(sky, 500 + dice.roll(2_500));
  }
}

const pass = ({ over }: Sky, ms: number): Promise<void> => wait(ms, undefined, { signal: over }).catch(() => undefined);

async function strikeProvider(sky: Sky): Promise<void> {
  const { sandbox, dice, tally } = sky;
  const [first, ...rest] = sandbox.providers;
  if (!first) return;
  const provider = dice.pick([first, ...rest]);
  const fault = dice.pick(PROVIDER_FAULTS);
  tally.add(`provider ${fault.kind}`);
  const ordered = provider.fault(fault);
  await pass(sky, 500 + dice.roll(4_000));
  ordered.remove();
}

async function strikeNetwork(sky: Sky): Promise<void> {
  const [first, ...rest] = [...sky.ways.providers.values()];
  if (!first) return;
  await strikeWay(sky, sky.dice.pick([first, ...rest]), 'network', networkFault(sky.dice));
}

async function strikeServer(sky: Sky, name: 'database' | 'redis'): Promise<void> {
  const { dice, tally, ways } = sky;
  if (dice.percent(50)) return strikeWay(sky, ways[name], name, serverFault(dice));
  tally.add(`${name} cut`);
  ways[name].cut();
}

async function strikeWay(sky: Sky, way: FaultProxy, name: string, fault: NetworkFault): Promise<void> {
  sky.tally.add(`${name} ${fault.kind}`);
  await way.order(fault);
  await pass(sky, 500 + sky.dice.roll(name === 'network' ? 4_000 : 1_500));
  await way.order({ kind: 'pass' });
}

/** Of one of them, but for the first: what that holds is looked at over all the time. */
async function restart({ cluster, dice, tally, ends }: Sky): Promise<void> {
  const signal = dice.percent(60) ? 'SIGKILL' : 'SIGTERM';
  tally.add(signal);
  const place = 1 + dice.roll(cluster.gateways.length - 1);
  const gateway = cluster.gateways[place];
  if (gateway) await ends.watch(gateway, signal, () => cluster.restart(place, signal));
}
