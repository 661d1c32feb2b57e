import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessWorld, CALLERS, EVERY, schema, scopeOf, startAccessWorld } from '../support/access.ts';
import { bearer, keyOf } from '../support/callers.ts';

/** Who may do what, and what a caller who may write but not read gets to see of it. */

let world: AccessWorld;
beforeAll(async () => {
  world = await startAccessWorld();
});
afterAll(() => world.close());

describe('a mutation without its scope', () => {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});

  it.each(mutations.map(({ name }) => [name] as const))(
    '%s answers FORBIDDEN, reads nothing and sends nothing',
    async (name) => {
      const scope = scopeOf('Mutation', name);
      if (!scope) throw new Error(`the contract does not say who may ${name}`);
      const args = await world.starts.find(({ field }) => field === name)?.args();
      world.calls();
      for (const caller of CALLERS.filter(({ scopes }) => !scopes.includes(scope))) {
        const { status, data, errors } = await world.query(
          `mutation { ${name}(${args}) { errors { code message field retryable } } }`,
          {},
          bearer(keyOf(caller)),
        );
        expect(status).toBe(200);
        expect(errors).toEqual([]);
        expect(data[name]).toEqual({
          errors: [{ code: 'FORBIDDEN', message: `This takes the scope ${scope}.`, field: null, retryable: false }],
        });
      }
      expect(world.calls()).toEqual([]);
    },
  );
});

describe('a caller who may only write', () => {
  const write = (document: string, variables: Record<string, unknown>) =>
    world.query(document, variables, bearer(keyOf({ name: 'only customers:write' })));

  it('gets what was written, and not who the customer is', async () => {
    const { data, errors, text } = await write(
      `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
        customer { id email octobat { name } }
        outcomes { provider status record { id email } changes { field before after } request } errors { code } } }`,
      { input: { id: world.people.ada, providers: ['OCTOBAT', 'CYCLE_SOFTWARE'], companyName: 'Canary & Sons' } },
    );
    expect(errors).toEqual([]);
    expect(data.updateCustomer.customer).toBeNull();
    expect(data.updateCustomer.errors).toEqual([]);
    expect(data.updateCustomer.outcomes).toMatchObject([
      { provider: 'OCTOBAT', status: 'SUCCEEDED', record: null, request: null },
      { provider: 'CYCLE_SOFTWARE', status: 'SUCCEEDED', record: null, request: null },
    ]);
    for (const { changes } of data.updateCustomer.outcomes) {
      expect(changes.length).toBeGreaterThan(0);
      for (const change of changes) expect(change).toMatchObject({ before: null, after: null });
    }
    expect(text).not.toMatch(/Canary|Lovelace|ada@example/);
  });

  it('may not create a confirmed customer: that takes customers:preconfirm, and nothing is sent', async () => {
    world.calls();
    const input = { providers: ['DIRTY_LEMON'], phone: '+31612999999', dirtyLemon: { confirmation: false } };
    const create =
      'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { outcomes { status } errors { code field } } }';
    const forbidden = { outcomes: [], errors: [{ code: 'FORBIDDEN', field: ['dirtyLemon', 'confirmation'] }] };
    for (const asked of [input, { ...input, dryRun: true }])
      expect((await write(create, { input: asked })).data.createCustomer).toEqual(forbidden);
    const literal = `mutation { createCustomer(input: { providers: [DIRTY_LEMON, CYCLE_SOFTWARE], lastName: "Lovelace",
      phone: "+31612999999", dirtyLemon: { confirmation: false } }) { outcomes { status } errors { code field } } }`;
    expect((await write(literal, {})).data.createCustomer).toEqual(forbidden);
    expect(world.calls()).toEqual([]);

    const allowed = await world.query(create, { input }, bearer(keyOf({ name: EVERY })));
    expect(allowed.data.createCustomer).toEqual({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
    expect(world.provider('dirty-lemon').messages.filter(({ to }) => to === input.phone)).toEqual([]);
  });
});
