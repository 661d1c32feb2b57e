import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, keyOf, startKeyedWorld } from '../support/callers.ts';
import { startWorld, type World } from '../support/world.ts';

/** The audits of GraphQL over HTTP, all of them, where everyone is let in and where callers have keys. */

const KEY = { name: 'auditor', scopes: ['customers:read'] } as const;

describe.each([
  ['where everyone is let in', () => startWorld(), {}],
  // Some audits ask for a type of the schema.
  ['with a key', () => startKeyedWorld([KEY], { environment: { INTROSPECTION: 'on' } }), bearer(keyOf(KEY))],
] as const)('GraphQL over HTTP, %s', (_, start, headers) => {
  let world: World;
  beforeAll(async () => {
    world = await start();
  });
  afterAll(() => world.close());

  const audits = serverAudits({
    url: () => world.gateway.url,
    fetchFn: (url: string, sent?: RequestInit) => fetch(url, { ...sent, headers: { ...sent?.headers, ...headers } }),
  });

  it('has 61 audits', () => expect(audits).toHaveLength(61));

  it.each(audits.map((audit) => [audit.id, audit.name, audit] as const))(
    '%s: the gateway %s',
    async (_id, _name, audit) => {
      const result = await audit.fn();
      expect(result.status, 'reason' in result ? result.reason : '').toBe('ok');
    },
  );
});
