import { isNonNullType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '../../src/contract/scopes.ts';
import {
  type AccessWorld,
  CALLERS,
  CARD,
  CONTRACT,
  schema,
  scopeOf,
  startAccessWorld,
  types,
} from '../support/access.ts';
import { bearer, keyOf } from '../support/callers.ts';
import { forbiddenAt, objectsAt, objectTypes, operationOf, type Way, waysTo } from '../support/fields.ts';
import type { Answer } from '../support/world.ts';

/** Who may see what: the contract's table of scopes, held against every field that the schema has. */

let world: AccessWorld;
beforeAll(async () => {
  world = await startAccessWorld();
});
afterAll(() => world.close());

// --------------------------------------------------------------------------------------------------- the matrix

/** "Inside a payload, null without an error": the types of which payloads are made. */
const isInsidePayload = (type: string): boolean =>
  /Payload$/.test(type) || ['WriteOutcome', 'FieldChange'].includes(type);

type Sight = 'seen' | 'null' | 'forbidden' | 'no such object';

/** What a caller sees of every field of a type, and where else they are refused. */
interface View {
  readonly fields: Readonly<Record<string, Sight>>;
  readonly refusedOnTheWay: readonly string[];
}

const pathOf = (way: Way): string[] => [way.start.field, ...way.steps.map(({ field }) => field)];

function viewOf(answer: Answer, way: Way): View {
  const refused = forbiddenAt(answer);
  const objects = objectsAt(answer.data, way);
  const here = pathOf(way).join('.');
  const sight = (field: string): Sight => {
    if (objects.length === 0) return 'no such object';
    const seen = objects.some((object) => object[field] !== null);
    if (refused.includes(`${here}.${field}`)) return seen ? 'seen' : 'forbidden';
    return seen ? 'seen' : 'null';
  };
  const names = Object.keys(way.type.getFields());
  return {
    fields: Object.fromEntries(names.map((name) => [name, sight(name)])),
    refusedOnTheWay: refused.filter((path) => !names.some((name) => path === `${here}.${name}`)),
  };
}

/** What the contract lets these scopes see on a way on which every scope sees `whole`. */
function expectedView(way: Way, scopes: readonly Scope[], whole: View): View {
  const path = pathOf(way);
  const stations = [
    { type: schema.getRootType(way.start.operation as never)?.name ?? '', field: way.start.field },
    ...way.steps.map(({ on, field }) => ({ type: on, field })),
  ];
  const lacks = (type: string, field: string): boolean => {
    const scope = scopeOf(type, field);
    return scope !== undefined && !scopes.includes(scope);
  };
  const stop = stations.findIndex(({ type, field }) => lacks(type, field));
  const at = stations[stop];
  const names = Object.keys(way.type.getFields());
  if (!at) {
    const seen = (name: string): Sight =>
      !lacks(way.type.name, name)
        ? (whole.fields[name] ?? 'null')
        : isInsidePayload(way.type.name)
          ? 'null'
          : 'forbidden';
    return { fields: Object.fromEntries(names.map((name) => [name, seen(name)])), refusedOnTheWay: [] };
  }
  // A mutation answers all the same, with its error and nothing else.
  const answers = at.type === 'Mutation' && (way.steps.length === 0 || path.at(-1) === 'errors');
  const said = ['errors', 'outcomes', 'code', 'message', 'retryable'];
  const bare = (name: string): Sight => (said.includes(name) ? 'seen' : 'null');
  return {
    fields: Object.fromEntries(names.map((name) => [name, answers ? bare(name) : 'no such object'])),
    refusedOnTheWay: at.type === 'Mutation' || isInsidePayload(at.type) ? [] : [path.slice(0, stop + 1).join('.')],
  };
}

const gated = (way: Way): string[] =>
  Object.keys(way.type.getFields()).filter((field) => scopeOf(way.type.name, field) !== undefined);

/** The first way on which a caller with every scope reaches the type, with something in each field that takes a scope. */
async function openWay(type: (typeof types)[number]): Promise<{ way: Way; whole: View }> {
  let best: { way: Way; whole: View } | undefined;
  for (const way of waysTo(schema, type, world.starts)) {
    const whole = viewOf(await world.all.query(await operationOf(way)), way);
    if (Object.values(whole.fields).includes('no such object')) continue;
    best ??= { way, whole };
    if (gated(way).every((field) => whole.fields[field] === 'seen')) return { way, whole };
  }
  if (!best) throw new Error(`no way leads to a ${type.name}: give its root field arguments in this test`);
  return best;
}

describe('every field of the schema', () => {
  it.each(types.map((type) => [type.name, type] as const))(
    '%s is seen by exactly whom the contract says',
    async (_, type) => {
      const { way, whole } = await openWay(type);
      const seen: Record<string, View> = {};
      const expected: Record<string, View> = {};
      for (const caller of CALLERS) {
        const answer = await world.query(await operationOf(way), {}, bearer(keyOf(caller)));
        // A subscription that is refused was never begun.
        const isRefused = way.start.operation === 'subscription' && !caller.scopes.includes('customers:read');
        expect(answer.status).toBe(isRefused ? 403 : 200);
        seen[caller.name] = viewOf(answer, way);
        expected[caller.name] = expectedView(way, caller.scopes, whole);
      }
      expect(seen).toEqual(expected);
      // What nobody sees can't leak here: the test then says nothing of it.
      expect(gated(way).filter((field) => whole.fields[field] !== 'seen')).toEqual([]);
    },
  );

  it.each([
    ['nobody', {}],
    ['an expired key', bearer(keyOf({ name: 'expired' }))],
    ['a key that was taken out', bearer('key-of-somebody-who-left')],
  ])('is closed to %s', async (_, headers) => {
    world.calls();
    for (const start of new Map(world.starts.map((each) => [each.field, each])).values()) {
      const args = start.operation === 'mutation' ? 'input: {}' : await start.args();
      const { status, data, errors } = await world.query(
        `${start.operation} { ${start.field}${args === '' ? '' : `(${args})`} { __typename } }`,
        {},
        headers,
      );
      expect({ status, data, codes: errors.map(({ extensions }) => extensions.code) }).toEqual({
        status: 401,
        data: undefined,
        codes: ['UNAUTHENTICATED'],
      });
    }
    expect(world.calls()).toEqual([]);
  });

  it('that takes a scope can be null by itself, and takes no argument that it could not be asked without', () => {
    const faults = objectTypes(schema).flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => scopeOf(type.name, field.name) !== undefined && isNonNullType(field.type))
        .map((field) => `${type.name}.${field.name}`),
    );
    expect(faults).toEqual([]);
    const unreached = types.flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => field.args.some((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined))
        .map((field) => `${type.name}.${field.name}`),
    );
    expect(unreached).toEqual([]);
  });

  it('of the contract’s table is in the schema', () => {
    const missing = Object.keys(CONTRACT).filter((name) => {
      const [type = '', field = ''] = name.split('.');
      const found = objectTypes(schema).find((each) => each.name === type);
      return !found || (field !== '*' && !found.getFields()[field]);
    });
    expect(missing).toEqual([]);
  });
});

it('shows nothing of cards, raw answers and providers’ ids to a caller who may only read', async () => {
  const { data } = await world.all.query('query ($id: ID!) { customer(id: $id) { records { providerId } } }', {
    id: world.people.ada,
  });
  const secrets = [CARD, ...data.customer.records.map(({ providerId }: { providerId: string }) => providerId)].filter(
    (text) => text.length > 6,
  );
  expect(secrets.length).toBeGreaterThan(2);
  for (const type of types) {
    for (const way of waysTo(
      schema,
      type,
      world.starts.filter(({ operation }) => operation === 'query'),
      2,
    ).slice(0, 12)) {
      const { text } = await world.query(await operationOf(way), {}, bearer(keyOf({ name: 'only customers:read' })));
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
  }
});
