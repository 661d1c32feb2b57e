import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createAda, idOf } from '../support/customers.ts';
import { ALL_IDS, codes, idsOfAda } from '../support/ids.ts';
import { ask, startWorld, type World } from '../support/world.ts';

/** Ids are opaque, stable, and nobody's to make up. */

let world: World;
let ada: string;
beforeAll(async () => {
  world = await startWorld({ sandbox: { customers: 30 } });
  ada = await createAda(world);
});
afterAll(() => world.close());
beforeEach(() => void world.calls());

describe('an id', () => {
  it('is that of the same thing wherever it is met', async () => {
    const { data } = await world.query(ALL_IDS, { id: ada });
    const { customer, providers } = data;
    const own = [customer.octobat.id, customer.cycleSoftware.id, customer.dirtyLemon.id, customer.onboardFlow.id];
    expect(customer.records.map((record: { extension: { id: string } }) => record.extension.id)).toEqual(own);
    const all = [customer.id, ...own, ...customer.records.map(({ id }: { id: string }) => id)];
    all.push(...providers.map(({ id }: { id: string }) => id));
    expect(new Set(all).size).toBe(all.length);
    const again = await world.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }', { ids: all });
    expect(again.errors).toEqual([]);
    expect(again.data.nodes.map(({ id }: { id: string }) => id)).toEqual(all);
  });

  it('is that of the same thing also where nothing was read before, and a reader has nothing but the customer’s id', async () => {
    const own = await startWorld({ environment: { ID_SECRET: 'x'.repeat(32) } });
    onTestFinished(() => own.close());
    const fresh = await own.another({ DATABASE_URL: `file:${join(own.folder, 'fresh.db')}` });
    const asked = `query ($id: ID!) { node(id: $id) { ... on Customer { octobat { id } records { id } } }
      customer(id: $id) { octobat { id } records { id } } }`;
    const id = await idOf(own, 'OCTOBAT', own.provider('octobat').examples[0] ?? '');
    const [known, { data }] = await Promise.all([own.query(asked, { id }), ask(fresh.url, asked, { id })]);
    expect(data).toEqual(known.data);
    const all = [id, known.data.customer.octobat.id, known.data.customer.records[0].id];
    expect(new Set(all).size).toBe(3);
    for (const one of all)
      for (const url of [own.gateway.url, fresh.url])
        expect((await ask(url, `{ node(id: "${one}") { id } }`)).data).toEqual({ node: { id: one } });
  });

  it('finds the customer by any of its records, and names it by one', async () => {
    const { data } = await world.query('query ($id: ID!) { customer(id: $id) { records { provider providerId } } }', {
      id: ada,
    });
    for (const { provider, providerId } of data.customer.records) {
      expect(await idOf(world, provider, providerId)).toBe(ada);
    }
  });

  it('never shows the provider’s own id or name, and is no longer for one provider than for another', async () => {
    const { data } = await world.query(
      `{ ${world.sandbox.providers
        .filter(({ id }) => !['dirty-lemon', 'onboard-flow'].includes(id))
        .map(({ id }) => id.toUpperCase().replaceAll('-', '_'))
        .map(
          (name) =>
            `${name}: provider(name: ${name}) { records(first: 5) { edges { cursor node { id provider providerId customer { id } extension { id } } } } }`,
        )
        .join(' ')} }`,
    );
    const lengths = new Set<number>();
    for (const { records } of Object.values<{ records: { edges: Edge[] } }>(data)) {
      for (const { cursor, node } of records.edges) {
        lengths.add(node.id.length);
        for (const id of [cursor, node.id, node.customer.id, node.extension.id]) {
          const shown =
            id + Buffer.from(id, 'base64url').toString('latin1') + Buffer.from(id, 'hex').toString('latin1');
          if (node.providerId.length > 3) expect(shown).not.toContain(node.providerId);
          expect(shown).not.toContain(node.provider.toLowerCase().replaceAll('_', '-'));
          expect(id).toMatch(/^[A-Za-z0-9_-]+$/);
        }
      }
    }
    expect(lengths.size).toBe(1);
  });

  it.each(['customer', 'record', 'extension', 'provider'] as const)(
    'of a %s is refused where that of another kind is needed',
    async (kind) => {
      const ids = await idsOfAda(world, ada);
      const id = ids[kind];
      const answer = await world.query('query ($id: ID!) { customer(id: $id) { id } }', { id });
      expect(codes(answer)).toEqual(kind === 'customer' ? [] : ['BAD_USER_INPUT']);
      const { data } = await world.query(
        `mutation ($id: ID!, $ada: ID!) {
          update: updateCustomer(input: { id: $id, lastName: "X", dryRun: true }) { errors { code field } }
          records: updateCustomer(input: { id: $ada, records: [$id], lastName: "X", dryRun: true }) { errors { code field } }
          request: requestCustomerConfirmation(input: { id: $ada, recordId: $id }) { errors { code field } }
          link: createSelfServiceLink(input: { id: $id, kind: BILLING_PAGE }) { errors { code field } } }`,
        { id, ada },
      );
      const refusedAt = (alias: string) =>
        data[alias].errors
          .filter(({ code }: { code: string }) => code === 'INVALID_INPUT')
          .map(({ field }: { field: string[] }) => field.join('.'));
      const unless = (needed: string, place: string) => (kind === needed ? [] : [place]);
      expect({
        update: refusedAt('update'),
        records: refusedAt('records'),
        request: refusedAt('request'),
        link: refusedAt('link'),
      }).toEqual({
        update: unless('customer', 'id'),
        records: unless('record', 'records.0'),
        request: unless('record', 'recordId'),
        link: unless('customer', 'id'),
      });
    },
  );

  it('of another customer’s record is refused, before anything is asked', async () => {
    const stranger = await world.query(
      '{ customerByProviderId(provider: OCTOBAT, providerId: "oc_cu_1421878635hksc26e4de79") { records { id } } }',
    );
    world.calls();
    const { data } = await world.query(
      `mutation ($id: ID!, $record: ID!) {
        update: updateCustomer(input: { id: $id, records: [$record], lastName: "X" }) { errors { code field } }
        confirm: requestCustomerConfirmation(input: { id: $id, recordId: $record }) { errors { code field } }
        link: createSelfServiceLink(input: { id: $id, recordId: $record, kind: BILLING_PAGE }) { errors { code field } } }`,
      { id: ada, record: stranger.data.customerByProviderId.records[0].id },
    );
    expect(data).toEqual({
      update: { errors: [{ code: 'INVALID_INPUT', field: ['records', '0'] }] },
      confirm: { errors: [{ code: 'INVALID_INPUT', field: ['recordId'] }] },
      link: { errors: [{ code: 'INVALID_INPUT', field: ['recordId'] }] },
    });
    expect(world.calls()).toEqual([]);
  });

  it('opens with no character changed, added or taken away', async () => {
    for (const id of Object.values(await idsOfAda(world, ada))) {
      const forged = new Set<string>();
      for (let at = 0; at <= id.length; at++) {
        const [before, after] = [id.slice(0, at), id.slice(at + 1)];
        for (const character of ['A', 'z', '=', '\n']) forged.add(before + character + after);
        forged
          .add(before + after)
          .add(before)
          .add(`${before}B${id.slice(at)}`);
      }
      forged.delete(id);
      for (const other of [`${id}==`, id.toLowerCase(), id.toUpperCase(), id + id, [...id].reverse().join('')])
        forged.add(other);
      const all = [...forged];
      for (let from = 0; from < all.length; from += 500) {
        const ids = all.slice(from, from + 500);
        const answer = await world.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
        expect(answer.data.nodes).toEqual(ids.map(() => null));
        expect(new Set(codes(answer))).toEqual(new Set(['BAD_USER_INPUT']));
        expect(answer.errors).toHaveLength(ids.length);
      }
    }
    expect(world.calls()).toEqual([]);
  });

  it('spoils only its own place among several', async () => {
    const { customer, provider } = await idsOfAda(world, ada);
    const ids = [customer, `${customer}x`, provider];
    const answer = await world.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(answer.data.nodes).toEqual([{ id: customer }, null, { id: provider }]);
    expect(answer.errors.map(({ path }) => path)).toEqual([['nodes', 1]]);
    const many = await world.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: Array(501).fill(provider),
    });
    expect([many.data, codes(many)]).toEqual([{ nodes: null }, ['BAD_USER_INPUT']]);
  });
});

interface Edge {
  readonly cursor: string;
  readonly node: {
    readonly id: string;
    readonly provider: string;
    readonly providerId: string;
    readonly customer: { readonly id: string };
    readonly extension: { readonly id: string };
  };
}

describe('the secret', () => {
  it('kept beside the database seals the same ids after a restart and in another process', async () => {
    const before = await world.query(ALL_IDS, { id: ada });
    const other = await world.another();
    expect((await ask(other.url, ALL_IDS, { id: ada })).data).toEqual(before.data);
    const process = await startProcess();
    try {
      expect((await ask(process.url, ALL_IDS, { id: ada })).data).toEqual(before.data);
    } finally {
      process.child.kill();
      await once(process.child, 'exit');
    }
  });

  it('set otherwise knows none of the ids, unless the former one is given along', async () => {
    const old = await startWorld({ environment: { ID_SECRET: 'the first secret, long enough' } });
    try {
      const id = await createAda(old);
      const read = 'query ($id: ID!) { customer(id: $id) { id displayName revision records { id } } }';
      const list = 'query ($after: String) { customers(first: 2, after: $after) { pageInfo { endCursor } } }';
      const before = await old.query(read, { id });
      const page = await old.query(list);
      const after = page.data.customers.pageInfo.endCursor;

      const stranger = await old.another({ ID_SECRET: 'the second secret, long enough' });
      expect(codes(await ask(stranger.url, read, { id }))).toEqual(['BAD_USER_INPUT']);
      expect(codes(await ask(stranger.url, list, { after }))).toEqual(['BAD_USER_INPUT']);

      const heir = await old.another({
        ID_SECRET: 'the second secret, long enough',
        ID_SECRET_PREVIOUS: 'the first secret, long enough',
      });
      const { data, errors } = await ask(heir.url, read, { id });
      expect(errors).toEqual([]);
      expect(data).toMatchObject({ customer: { displayName: before.data.customer.displayName } });
      const { customer } = data as { customer: { id: string } };
      const fresh = customer.id;
      expect(fresh).not.toBe(id);
      expect((await ask(heir.url, read, { id: fresh })).data).toEqual(data);
      expect(codes(await ask(heir.url, list, { after }))).toEqual([]);
      const { data: written } = await ask(
        heir.url,
        `mutation ($id: ID!, $ifRevision: String) {
          updateCustomer(input: { id: $id, ifRevision: $ifRevision, lastName: "King", dryRun: true }) { errors { code } } }`,
        { id, ifRevision: before.data.customer.revision },
      );
      expect(written).toEqual({ updateCustomer: { errors: [] } });
    } finally {
      await old.close();
    }
  });
});

/** The gateway as an operator starts it, on the same providers and database. */
async function startProcess(): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
  const child = spawn(process.execPath, [cli, 'start'], {
    env: {
      ...process.env,
      ...world.sandbox.env,
      ...{ AUTH: 'none', PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: `file:${join(world.folder, 'clientele.db')}` },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) return { child, url: JSON.parse(line).url };
  throw new Error('the process ended before it was ready');
}
