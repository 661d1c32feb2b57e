import { describe, expect, it } from 'vitest';
import type { Provider } from '../../src/contract/provider.ts';
import type { AccessTable, FieldAccess } from '../../src/contract/scopes.ts';
import { membersOf } from '../../src/gateway/gateway.ts';
import { createBuilder } from '../../src/graphql/builder.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { providers, types } from '../support/access.ts';

/** How providers say who may see their fields: each is classified once, or there is no schema. */

describe('a schema is not built', () => {
  /** Octobat with another table of access. */
  const build = (changed: Readonly<Record<string, FieldAccess | undefined>>) => () =>
    buildSchema(
      membersOf(
        providers.map((provider) => (provider.id === 'octobat' ? open(provider, changed) : provider)),
        new Map(),
        [],
      ),
    );

  const open = (provider: Provider, changed: Readonly<Record<string, FieldAccess | undefined>>): Provider => ({
    ...provider,
    schema(builder) {
      const own = provider.schema(builder);
      const access = Object.entries({ ...own.access, ...changed }).filter(([, rules]) => rules !== undefined);
      return { ...own, access: Object.fromEntries(access) as AccessTable };
    },
  });

  it('with a field that nobody has classified', () => {
    expect(build({ OctobatPaymentSource: { parent: ['id'] } })).toThrow(
      'OctobatPaymentSource.expMonth is not classified',
    );
    expect(build({ OctobatCustomer: undefined })).toThrow('OctobatCustomer.paymentSources is not classified');
  });

  it('with a field under two rules', () => {
    const parent = ['id', 'type', 'source', 'country', 'expMonth', 'expYear', 'details'];
    expect(build({ OctobatPaymentSource: { parent, 'records:raw': ['id'] } })).toThrow(
      'OctobatPaymentSource.id is classified twice',
    );
  });

  it('with a rule for a field or a type that is not there', () => {
    const parent = ['id', 'type', 'source', 'country', 'expMonth', 'expYear', 'details'];
    expect(build({ OctobatPaymentSource: { parent, 'payments:read': ['cvc'] } })).toThrow(
      'OctobatPaymentSource.cvc is classified, but there is no such field',
    );
    expect(build({ OctobatCard: { parent: ['number'] } })).toThrow('OctobatCard');
  });

  it('with a provider that says who may see what is not its own', () => {
    const nutcache = providers.find(({ id: name }) => name === 'nutcache');
    if (!nutcache) throw new Error('no nutcache');
    expect(build({ NutcacheCustomer: nutcache.schema(createBuilder()).access.NutcacheCustomer })).toThrow(
      'NutcacheCustomer',
    );
    const parent = Object.keys(types.find(({ name }) => name === 'CustomerRecord')?.getFields() ?? {});
    expect(parent).toContain('raw');
    expect(build({ CustomerRecord: { parent } })).toThrow('CustomerRecord');
  });
});
