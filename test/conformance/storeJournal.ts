import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { GatewayError } from '../../src/errors.ts';
import type { ChangeFeed } from '../../src/gateway/changes/feed.ts';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { Operation } from '../../src/gateway/operation.ts';
import { createCustomer } from '../../src/gateway/writes/create.ts';
import { keepRecovering } from '../../src/gateway/writes/recovering.ts';
import type { ProviderAnswer, ProviderRequest, Transport } from '../../src/http/transport.ts';
import { createIds } from '../../src/ids/ids.ts';
import { createSealer } from '../../src/ids/seal.ts';
import { provider } from '../../src/providers/cycle-software/index.ts';
import type { Store } from '../../src/store/store.ts';
import { type StorePlace, storesAt } from './storePlace.ts';

/** Creates with keys, on one store, by processes that die and stand still, at a provider that does things and doesn't say so. */

/** When the provider has made the record, and what of its answer arrives. */
interface Fate {
  readonly makes: 'NOW' | 'LATER' | 'NEVER';
  /** STUCK: the process stands still until it is woken. DEAD: it ends there. */
  readonly answer: 'ARRIVES' | 'LOST' | 'STUCK' | 'DEAD';
}

type Step =
  | { readonly what: 'CALL'; readonly key: number; readonly fate: Fate }
  | { readonly what: 'PASS'; readonly ms: number }
  | { readonly what: 'LOOK'; readonly processes: number; readonly isBlind: boolean }
  /** A stranger changes something else in every record. */
  | { readonly what: 'CHANGE' }
  | { readonly what: 'WAKE' };

const KEYS = 2;
/** What a provider has not done by then it does not do. */
const LATER_MS = 30_000;
const HOUR_MS = 3_600_000;

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({
      what: fc.constant('CALL' as const),
      key: fc.nat(KEYS - 1),
      fate: fc.record({
        makes: fc.constantFrom('NOW' as const, 'LATER' as const, 'NEVER' as const),
        answer: fc.constantFrom('ARRIVES' as const, 'LOST' as const, 'STUCK' as const, 'DEAD' as const),
      }),
    }),
    fc.record({ what: fc.constant('PASS' as const), ms: fc.constantFrom(1_000, 22_000, 50_000) }),
    fc.record({ what: fc.constant('LOOK' as const), processes: fc.constantFrom(1, 2), isBlind: fc.boolean() }),
    fc.constant({ what: 'CHANGE' as const }),
    fc.constant({ what: 'WAKE' as const }),
  ),
  { minLength: 3, maxLength: 14 },
);

/** Whoever stood still for so long that somebody else has looked, comes back with the provider's yes. */
const stuck: Step = { what: 'CALL', key: 0, fate: { makes: 'NOW', answer: 'STUCK' } };
const neverAnswered: Step = { what: 'CALL', key: 0, fate: { makes: 'LATER', answer: 'LOST' } };
const later: Step = { what: 'PASS', ms: 50_000 };
const blind: Step = { what: 'LOOK', processes: 1, isBlind: true };
const STORIES: readonly (readonly Step[])[] = [
  [stuck, later, { what: 'LOOK', processes: 1, isBlind: false }, { what: 'CHANGE' }, later, { what: 'WAKE' }],
  [stuck, later, blind, { what: 'WAKE' }],
  // Looked for in vain after a long time: the next look is a while away.
  [neverAnswered, later, later, later, later, later, blind],
];

/** @param runs how many generated stories */
export function testStoreJournal(name: string, newPlace: () => Promise<StorePlace>, runs: number): void {
  describe(`writes that are looked for: ${name}`, () => {
    const { open } = storesAt(newPlace);

    it('make nothing twice and lose nothing, whoever dies when, and are known in the end', {
      timeout: 60_000,
    }, async () => {
      const store = await open();
      let story = 0;
      await fc.assert(
        // Each story has customers of its own: the store is made once.
        fc.asyncProperty(steps, async (told) => {
          story += 1;
          await new Model(store, story).live(told);
        }),
        // What a story that failed leaves open, fails every later one too: a shorter one would tell nothing.
        { numRuns: runs, endOnFailure: true, examples: STORIES.map((each) => [each]) },
      );
    });

    it('are settled in one pass, however many were left behind at once', async () => {
      await new Model(await open(), 0).leaveMany(120);
    });
  });
}

class Model {
  readonly #store: Store;
  readonly #story: number;
  readonly #startedAt: number;
  #now: number;
  #elapsed = 0;
  /** The provider can't be searched now. */
  #isBlind = false;
  /** What the provider has, by id. */
  readonly #records = new Map<string, Record<string, unknown>>();
  readonly #later: { readonly at: number; readonly make: () => void }[] = [];
  #stuck: { readonly wake: () => void; readonly call: Promise<unknown> }[] = [];
  readonly #acknowledged = new Map<number, string>();

  constructor(store: Store, story: number) {
    this.#store = store;
    this.#story = story;
    this.#startedAt = Date.UTC(2026, 0, 1) + story * 10 * HOUR_MS;
    this.#now = this.#startedAt;
  }

  async live(told: readonly Step[]): Promise<void> {
    for (const step of told) {
      if (step.what === 'PASS') this.#pass(step.ms);
      else if (step.what === 'LOOK') await this.#look(step);
      else if (step.what === 'CHANGE') this.#change();
      else if (step.what === 'WAKE') await this.#wake();
      else await this.#call(step.key, step.fate);
      await this.#check();
    }
    await this.#wake();
    await this.#check();
    // Within a minute everything is known: this provider can be searched. Where it could not, within a quarter of the time since.
    const wasBlind = told.some((step) => step.what === 'LOOK' && step.isBlind);
    const quarter = (this.#now - this.#startedAt) / 4;
    for (const ms of [22_000, 25_000, 5_000, ...(wasBlind ? [quarter] : [])]) {
      this.#pass(ms);
      await this.#look({ processes: 1, isBlind: false });
    }
    expect(await this.#unknown()).toBe(0);
    const made = new Set(this.#records.keys());
    for (let key = 0; key < KEYS; key++) await this.#call(key, { makes: 'NOW', answer: 'ARRIVES' });
    await this.#check();
    for (let key = 0; key < KEYS; key++) {
      const [id, ...others] = this.#idsOf(key);
      expect([id, others]).toEqual([this.#acknowledged.get(key), []]);
      const changes = (await this.#store.changesAfter(0, 1_000_000)).filter(
        ({ kind, customer }) => kind === 'CREATED' && customer.providerId === id,
      );
      expect(changes).toHaveLength(1);
    }
    for (const id of made) expect(this.#records.has(id)).toBe(true);
  }

  async leaveMany(mutations: number): Promise<void> {
    const at = new Date(this.#now);
    const write = { provider: provider.id, providerId: null, customer: null, fields: [], content: '{}' };
    for (let each = 0; each < mutations; each++) {
      const asked = {
        caller: 'shop',
        kind: 'CREATE',
        key: null,
        input: '',
        at,
        heldUntil: at,
        latestHold: at,
      } as const;
      const begun = await this.#store.beginMutation(asked);
      if (begun.state === 'NEW') await this.#store.intend(begun.mutation, at, [write], at);
    }
    expect(await this.#store.countWrites('INTENT')).toBe(mutations);
    await this.#look({ processes: 2, isBlind: false });
    expect(await this.#store.countWrites('INTENT')).toBe(0);
  }

  /** Nothing was made twice, and what was acknowledged is there. */
  async #check(): Promise<void> {
    for (let key = 0; key < KEYS; key++) {
      const ids = this.#idsOf(key);
      expect(ids.length).toBeLessThanOrEqual(1);
      const acknowledged = this.#acknowledged.get(key);
      if (acknowledged === undefined) continue;
      expect(ids).toEqual([acknowledged]);
      expect(await this.#store.isMade({ provider: provider.id, providerId: acknowledged })).toBe(true);
    }
  }

  async #unknown(): Promise<number> {
    return (await this.#store.countWrites('UNKNOWN')) + (await this.#store.countWrites('SENT'));
  }

  #emailOf(key: number): string {
    return `${this.#story}.${key}@example.com`;
  }

  #idsOf(key: number): readonly string[] {
    return [...this.#records].filter(([, { email }]) => email === this.#emailOf(key)).map(([id]) => id);
  }

  #pass(ms: number): void {
    this.#now += ms;
    for (const each of this.#later.splice(0)) {
      if (each.at <= this.#now) each.make();
      else this.#later.push(each);
    }
  }

  #change(): void {
    for (const record of this.#records.values()) record.city = `City ${this.#now}`;
  }

  async #look({ processes, isBlind }: { readonly processes: number; readonly isBlind: boolean }): Promise<void> {
    this.#isBlind = isBlind;
    await Promise.all(
      Array.from({ length: processes }, () =>
        keepRecovering(this.#process({ makes: 'NEVER', answer: 'LOST' }), HOUR_MS)(),
      ),
    );
  }

  async #wake(): Promise<void> {
    const stuck = this.#stuck;
    this.#stuck = [];
    for (const { wake } of stuck) wake();
    await Promise.all(stuck.map(({ call }) => call));
  }

  /** A caller asks a process of its own with a key, until the answer comes or the process is no more. */
  async #call(key: number, fate: Fate): Promise<void> {
    const left = Promise.withResolvers<void>();
    let wake: (() => void) | null = null;
    const gateway = this.#process(fate, (release) => {
      wake = release;
      left.resolve();
    });
    const operation = new Operation(gateway, { name: 'shop', loggedAs: 'shop', scopes: new Set() }, 'a call');
    const call = createCustomer(operation, {
      unified: { firstName: 'Ada', lastName: 'Lovelace', email: this.#emailOf(key) },
      ...{ providers: [provider.id], own: new Map(), join: null, dryRun: false, problems: [] },
      key: `${this.#story} ${key}`,
    }).then(({ outcomes: [outcome] }) => {
      if (outcome?.status === 'SUCCEEDED') this.#acknowledged.set(key, outcome.record?.providerId ?? '');
    });
    await Promise.race([call, left.promise]);
    if (wake && fate.answer === 'STUCK') this.#stuck.push({ wake, call });
  }

  /** @param left told where the process stands still, with what wakes it */
  #process(fate: Fate, left: (wake: () => void) => void = () => undefined): Gateway {
    const clock: Clock = { now: () => this.#now, elapsed: () => (this.#elapsed += 4_000) };
    const transport: Transport = {
      send: async (request, _, read) => read(await this.#answer(request, fate, left)),
      health: () => ({ status: 'UP' }) as never,
      load: () => ({}) as never,
      callsLeft: () => Infinity,
      close: async () => undefined,
    };
    const settings = { URL: new URL('http://provider.example'), USERNAME: 'a', PASSWORD: 'b', TIME_ZONE: 'UTC' };
    const connection = provider.connect(settings as never, { clock, transport: () => transport });
    return createGateway({
      ...{ providers: [provider], connections: new Map([[provider.id, connection]]), trustOrder: [] },
      ...{ ids: createIds(createSealer('a secret of at least sixteen characters')), store: this.#store, clock },
      ...{
        changes: {} as ChangeFeed,
        cacheMaxAgeMs: 0,
        deadlineMs: 10_000,
        answered: () => undefined,
        callsLeft: () => Infinity,
        syncing: { intervalMs: 0 },
      },
      // Between two steps no clock is set.
      watchMs: 0,
      unforeseen: (error) => {
        throw error;
      },
    });
  }

  async #answer(
    { method, path, query, json }: ProviderRequest,
    fate: Fate,
    left: (wake: () => void) => void,
  ): Promise<ProviderAnswer> {
    if (path.endsWith('/find.json')) {
      if (this.#isBlind) throw new GatewayError('PROVIDER_UNAVAILABLE', 'It is away.', { retryable: true });
      const found = [...this.#records.values()].filter(({ email }) => email === query?.email);
      return { status: 200, json: found };
    }
    if (method === 'GET') {
      const found = this.#records.get(/(\d+)\.json$/.exec(path)?.[1] ?? '');
      return { status: found ? 200 : 404, json: found };
    }
    const id = this.#story * 1_000 + this.#records.size + this.#later.length + 1;
    const made = { customer_id: id, ...(json as object) };
    const make = (): void => void this.#records.set(String(id), made);
    if (fate.makes === 'NOW') make();
    if (fate.makes === 'LATER') this.#later.push({ at: this.#now + LATER_MS, make });
    if (fate.answer === 'STUCK' || fate.answer === 'DEAD') await new Promise<void>((wake) => left(wake));
    if (fate.answer === 'LOST' || fate.makes !== 'NOW')
      throw new GatewayError('PROVIDER_TIMEOUT', 'No answer came.', { delivery: 'unknown', retryable: true });
    return { status: 200, json: made };
  }
}
