import { expect, it } from 'vitest';
import { createDice } from '../../src/sandbox/random.ts';
import { newCustomer } from './roundMutations.ts';
import type { TwoProcesses } from './twoProcesses.ts';
import { ask } from './world.ts';

const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id } errors { code } } }`;
const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { customer { id email } errors { code } } }`;
const READ = 'query ($id: ID!) { customer(id: $id) { email records { provider email servedFrom } } }';
const FIND = 'query ($email: String!) { customers(filter: { email: $email }) { nodes { id email } } }';
const PROVIDERS = ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON', 'ONBOARD_FLOW'];

interface Read {
  readonly email: string;
  readonly records: readonly { readonly email: string; readonly servedFrom: string }[];
}

/** How long it goes on, and what happens to what is between the two meanwhile. */
export interface Reading {
  readonly writers: number;
  readonly writes: number;
  /** Half way. */
  readonly midway?: () => Promise<void>;
}

/**
 * Whoever has written at one process reads it at once at the other, by id and by search, though both may answer what they
 * have read within half a minute, others read the same customers all the time, and providers answer late.
 */
export function testReadYourWrites(name: string, start: () => Promise<TwoProcesses>, reading: Reading): void {
  const { writers, writes, midway } = reading;
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  it(
    `what was written at one process is read at once at the other, on ${name} (SEED=${seed})`,
    async () => {
      const dice = createDice(seed);
      const { sandbox, urls } = await start();
      for (const provider of sandbox.providers) provider.fault({ kind: 'delay', ms: 20, method: 'GET', percent: 50 });
      const query = async (at: number, document: string, variables: object) => {
        const { data, errors } = await ask(urls[at % 2] ?? '', document, variables);
        expect(errors).toEqual([]);
        // biome-ignore lint/suspicious/noExplicitAny: an answer to a query written in a test has the shape that the test says
        return Object.values(data ?? {})[0] as any;
      };
      const count = { reads: 0, cached: 0, stale: 0 };
      let writing = writers;
      const look = (email: string, { email: merged, records }: Read): void => {
        count.reads += 1;
        count.cached += records.filter(({ servedFrom }) => servedFrom === 'CACHE').length;
        if (merged !== email || records.some((record) => record.email !== email)) count.stale += 1;
      };
      const write = async (who: number): Promise<void> => {
        const { customer } = await query(who, CREATE, { input: newCustomer(who, PROVIDERS) });
        const { id } = customer;
        // Somebody else reads it all the time, at both.
        const others = [0, 1].map(async (at) => {
          while (writing > 0) await query(at, READ, { id });
        });
        for (let each = 0; each < writes; each++) {
          if (who === 0 && each === Math.floor(writes / 2)) await midway?.();
          const [at, email] = [dice.roll(2), `w${who}-${each}@example.com`];
          const written = await query(at, UPDATE, { input: { id, email } });
          expect(written).toEqual({ customer: { id, email }, errors: [] });
          look(email, await query(at + 1, READ, { id }));
          look(email, await query(at + 1, READ, { id }));
          expect(await query(at + 1, FIND, { email })).toEqual({ nodes: [{ id, email }] });
        }
        writing -= 1;
        await Promise.all(others);
      };
      await Promise.all(Array.from({ length: writers }, (_, who) => write(who)));
      console.log(
        `${name}, SEED=${seed}: ${count.reads} reads behind a write, at the other process: ${count.stale} stale; ${count.cached} records from its cache`,
      );
      expect(count.stale).toBe(0);
      // Else it would show nothing.
      expect(count.cached).toBeGreaterThan(0);
    },
    120_000 + writers * writes * 1_000,
  );
}
