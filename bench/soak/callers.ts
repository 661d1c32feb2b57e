import { setTimeout as wait } from 'node:timers/promises';
import type { Dice } from '../../src/sandbox/random.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { CREATE, newCustomer, roundOf, type Scene, type Subject } from '../../test/support/roundMutations.ts';
import type { Ledger } from './ledger.ts';
import type { Way } from './way.ts';

const PROFILE = 'id displayName email records { provider servedFrom }';
const ONE = `query ($id: ID!) { customer(id: $id) { ${PROFILE} } }`;
const SOME = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { ${PROFILE} } } }`;
const PAGE = `query ($after: String) { customers(first: 20, after: $after) { nodes { ${PROFILE} } pageInfo { endCursor } } }`;
const SEARCH = `query ($text: String!) { customers(first: 10, filter: { text: $text }) { nodes { ${PROFILE} } } }`;

/** Who goes on asking until everything is over. */
export interface Surroundings {
  readonly sandbox: Sandbox;
  readonly way: Way;
  readonly ledger: Ledger;
  readonly dice: Dice;
  readonly over: AbortSignal;
  /** Customers that were created. */
  readonly known: string[];
}

/** Reads one, a page, or what a search finds, again and again. */
export async function readAlways({ way, dice, over, known }: Surroundings): Promise<void> {
  let after: unknown = null;
  while (!over.aborted) {
    const turn = dice.roll(5);
    const anyone = (): string[] => known.slice(dice.roll(Math.max(1, known.length))).slice(0, 1);
    if (turn === 0) {
      const data = await way.ask(PAGE, { after });
      const page = data?.customers as { readonly pageInfo: { readonly endCursor: string | null } } | null | undefined;
      after = page?.pageInfo.endCursor ?? null;
    } else if (turn === 1) await way.ask(SEARCH, { text: dice.pick(['ada', 'lovelace', 'amsterdam', 'jansen', 'de']) });
    else if (turn === 2) await way.ask(SOME, { ids: Array.from({ length: 10 }, anyone).flat() });
    else for (const id of anyone()) await way.ask(ONE, { id }, dice.percent(50) ? 'no-cache' : 'max-age=5');
    await pause(10 + dice.roll(40), over);
  }
}

const pause = (ms: number, over: AbortSignal): Promise<void> =>
  wait(ms, undefined, { signal: over }).catch(() => undefined);

/** Writes as rounds of roundMutations.ts have it, and asks again by the same key until it is told. */
export class Writer implements Scene {
  static #number = 0;
  readonly waiting: Subject[] = [];
  readonly dice: Dice;
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
    this.dice = around.dice;
  }

  number(): number {
    Writer.#number += 1;
    return Writer.#number;
  }

  code(lemon: string): string {
    return this.#around.sandbox.provider('dirty-lemon').messages.findLast(({ id }) => id === lemon)?.text ?? '';
  }

  /** Another one in the place of whoever could not be created as a whole. */
  async make(providers: readonly string[]): Promise<Subject> {
    const { sandbox, known, over } = this.#around;
    for (;;) {
      const input = newCustomer(this.number(), providers);
      const payload = await this.#around.way.told(CREATE, { ...input, idempotencyKey: `made ${input.email}` });
      const isWhole = payload?.outcomes.every(({ status }) => status === 'SUCCEEDED') && payload.customer;
      if (isWhole) {
        known.push(isWhole.id);
        const sent = sandbox.provider('dirty-lemon').messages.findLast(({ to }) => to === input.phone);
        return { id: isWhole.id, lemon: sent?.id ?? '' };
      }
      over.throwIfAborted();
    }
  }

  async writeAlways(): Promise<void> {
    const { over, ledger, known, way } = this.#around;
    while (!over.aborted) {
      const round = await roundOf(this).catch((error: unknown) => {
        if (over.aborted) return [];
        throw error;
      });
      await Promise.all(
        round.map(async (asked) => {
          const answer = await way.told(asked.mutation, asked.input);
          ledger.add(asked, answer);
          if (answer?.customer) known.push(answer.customer.id);
        }),
      );
    }
  }
}
