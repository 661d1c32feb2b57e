import { once } from 'node:events';
import { connect } from 'node:net';
import type { RunningSandbox, Sandbox } from '../../src/sandbox/sandbox.ts';
import { repeat } from '../load.ts';
import { Caller } from './caller.ts';

const PROFILE = 'id displayName email phone records { provider servedFrom problem { code } }';
const ONE = `query ($id: ID!) { customer(id: $id) { ${PROFILE} } }`;
const SOME = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { ${PROFILE} } } }`;
const PAGE = `query ($after: String, $first: Int) { customers(first: $first, after: $after) {
  nodes { ${PROFILE} } pageInfo { endCursor } } }`;
const NAMED = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
const SEARCH = `query ($text: String!) { customers(first: 10, filter: { text: $text }) { nodes { ${PROFILE} } } }`;
const PAYLOAD = 'customer { id } outcomes { status } errors { code }';
const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { ${PAYLOAD} } }`;
const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { ${PAYLOAD} } }`;
const CHANGES = 'subscription { customerChanged { kind customer { id displayName } } }';

const AT_ONCE = 16;
const READS = 1_500;
/** So many customers. */
const READ = 80;
const SEARCHED = ['ada', 'lovelace', 'amsterdam', 'jansen', 'de'];
/** So few new ids that those remembered, thousands, are seen not to grow by them. */
const CREATED = 8;
/** At two providers each: more records than are remembered. */
const FILLED = 1_050;
const UPDATES = 40;
const HANG_UPS = 40;
const LISTENERS = 30;
const REFUSED = 100;
/** So few that a provider is not taken for dead. */
const SILENT = 8;

/** Not at CycleSoftware: the calls that it counts are kept in mind for as long as it counts them, a day. */
const CREATING = ['OCTOBAT', 'DIRTY_LEMON'];

/** The same mixed work in every round, on the same customers: whatever is cached of them is so behind the first one. */
export class Work {
  readonly #sandbox: Sandbox;
  readonly #url: string;
  readonly #key: string;
  #ids: readonly string[] = [];
  #written: readonly string[] = [];
  #round = 0;

  constructor(sandbox: Sandbox, url: string, key: string) {
    this.#sandbox = sandbox;
    this.#url = url;
    this.#key = key;
  }

  /**
   * Shows everybody and creates many, so that what remembers the customers of late is full, and full of such as are created
   * in each round: else it would be taken for what grows.
   */
  async fill(): Promise<void> {
    const caller = new Caller(this.#url, this.#key);
    for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
      const page = whole(await caller.ask(PAGE, { after, first: 500 })).customers as Page;
      const ids = page.nodes.map(({ id }) => id);
      whole(await caller.ask(NAMED, { ids }));
      if (isFirst) this.#ids = ids.slice(0, READ);
      after = page.pageInfo.endCursor;
    }
    await this.#create(caller, FILLED);
    await caller.close();
  }

  /** @throws where something was answered that should not have been, or was not */
  async round(): Promise<void> {
    this.#round += 1;
    const caller = new Caller(this.#url, this.#key);
    try {
      await this.#list(caller);
      await this.#read(caller);
      await this.#write(caller);
      await this.#listen(caller);
      await this.#hangUp(caller);
      await this.#refused(caller);
      // The last, since it takes a second: so long a client that was refused, or has hung up, is still listened to.
      await this.#wait(caller);
    } finally {
      await caller.close();
    }
  }

  async #list(caller: Caller): Promise<void> {
    for (const _ of [1, 2, 3, 4]) whole(await caller.ask(PAGE, { first: 50 }));
    await repeat(50, AT_ONCE, (turn) => caller.ask(SEARCH, { text: SEARCHED[turn % SEARCHED.length] }).then(whole));
  }

  async #read(caller: Caller): Promise<void> {
    const id = (turn: number) => this.#ids[turn % this.#ids.length];
    await repeat(READS, AT_ONCE, (turn) => caller.ask(ONE, { id: id(turn) }).then(whole));
    await repeat(50, AT_ONCE, () => caller.ask(SOME, { ids: this.#ids }).then(whole));
    await repeat(100, AT_ONCE, (turn) => caller.ask(ONE, { id: id(turn) }, { signal: NEVER }).then(whole));
  }

  /** Twice by each key. Who was created in the first round is updated in all of them. */
  async #write(caller: Caller): Promise<void> {
    const made = await this.#create(caller, CREATED);
    if (this.#round === 1) this.#written = made;
    await repeat(UPDATES, 4, async (turn) => {
      for (const _ of [1, 2])
        written(whole(await caller.ask(UPDATE, { input: this.#change('changed', turn) })).updateCustomer);
    });
  }

  /** @returns who was created */
  async #create(caller: Caller, count: number): Promise<readonly string[]> {
    const made: string[] = [];
    await repeat(count, AT_ONCE, async (turn) => {
      const input = { ...newCustomer(this.#round * 10_000 + turn), idempotencyKey: `made ${this.#round} ${turn}` };
      for (const _ of [1, 2]) made[turn] = written(whole(await caller.ask(CREATE, { input })).createCustomer);
    });
    return made;
  }

  #change(what: string, turn: number): object {
    const id = this.#written[turn % this.#written.length];
    return { id, email: `m${turn}.${this.#round}@example.com`, idempotencyKey: `${what} ${this.#round} ${turn}` };
  }

  /** Opened, told of changes, and dropped. */
  async #listen(caller: Caller): Promise<void> {
    const over = new AbortController();
    const listeners: AsyncIterator<Buffer>[] = [];
    await repeat(LISTENERS, AT_ONCE, async () => void listeners.push(await caller.listen(CHANGES, over.signal)));
    const told = listeners.map((each) => each.next());
    whole(await caller.ask(UPDATE, { input: this.#change('told', 0) }));
    await Promise.all(told);
    over.abort();
  }

  /** Reads of a provider that takes calls and never answers. */
  async #wait(caller: Caller): Promise<void> {
    const silenced = this.#sandbox.provider('dirty-lemon');
    const fault = silenced.fault({ kind: 'silent', method: 'GET' });
    await repeat(SILENT, SILENT, async (turn) => {
      const text = await caller.ask(ONE, { id: this.#written[turn] }, { signal: NEVER });
      if (!text.includes('"PROVIDER_TIMEOUT"')) throw new Error(`not timed out: ${text.slice(0, 500)}`);
    });
    fault.remove();
  }

  /** Clients that are gone before they are answered: while a provider is asked, and in the middle of their own request. */
  async #hangUp(caller: Caller): Promise<void> {
    const slow = this.#sandbox.provider('octobat');
    const fault = slow.fault({ kind: 'delay', ms: 300 });
    const gone = async (count: number, ask: (turn: number, signal: AbortSignal) => Promise<unknown>): Promise<void> => {
      const over = new AbortController();
      const underWay = calledAgain(slow);
      const asked = Array.from({ length: count }, (_, turn) => ask(turn, over.signal));
      await underWay;
      over.abort();
      await Promise.allSettled(asked);
    };
    await gone(HANG_UPS, (turn, signal) => caller.ask(ONE, { id: this.#written[turn % CREATED] }, { signal }));
    await gone(4, (turn, signal) => caller.ask(UPDATE, { input: this.#change('gone', turn) }, { signal }));
    fault.remove();
    await repeat(HANG_UPS, AT_ONCE, () => half(new URL(this.#url), this.#key));
  }

  async #refused(caller: Caller): Promise<void> {
    const asks = [
      () => caller.ask(ONE, { id: this.#ids[0] }, { key: 'key-of-nobody' }),
      () => caller.ask('{ customers(first: '),
      () => caller.ask('{ nothing { known } }'),
      () => caller.ask(ONE, { id: 'nobody' }),
      () => caller.ask(ONE, { id: 'x'.repeat(2_000_000) }),
      () => caller.ask('', {}, { method: 'GET' }),
    ];
    await repeat(REFUSED, AT_ONCE, async (turn) => {
      const text = await asks[turn % asks.length]?.();
      if (!text?.includes('"errors"')) throw new Error(`not refused: ${text?.slice(0, 200)}`);
    });
  }
}

interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly endCursor: string | null };
}

interface Payload {
  readonly customer: { readonly id: string } | null;
  readonly outcomes: readonly { readonly status: string }[];
}

/** Who wants to read what is there now hangs up when this says so. */
const NEVER = new AbortController().signal;

const newCustomer = (number: number) => ({
  ...{ firstName: 'Ada', lastName: 'Lovelace', email: `m${number}@example.com`, providers: CREATING },
  ...{ phone: `+3161${String(number).padStart(7, '0')}`, address: { city: 'Amsterdam', country: 'NL' } },
});

/** @throws where it was not written everywhere */
function written(payload: unknown): string {
  const { customer, outcomes } = payload as Payload;
  if (!customer || outcomes.some(({ status }) => status !== 'SUCCEEDED'))
    throw new Error(`not written: ${JSON.stringify(payload)}`);
  return customer.id;
}

function whole(text: string): Record<string, unknown> {
  const { data } = JSON.parse(text) as { data?: Record<string, unknown> };
  if (!data) throw new Error(`not answered: ${text.slice(0, 500)}`);
  return data;
}

function calledAgain(provider: RunningSandbox): Promise<void> {
  provider.clearCalls();
  return provider.received(1);
}

/** The head of a request and a part of its body. */
async function half({ hostname, port, pathname }: URL, key: string): Promise<void> {
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const head = [`POST ${pathname} HTTP/1.1`, `host: ${hostname}`, `authorization: Bearer ${key}`];
  const body = ['content-type: application/json', 'content-length: 1000', '', '{"query":"'];
  await new Promise((resolve) => socket.write([...head, ...body].join('\r\n'), resolve));
  socket.destroy();
  await once(socket, 'close');
}
