import { existsSync, readdirSync } from 'node:fs';
import type { SandboxDefinition, Settings } from './engine.ts';
import { createPopulation, type Person, type Population } from './people.ts';
import type { RunningSandbox, SentMessage } from './simulation.ts';

export type { Fault } from './faults.ts';
export type { RunningSandbox, SentMessage } from './simulation.ts';

export interface SandboxOptions {
  /** How many people there are; each provider holds some four of five. 0 leaves only the documents' own examples. */
  readonly customers?: number;
  /** Another seed, other people; the same seed, the same ones. */
  readonly seed?: number;
  /** Which of the providers are started; all by default. */
  readonly providers?: readonly string[];
  /** Provider → port; a free one for those not named. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Provider → what is set differently, such as `{ 'cycle-software': { minutelyLimit: 10 } }`. */
  readonly settings?: Readonly<Record<string, Settings>>;
  readonly clock?: () => number;
  /** How many calls each provider remembers; 0 for none. */
  readonly maxCalls?: number;
  /** Told whatever a provider sends to somebody's phone. */
  readonly onMessage?: (message: SentMessage) => void;
  /** Every folder in it with a `sandbox.ts` is a provider. */
  readonly providersFolder?: URL;
}

/** One real person and everywhere they are a customer. */
interface Truth {
  readonly person: Person | null;
  readonly records: readonly { readonly provider: string; readonly id: string }[];
}

/** The simulated providers, answering. */
export interface Sandbox {
  /** Every provider's settings, ready for a gateway. */
  readonly env: Readonly<Record<string, string>>;
  readonly providers: readonly RunningSandbox[];
  provider(id: string): RunningSandbox;
  /** Who is who: what a linker of records should find out. A document's example that is nobody else stands alone. */
  truth(): Truth[];
  reset(): void;
  close(): Promise<void>;
}

const home = new URL('../providers/', import.meta.url);

/** Starts every provider that has a sandbox. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { customers = 100, seed = 1, clock = Date.now, maxCalls = 10_000 } = options;
  const population = createPopulation(customers, seed);
  const definitions = await findSandboxes(options.providersFolder ?? home, options.providers);
  const running = await startAll(
    definitions.map(([id, definition]) => () => {
      const { ports, settings, onMessage } = options;
      const port = ports?.[id] ?? 0;
      const chosen = settings?.[id] ?? {};
      return definition.start({
        id,
        population,
        seed,
        clock,
        port,
        maxCalls,
        settings: chosen,
        ...(onMessage && { onMessage }),
      });
    }),
  );
  const byId = new Map(running.map((one) => [one.id, one]));
  return {
    env: Object.assign({}, ...running.map((one) => one.env)),
    providers: running,
    provider(id) {
      const one = byId.get(id);
      if (one === undefined) throw new Error(`No provider ${id} in this sandbox: ${[...byId.keys()].join(', ')}`);
      return one;
    },
    truth: () => tellTruth(population, running),
    reset: () => {
      for (const one of running) one.reset();
    },
    close: async () => {
      await Promise.all(running.map((one) => one.close()));
    },
  };
}

/** The providers of a folder that can be simulated: their ids, in order. */
export function listSandboxes(folder: URL = home): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/sandbox.ts`, folder)))
    .map((entry) => entry.name)
    .sort();
}

async function findSandboxes(folder: URL, wanted?: readonly string[]): Promise<[string, SandboxDefinition][]> {
  const ids = listSandboxes(folder);
  const unknown = wanted?.filter((id) => !ids.includes(id)) ?? [];
  if (unknown.length > 0) throw new Error(`No sandbox for ${unknown.join(', ')}: there are ${ids.join(', ')}`);
  return Promise.all(
    ids
      .filter((id) => wanted?.includes(id) ?? true)
      .map(async (id): Promise<[string, SandboxDefinition]> => {
        const module: { sandbox?: unknown } = await import(new URL(`${id}/sandbox.ts`, folder).href);
        if (!isDefinition(module.sandbox))
          throw new Error(`${id}/sandbox.ts does not export sandbox = defineSandbox({ … })`);
        return [id, module.sandbox];
      }),
  );
}

function isDefinition(value: unknown): value is SandboxDefinition {
  return typeof value === 'object' && value !== null && 'start' in value && typeof value.start === 'function';
}

/** All of them, or none: where one can't start, the others are closed again. */
async function startAll(starts: readonly (() => Promise<RunningSandbox>)[]): Promise<RunningSandbox[]> {
  const results = await Promise.allSettled(starts.map(async (start) => start()));
  const running = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return running;
  await Promise.all(running.map((one) => one.close()));
  throw failed.reason;
}

function tellTruth(population: Population, running: readonly RunningSandbox[]): Truth[] {
  const alone = new Set(running.flatMap((one) => one.examples.map((id) => `${one.id} ${id}`)));
  const held = running.map((one) => ({ one, numbers: new Set(population.heldBy(one.id)) }));
  const told = Array.from({ length: population.size }, (_, number): Truth => {
    const records = held.flatMap(({ one, numbers }) => {
      const examples = population.documented(number, one.id);
      for (const id of examples) alone.delete(`${one.id} ${id}`);
      return [...examples, ...(numbers.has(number) ? [one.idOf(number)] : [])].map((id) => ({ provider: one.id, id }));
    });
    return { person: population.person(number), records };
  });
  const others = [...alone].map((key): Truth => {
    const [provider = '', id = ''] = key.split(' ');
    return { person: null, records: [{ provider, id }] };
  });
  return [...told, ...others];
}
