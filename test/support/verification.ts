import { expect } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { sameStore } from './changes.ts';
import { createAda } from './customers.ts';
import { startWorld, type World } from './world.ts';

/** Phones verified by codes, and links that open pages: a world whose time a test moves, and the ways to ask for both. */

export const MINUTE = 60_000;
export const YOGI = 'fffd7e80-1691-41f5-8946-9deeaf0b8640';
export const OCTOBAT_INC = 'oc_cu_1421878635hksc26e4de79';

/** The time of every world here; a test moves it. */
export const time = { now: Date.UTC(2026, 0, 2, 3, 4, 5) };
export const at = (ago = 0): string => new Date(time.now - ago).toISOString();

export const startVerifyingWorld = (): Promise<World> =>
  startWorld({
    sandbox: { clock: () => time.now },
    clock: { now: () => time.now, elapsed: () => performance.now() },
  });

let phones = 100;
export const newLemon = (world: World, providers: readonly string[] = ['DIRTY_LEMON'], more = {}) => {
  phones += 1;
  const address = providers.length === 1 ? { address: null } : {};
  return createAda(world, providers, { phone: `+31612346${phones}`, ...address, ...more });
};

/** As if the last code had been sent long ago, so that another one may be. Forgets the call that it took. */
export async function letCodesRest(world: World, id: string): Promise<void> {
  const { data } = await world.query(
    'query ($id: ID!) { customer(id: $id) { records { provider providerId } } }',
    { id },
    { 'cache-control': 'no-cache' },
  );
  await restIn(sameStore(world), data.customer.records);
  world.calls();
}

/** The same in a store, which it closes. @param records as the API gives them */
export async function restIn(store: Store, records: readonly { provider: string; providerId: string }[]) {
  for (const { provider, providerId } of records) {
    const key = { provider: provider.toLowerCase().replaceAll('_', '-'), providerId };
    await store.keep([{ key, customer: key, codeSentAt: new Date(0) }]);
    await store.noteCodesAsked(key, { at: null, count: 0 });
  }
  await store.close();
}

/** From now on Dirty Lemon has this in every customer. */
export const lemonSays = (world: World, fields: object, times?: number) =>
  world.provider('dirty-lemon').fault({
    kind: 'mutate',
    method: 'GET',
    change: (json) => ({ ...(json as object), ...fields }),
    ...(times !== undefined && { times }),
  });

export const STATE = 'verification { state phone sentAt expiresAt verifiedAt }';
export async function stateOf(world: World, id: string) {
  const { data, errors } = await world.query(`query ($id: ID!) { customer(id: $id) { ${STATE} } }`, { id });
  expect(errors).toEqual([]);
  world.calls();
  return data.customer.verification;
}

export const messages = (world: World) => world.provider('dirty-lemon').messages.length;
export const lastToken = (world: World): string => world.provider('dirty-lemon').messages.at(-1)?.text ?? '';

export const CONFIRM = `mutation ($input: ConfirmCustomerInput!) { confirmCustomer(input: $input) {
  customer { id ${STATE} } outcomes { provider status record { provider } error { code field message } }
  errors { code field message provider retryable retryAfterMs } } }`;
export const REQUEST = `mutation ($input: RequestCustomerConfirmationInput!) { requestCustomerConfirmation(input: $input) {
  customer { id ${STATE} } outcomes { provider status error { code } }
  errors { code field message provider retryable } } }`;
export const LINK = `mutation ($input: CreateSelfServiceLinkInput!) { createSelfServiceLink(input: $input) {
  url expiresAt errors { code field message provider retryable } } }`;

async function mutate(world: World, mutation: string, input: Record<string, unknown>) {
  const { data, errors } = await world.query(mutation, { input });
  expect(errors).toEqual([]);
  const [payload] = Object.values(data);
  // biome-ignore lint/suspicious/noExplicitAny: the payload of whichever mutation it was
  return payload as any;
}
export const confirm = (world: World, id: string, confirmationToken: string, more = {}) =>
  mutate(world, CONFIRM, { id, confirmationToken, ...more });
export const requestCode = (world: World, id: string, more = {}) => mutate(world, REQUEST, { id, ...more });
export const link = (world: World, id: string, kind: string, more = {}) => mutate(world, LINK, { id, kind, ...more });
export const codes = (payload: { errors: readonly { code: string; field: readonly string[] | null }[] }) =>
  payload.errors.map(({ code, field }) => [code, field?.join('.') ?? null]);
