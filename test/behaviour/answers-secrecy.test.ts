import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES, type Scope } from '../../src/contract/scopes.ts';
import { bearer, type Key, keyOf, startKeyedWorld } from '../support/callers.ts';
import { CANARY, found, type Lived, live, PERSON, SILENT_ONES } from '../support/canaries.ts';
import { sameStore } from '../support/changes.ts';
import type { World } from '../support/world.ts';

/** What answers tell callers who may not know all: nothing secret, whatever they ask and whatever goes wrong with it. */

const keys = {
  all: { name: 'all', scopes: SCOPES },
  reader: { name: 'reader', scopes: ['customers:read'] },
  writer: { name: 'writer', scopes: SCOPES.filter((scope: Scope) => !/read|raw|links/.test(scope)) },
  watcher: { name: 'watcher', scopes: ['providers:read'] },
} as const satisfies Readonly<Record<string, Key>>;

/** The document’s own customer at Octobat, who has what a new one has not: ways to pay. */
const PAYER = `{ customerByProviderId(provider: OCTOBAT, providerId: "oc_cu_1421878635hksc26e4de79") {
  id octobat { paymentSources { id } } records { providerId raw } } }`;

let world: World;
let lived: Lived;
let payer: { readonly id: string; readonly sources: readonly string[] };
beforeAll(async () => {
  world = await startKeyedWorld(Object.values(keys), { environment: { INTROSPECTION: 'on' } });
  const all = as('all');
  lived = await live(all, world.sandbox, () => sameStore(world));
  const { data } = await all(PAYER);
  const { id, octobat } = data.customerByProviderId as { id: string; octobat: { paymentSources: { id: string }[] } };
  payer = { id, sources: octobat.paymentSources.map((source) => source.id) };
});
afterAll(() => world.close());

const as =
  (who: keyof typeof keys) =>
  (query: string, variables?: unknown, headers: Record<string, string> = {}) =>
    world.query(query, variables as Record<string, unknown>, { ...bearer(keyOf(keys[who])), ...headers });

/** Everything that can be asked about the canaries, right and wrong. */
async function textsFor(who: keyof typeof keys): Promise<string> {
  const run = as(who);
  const { id, read, create, link } = lived;
  const input = { ...PERSON, providers: ['OCTOBAT', 'CYCLE_SOFTWARE'], dryRun: true };
  const asked = [
    run(read, { id }),
    run(read, { id: payer.id }),
    run(PAYER),
    run('{ customers(first: 50) { nodes { id email records { id providerId raw extension { id } } } } }'),
    run(
      '{ customers(filter: { text: "canary" }) { totalCount nodes { displayName octobat { paymentSources { id } } } } }',
    ),
    run(create, { input }),
    run(create, { input: { ...input, email: 'canary', phone: 'canary' } }),
    run(create, { input: { ...input, nobody: 'canary' } }),
    run(link, { input: { id, kind: 'BILLING_PAGE' } }),
    run(link, { input: { id, kind: 'CANARY' } }),
    run(
      'mutation ($i: ConfirmCustomerInput!) { confirmCustomer(input: $i) { customer { email } outcomes { request } errors { code message } } }',
      {
        i: { id, confirmationToken: 'canary-code' },
      },
    ),
    run(
      'mutation ($id: ID!) { updateCustomer(input: { id: $id, lastName: "Canary", dryRun: true }) { customer { email } outcomes { request changes { before after } record { raw } } errors { code message } } }',
      { id },
    ),
  ];
  return (await Promise.all(asked)).map(({ text }) => text).join('\n');
}

const secrets = (): readonly string[] => [
  ...[...lived.providerIds, ...payer.sources, ...lived.links, ...lived.codes, 'oc_cu_1421878635hksc26e4de79'],
  ...Object.entries(world.sandbox.env).flatMap(([name, value]) => (name.endsWith('_URL') ? [] : [value])),
  ...Object.values(keys).map(keyOf),
];

describe('answers', () => {
  it('tell who may know everything what is looked for below', async () => {
    const text = await textsFor('all');
    expect(payer.sources.length).toBeGreaterThan(0);
    expect(found(text, [...lived.providerIds, ...payer.sources])).toHaveLength(
      lived.providerIds.length + payer.sources.length,
    );
    expect(found(text, [...lived.codes, ...Object.values(keys).map(keyOf)])).toEqual([]);
  });

  it('tell who may read customers no provider’s id, way to pay, link or code', async () => {
    const text = await textsFor('reader');
    expect(text).toContain('Canaryfirst');
    expect(text).toContain('FORBIDDEN');
    expect(found(text, secrets())).toEqual([]);
  });

  it.each(['writer', 'watcher'] as const)(
    'tell a %s nothing of anybody, not in what went wrong either',
    async (who) => {
      const text = await textsFor(who);
      expect(text).toContain('FORBIDDEN');
      expect(found(text, secrets())).toEqual([]);
      expect(text.replaceAll('canaryAlias', '').match(CANARY)).toBeNull();
      expect(text.match(SILENT_ONES)).toBeNull();
    },
  );

  it('tell who has no key nothing but that', async () => {
    const { status, text } = await world.query(lived.read, { id: lived.id }, bearer('canary'));
    expect(status).toBe(401);
    expect(JSON.parse(text)).toEqual({ errors: [expect.objectContaining({ extensions: expect.anything() })] });
    expect(text.match(CANARY)).toBeNull();
  });
});
