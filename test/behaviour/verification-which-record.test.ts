import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { link as linkAll, unlink } from '../support/changes.ts';
import { idOf } from '../support/customers.ts';
import { merge } from '../support/store.ts';
import {
  CONFIRM,
  codes,
  confirm,
  LINK,
  lastToken,
  link,
  MINUTE,
  messages,
  newLemon,
  OCTOBAT_INC,
  REQUEST,
  requestCode,
  startVerifyingWorld,
  time,
  YOGI,
} from '../support/verification.ts';
import { afreshEach, ask, type World } from '../support/world.ts';

/** Which of a customer’s records is meant by a code or a link. */

let world: World;
beforeAll(async () => {
  world = await startVerifyingWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

describe('the record that is meant', () => {
  /** A customer with two records at Dirty Lemon. */
  async function twice(): Promise<{ id: string; records: readonly string[] }> {
    const id = await newLemon(world, ['OCTOBAT', 'DIRTY_LEMON']);
    await newLemon(world);
    const stray = world.provider('dirty-lemon').messages.at(-1)?.id ?? '';
    const { data } = await world.query('query ($id: ID!) { customer(id: $id) { records { providerId } } }', { id });
    const store = openSqliteStore(join(world.folder, 'clientele.db'), merge);
    const customer = { provider: 'octobat', providerId: data.customer.records[0].providerId };
    // No call of the API makes one yet: a create links records of several providers.
    const key = { provider: 'dirty-lemon', providerId: `${stray.slice(0, -1)}${stray.endsWith('0') ? '1' : '0'}` };
    await store.keep([{ key, customer }]);
    await store.close();
    world
      .provider('dirty-lemon')
      .fault({ kind: 'json', id: key.providerId, method: 'GET', body: unconfirmed(key.providerId) });
    const both = await world.query('query ($id: ID!) { customer(id: $id) { records { id provider } } }', { id });
    world.calls();
    return {
      id,
      records: both.data.customer.records
        .filter(({ provider }: { provider: string }) => provider === 'DIRTY_LEMON')
        .map((record: { id: string }) => record.id),
    };
  }
  const unconfirmed = (id: string) => ({ id, unconfirmed_phone_number: '+31612345678', country_code: 'NL' });

  it('must be named where several would do', async () => {
    const { id, records } = await twice();
    const before = messages(world);
    for (const attempt of [confirm(world, id, '000000'), requestCode(world, id), link(world, id, 'CARD')]) {
      expect(codes(await attempt)).toEqual([['INVALID_INPUT', 'recordId']]);
    }
    expect(world.calls()).toEqual([]);
    expect(messages(world)).toBe(before);
    time.now += MINUTE;
    expect((await requestCode(world, id, { recordId: records[0] })).errors).toEqual([]);
    expect(messages(world)).toBe(before + 1);
    expect((await confirm(world, id, lastToken(world), { recordId: records[0] })).errors).toEqual([]);
  });

  it('is what an idempotency key was answered for, whatever became of the customer and of the settings since', async () => {
    const id = await newLemon(world, ['OCTOBAT', 'DIRTY_LEMON']);
    time.now += MINUTE;
    const sent = () => world.provider('dirty-lemon').calls.filter(({ path }) => path.includes('confirm')).length;
    const before = sent();
    const asked = [
      [REQUEST, { id, idempotencyKey: 'request' }],
      [CONFIRM, { id, idempotencyKey: 'wrong', confirmationToken: 'wrong' }],
    ] as const;
    const answers = async (url = world.gateway.url) => {
      const all = [];
      for (const [mutation, input] of asked) {
        const [payload] = Object.values((await ask(url, mutation, { input })).data ?? {});
        const { outcomes, errors } = payload as { outcomes: unknown; errors: unknown };
        all.push({ outcomes, errors });
      }
      return all;
    };
    const first = await answers();
    expect(first).toMatchObject([
      { outcomes: [{ status: 'SUCCEEDED' }], errors: [] },
      { errors: [{ code: 'INVALID_CONFIRMATION_TOKEN' }] },
    ]);
    const { url } = await world.another({ DIRTY_LEMON_URL: '', DIRTY_LEMON_TOKEN: '' });
    expect(await answers(url)).toEqual(first);
    const { records } = await linkAll(world, [id, await newLemon(world)]);
    expect(await answers()).toEqual(first);
    for (const record of records) if (record.provider === 'DIRTY_LEMON') await unlink(world, record.id);
    expect(await answers()).toEqual(first);
    expect(sent()).toBe(before + 2);
  });

  it('need not be where one would do, and may be', async () => {
    const id = await newLemon(world, ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON']);
    const { data } = await world.query('query ($id: ID!) { customer(id: $id) { records { id provider } } }', { id });
    const recordOf = (name: string) =>
      data.customer.records.find(({ provider }: { provider: string }) => provider === name).id;
    time.now += MINUTE;
    expect((await requestCode(world, id, { recordId: recordOf('DIRTY_LEMON') })).errors).toEqual([]);
    expect((await link(world, id, 'CARD')).errors).toEqual([]);
    world.calls();
    for (const attempt of [
      requestCode(world, id, { recordId: recordOf('OCTOBAT') }),
      confirm(world, id, '000000', { recordId: recordOf('CYCLE_SOFTWARE') }),
      link(world, id, 'CARD', { recordId: recordOf('OCTOBAT') }),
      link(world, id, 'BILLING_PAGE', { recordId: recordOf('DIRTY_LEMON') }),
    ]) {
      expect(codes(await attempt)).toEqual([['CAPABILITY_UNSUPPORTED', 'recordId']]);
    }
    expect(world.calls()).toEqual([]);
  });

  it('must be one of this customer, and ids must be what they are taken for', async () => {
    const id = await newLemon(world);
    const stranger = await newLemon(world);
    const { data } = await world.query('query ($id: ID!) { customer(id: $id) { records { id } } }', { id: stranger });
    const recordId = data.customer.records[0].id;
    world.calls();
    for (const act of [
      (more: object) => confirm(world, id, '0', more),
      (more: object) => requestCode(world, id, more),
    ]) {
      expect(codes(await act({ recordId }))).toEqual([['INVALID_INPUT', 'recordId']]);
      expect(codes(await act({ recordId: id }))).toEqual([['INVALID_INPUT', 'recordId']]);
      expect(codes(await act({ id: recordId }))).toEqual([['INVALID_INPUT', 'id']]);
      expect(codes(await act({ id: 'nobody' }))).toEqual([['INVALID_INPUT', 'id']]);
    }
    expect(codes(await link(world, recordId, 'CARD'))).toEqual([['INVALID_INPUT', 'id']]);
    expect(world.calls()).toEqual([]);
  });

  it('must be at a provider that can do it, and that is configured', async () => {
    const id = await idOf(world, 'OCTOBAT', OCTOBAT_INC);
    for (const attempt of [
      confirm(world, id, '0'),
      requestCode(world, id),
      link(world, id, 'CARD'),
      link(world, id, 'SHIPPING_ADDRESS'),
    ]) {
      expect(codes(await attempt)).toEqual([['CAPABILITY_UNSUPPORTED', 'id']]);
    }
    const lemon = await idOf(world, 'DIRTY_LEMON', YOGI);
    expect(codes(await link(world, lemon, 'BILLING_PAGE'))).toEqual([['CAPABILITY_UNSUPPORTED', 'id']]);
    const { url } = await world.another({ DIRTY_LEMON_URL: '', DIRTY_LEMON_TOKEN: '' });
    for (const [mutation, input] of [
      [CONFIRM, { id: lemon, confirmationToken: '0' }],
      [REQUEST, { id: lemon }],
      [LINK, { id: lemon, kind: 'CARD' }],
    ] as const) {
      const { data } = await ask(url, mutation, { input });
      expect(JSON.stringify(data)).toContain('"PROVIDER_NOT_CONFIGURED"');
    }
    expect(world.calls()).toEqual([]);
  });
});
