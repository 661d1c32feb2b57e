import { expect } from 'vitest';
import type { Dice } from '../../src/sandbox/random.ts';
import type { Store } from '../../src/store/store.ts';
import type { KeptWrite } from '../../src/store/writes.ts';
import { type Asked, CREATE, markOfCall, newCustomer, roundOf, type Scene, type Subject } from './roundMutations.ts';
import { ask, type World } from './world.ts';

interface Payload {
  readonly customer: { readonly id: string } | null;
  readonly outcomes: readonly { readonly writeId: string; readonly provider: string; readonly status: string }[];
  readonly errors: readonly { readonly code: string }[];
}

const READ = `query ($id: ID!) { customer(id: $id) { verification { state } records { provider email servedFrom } } }`;
const FIND = 'query ($email: String!) { customers(filter: { email: $email }) { nodes { id } } }';

/** What happens in the rounds of killRounds.ts, and what must hold behind each. */
export class KilledScene implements Scene {
  readonly dice: Dice;
  readonly waiting: Subject[] = [];
  readonly #world: World;
  readonly #store: Store;
  #number = 0;
  #asked: readonly Asked[] = [];
  /** As far as there was one, when it was killed. */
  #answers: readonly (Payload | null)[] = [];
  #point = '';
  #lastWrite = 0;
  readonly #count = { rounds: 0, atPoint: 0, acknowledged: 0, missing: 0, doubled: 0, writes: 0, unknown: 0 };
  #slowestMs = 0;

  constructor(world: World, store: Store, dice: Dice) {
    this.#world = world;
    this.#store = store;
    this.dice = dice;
  }

  number(): number {
    this.#number += 1;
    return this.#number;
  }

  code(lemon: string): string {
    return this.#world.provider('dirty-lemon').messages.findLast(({ id }) => id === lemon)?.text ?? '';
  }

  /** By the gateway that lives on. */
  async make(providers: readonly string[]): Promise<Subject> {
    const payload = await this.#answer(this.#world.gateway.url, CREATE, newCustomer(this.number(), providers));
    expect(payload?.errors).toEqual([]);
    return { id: String(payload?.customer?.id), lemon: this.#world.provider('dirty-lemon').messages.at(-1)?.id ?? '' };
  }

  /** @returns null: it was killed meanwhile */
  async #answer(url: string, mutation: string, input: object): Promise<Payload | null> {
    const answer = await ask(url, mutation, { input }).catch(() => null);
    if (answer) expect(answer.errors).toEqual([]);
    return answer && (Object.values(answer.data ?? {})[0] as Payload);
  }

  async prepare(point: string): Promise<void> {
    this.#point = point;
    for (const provider of this.#world.sandbox.providers) provider.clearCalls();
    this.#asked = await roundOf(this);
  }

  /** Asks all at once the one that is about to be killed. */
  async ask(url: string): Promise<void> {
    this.#answers = await Promise.all(this.#asked.map(({ mutation, input }) => this.#answer(url, mutation, input)));
    this.#count.rounds += 1;
    // Where fewer came by than it waits for, it has answered all, and is killed then.
    if (this.#answers.includes(null)) this.#count.atPoint += 1;
  }

  /** Asks the next one, and the one that lives on, for whatever has a key, and looks what became of everything. */
  async goOn(url: string): Promise<void> {
    const urls = [url, this.#world.gateway.url];
    if (this.dice.percent(50)) urls.reverse();
    const again: (readonly (Payload | null)[])[] = [];
    for (const each of urls) again.push(await Promise.all(this.#asked.map((one) => this.#repeated(each, one))));
    await expect.poll(() => this.#store.writesIn(['INTENT', 'SENT'], 1), { timeout: 30_000 }).toEqual([]);
    const arrived = this.#arrived();
    for (const [mark, count] of arrived) if (count > 1) this.#wrong('doubled', mark, count - 1);
    await this.#checkJournal(arrived);
    for (const [index, asked] of this.#asked.entries())
      await this.#checkAnswers(
        asked,
        [this.#answers[index], ...again.map((each) => each[index])].filter((each) => each != null),
        arrived,
      );
  }

  async #repeated(url: string, { mutation, input }: Asked): Promise<Payload | null> {
    for (; 'idempotencyKey' in input; ) {
      const payload = await this.#answer(url, mutation, input);
      if (payload?.errors[0]?.code !== 'IDEMPOTENCY_IN_PROGRESS') return payload;
    }
    return null;
  }

  /** How often each provider was asked to write each thing. */
  #arrived(): ReadonlyMap<string, number> {
    const arrived = new Map<string, number>();
    for (const { id, calls } of this.#world.sandbox.providers)
      for (const call of calls) {
        if (call.method === 'GET') continue;
        const mark = markOfCall(id, call);
        arrived.set(mark, (arrived.get(mark) ?? 0) + 1);
      }
    return arrived;
  }

  /** What the store says of each write is what its provider has seen. */
  async #checkJournal(arrived: ReadonlyMap<string, number>): Promise<void> {
    const kept = await this.#store.writesIn(['DONE', 'FAILED', 'UNKNOWN'], 500);
    const fresh = kept.filter(({ id }) => id > this.#lastWrite);
    this.#count.writes += fresh.length;
    this.#count.unknown += fresh.filter(({ state }) => state === 'UNKNOWN').length;
    for (const { begunAt, settledAt } of fresh)
      this.#slowestMs = Math.max(this.#slowestMs, (settledAt?.getTime() ?? 0) - begunAt.getTime());
    for (const [mark, writes] of Map.groupBy(fresh, (write) => `${write.provider} ${markOf(write)}`)) {
      const states = writes.map(({ state }) => state);
      const done = states.filter((state) => state === 'DONE').length;
      const isKnown = !states.includes('UNKNOWN');
      if (isKnown && (arrived.get(mark) ?? 0) !== done) this.#wrong('missing', `${mark} is kept as ${states}`, 1);
    }
    this.#lastWrite = Math.max(this.#lastWrite, ...kept.map(({ id }) => id));
  }

  /** What was acknowledged stays so, and is there. */
  async #checkAnswers(
    { mark, email }: Asked,
    answers: readonly Payload[],
    arrived: ReadonlyMap<string, number>,
  ): Promise<void> {
    const told = answers.map(({ outcomes }) => outcomes.filter(({ status }) => status === 'SUCCEEDED'));
    for (const [index, each] of told.entries())
      for (const outcome of each) {
        const later = told.slice(index).every((all) => all.some(({ writeId }) => writeId === outcome.writeId));
        if (!later) this.#wrong('missing', `${mark} is answered another way`, 1);
      }
    const acknowledged = told.at(-1) ?? [];
    this.#count.acknowledged += acknowledged.length;
    if (acknowledged.length === 0) return;
    const last = answers.at(-1);
    const id = last?.customer?.id;
    const { url } = this.#world.gateway;
    const { data } = await ask(url, READ, { id }, { 'cache-control': 'no-cache' });
    const read = data?.customer as {
      readonly verification: { readonly state: string } | null;
      readonly records: readonly { readonly provider: string; readonly email: string | null }[];
    };
    for (const { provider } of acknowledged) {
      const name = provider.toLowerCase().replace('_', '-');
      const isThere =
        (arrived.get(`${name} ${mark}`) ?? 0) > 0 &&
        (email === null || read.records.some((record) => record.provider === provider && record.email === email)) &&
        (!mark.endsWith('/confirm') || read.verification?.state === 'VERIFIED');
      if (!isThere) this.#wrong('missing', `${mark} at ${name}`, 1);
    }
    if (email === null) return;
    const found = (await ask(url, FIND, { email })).data?.customers as { readonly nodes: readonly unknown[] };
    expect(found.nodes).toContainEqual({ id });
    // Of a create whose answer was lost, the provider may show a record that nobody here knows.
    if (last?.outcomes.every(({ status }) => status === 'SUCCEEDED')) expect(found.nodes).toHaveLength(1);
  }

  #wrong(what: 'missing' | 'doubled', mark: string, by: number): void {
    this.#count[what] += by;
    throw new Error(`${what} (killed ${this.#point}, in round ${this.#count.rounds}): ${mark}`);
  }

  figures(): string {
    const { rounds, atPoint, acknowledged, missing, doubled, writes, unknown } = this.#count;
    return [
      `killed ${rounds} times, ${atPoint} of them at the point itself`,
      `${acknowledged} acknowledged, ${missing} missing`,
      `${doubled} doubled at the providers`,
      `${writes} writes, all of them ended, ${unknown} unknown, within ${(this.#slowestMs / 1_000).toFixed(1)} s of the clock`,
    ].join('; ');
  }
}

/** What its provider was sent by it. */
function markOf({ kind, content, providerId }: KeptWrite): string {
  if (kind === 'CONFIRM') return `/v1/customers/${providerId}/confirm`;
  if (kind === 'REQUEST_CONFIRMATION') return `/v1/customers/${providerId}/generate_confirmation`;
  const { changes } = JSON.parse(content) as { changes: { field: string; after: string | null }[] };
  return changes.find(({ field }) => field === 'email')?.after ?? '';
}
