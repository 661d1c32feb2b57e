import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ada, adasOnboarding, createAda, WRITABLE } from '../support/customers.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** A create at several providers of which some fail: what stays is told, and only what is unfinished is ever done. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id records { provider } } outcomes { writeId provider status error { code message } }
  errors { code message provider retryable } } }`;

interface Told {
  readonly provider: string;
  readonly status: string;
  readonly error: { readonly code: string; readonly message: string } | null;
}

async function create(input: Record<string, unknown>) {
  const answer = await world.query(CREATE, { input });
  expect(answer.errors).toEqual([]);
  return answer.data.createCustomer;
}

/** What providers were sent since the last look. */
const writes = (): string[] =>
  world
    .calls()
    .filter((call) => !call.includes(' GET '))
    .map((call) => call.split(' ')[0] ?? '')
    .sort();

let number = 0;
/** Somebody new, whom every provider would take. */
function somebody(more: Record<string, unknown> = {}): Record<string, unknown> {
  number += 1;
  const onboardFlow = { ...adasOnboarding, customerId: `cus_part_${number}` };
  return { ...ada, phone: `+3161230${1000 + number}`, providers: WRITABLE, onboardFlow, ...more };
}
const newKey = (): string => `part ${number}`;

describe('the error of a create that was done in part', () => {
  const STAYS = 'The customer was made at CycleSoftware and Dirty Lemon, and that stays: no provider has a delete.';
  const three = { providers: ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON'], onboardFlow: undefined };
  const LIMITED = { kind: 'status', status: 429, method: 'POST', times: 1 } as const;

  it('says what stays, and to send the same with the same key', async () => {
    const input = { ...somebody(three), idempotencyKey: newKey() };
    world.provider('octobat').fault(LIMITED);
    const { outcomes, errors } = await create(input);
    const again = 'Send the same input with the same key again: only what is unfinished is done.';
    expect(errors).toMatchObject([{ code: 'PROVIDER_RATE_LIMITED', provider: 'OCTOBAT', retryable: true }]);
    expect(errors[0].message).toMatch(new RegExp(`. ${STAYS} ${again}$`));
    expect(outcomes[0].error.message).toBe(errors[0].message);
    expect(await create(input)).toMatchObject({ errors: [] });
    expect(writes()).toEqual(['cycle-software', 'dirty-lemon', 'octobat', 'octobat']);
  });

  it('says how to go on without a key, and that does it', async () => {
    const input = somebody(three);
    world.provider('octobat').fault(LIMITED);
    const { customer, errors } = await create(input);
    expect(errors[0].message).toContain(STAYS);
    expect(errors[0].message).toMatch(
      /To make it at Octobat, create with joinCustomer, this customer’s id, and that provider alone; a new create would make it once more at CycleSoftware and Dirty Lemon\.$/,
    );
    const joined = await create({ ...input, providers: ['OCTOBAT'], joinCustomer: customer.id });
    expect(joined.errors).toEqual([]);
    expect(joined.customer.records).toHaveLength(3);
    expect(writes()).toEqual(['cycle-software', 'dirty-lemon', 'octobat', 'octobat']);
  });

  it('never says to send again with its key what a provider has refused, nor does that, told again by the key', async () => {
    const input = { ...somebody(three), idempotencyKey: newKey() };
    world.provider('octobat').fault({ kind: 'status', status: 422, method: 'POST', times: 1 });
    const first = await create(input);
    expect(first.errors[0].message).toContain(STAYS);
    expect(first.errors[0].message).toContain('To make it at Octobat once that is mended, create with joinCustomer');
    writes();
    expect(await create(input)).toEqual(first);
    expect(writes()).toEqual([]);
  });

  it('says of what nobody knows to look, and never to create it again, told again by the key as well', async () => {
    const input = { ...somebody(three), idempotencyKey: newKey() };
    world.provider('octobat').fault({ kind: 'reset', method: 'POST', afterCommit: true, times: 1 });
    const first = await create(input);
    expect(first.errors).toMatchObject([{ code: 'OUTCOME_UNKNOWN', provider: 'OCTOBAT' }]);
    expect(first.errors[0].message).toContain(STAYS);
    expect(first.errors[0].message).toMatch(
      /Ask write\(id\), by its writeId, what came of it, and never create it again\.$/,
    );
    writes();
    expect((await create(input)).errors[0].message).toBe(first.errors[0].message);
    expect(writes()).toEqual([]);
  });

  it('says to look first where nothing is known to be made, and something may be', async () => {
    world.provider('octobat').fault({ kind: 'reset', method: 'POST', afterCommit: true, times: 1 });
    world.provider('cycle-software').fault({ ...LIMITED });
    const { customer, errors } = await create(somebody({ ...three, providers: ['OCTOBAT', 'CYCLE_SOFTWARE'] }));
    expect(customer).toBeNull();
    expect(errors[1].message).toMatch(
      /First look what came of it at Octobat: a new create would make it there once more\.$/,
    );
  });

  it('says nothing of it where nothing was made', async () => {
    world.provider('octobat').fault({ ...LIMITED });
    const { errors } = await create(somebody({ ...three, providers: ['OCTOBAT'] }));
    expect(errors[0].message).not.toMatch(/stays|joinCustomer|the same key/);
  });
});

describe('a create at all providers that can, while some of five are down,', () => {
  const all = ['octobat', 'cycle-software', 'dirty-lemon', 'onboard-flow', 'nutcache'];
  const subsets = Array.from({ length: 2 ** all.length }, (_, bits) =>
    all.filter((_each, place) => bits & (1 << place)),
  );

  it('has an outcome each, is one customer, and is finished by its key, once each', async () => {
    for (const down of subsets) {
      const idempotencyKey = `down ${down.join()}`;
      const input = { ...somebody(), idempotencyKey };
      await Promise.all(down.map((id) => world.provider(id).down()));
      const isDown = (provider: string) => down.includes(provider.toLowerCase().replace('_', '-'));
      const first = await create(input);
      expect([
        down,
        first.outcomes.map(({ provider, status, error }: Told) => [provider, status, error?.code]),
      ]).toEqual([
        down,
        WRITABLE.map((each) =>
          isDown(each) ? [each, 'FAILED', 'PROVIDER_UNAVAILABLE'] : [each, 'SUCCEEDED', undefined],
        ),
      ]);
      const up = WRITABLE.filter((each) => !isDown(each));
      expect(first.customer?.records ?? []).toEqual(up.map((provider) => ({ provider })));
      const before = writes();
      expect(before).toHaveLength(up.length);

      await Promise.all(down.map((id) => world.provider(id).up()));
      const second = await create(input);
      expect([down, second.errors]).toEqual([down, []]);
      expect(second.customer.records).toEqual(WRITABLE.map((provider) => ({ provider })));
      expect(second.outcomes.map(({ status }: Told) => status)).toEqual(WRITABLE.map(() => 'SUCCEEDED'));
      if (first.customer) expect(second.customer.id).toBe(first.customer.id);
      expect([...before, ...writes()].sort()).toEqual(all.filter((id) => id !== 'nutcache').sort());

      expect(await create(input)).toEqual(second);
      expect(writes()).toEqual([]);
    }
  }, 60_000);

  it('whom Nutcache holds, too, is made where it can be', async () => {
    const id = await createAda(world, ['OCTOBAT'], { phone: '+31612309999' });
    await world.provider('nutcache').down();
    const { customer, errors } = await create({
      providers: ['CYCLE_SOFTWARE'],
      lastName: 'Lovelace',
      joinCustomer: id,
    });
    await world.provider('nutcache').up();
    expect([customer.id, errors]).toEqual([id, []]);
  });
});
