import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { type Event, type Stream, subscribe } from './events.ts';
import { merge } from './store.ts';
import type { World } from './world.ts';

/** Changes to customers, as a test makes them and as it is told of them. */

export const CHANGED = `subscription Changed($ids: [ID!], $providers: [ProviderName!]) {
  customerChanged(ids: $ids, providers: $providers) { kind customerId formerIds provider fields at customer { id displayName } }
}`;

export const listen = (
  { gateway }: Pick<World, 'gateway'>,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Stream> => subscribe(gateway.url, { query: CHANGED, variables, headers });

/** What an event says of a customer. */
export const changeOf = (event: Event | null) => event?.data?.data?.customerChanged;

/** The next change. @throws where the stream ended, or told an error */
export async function nextChange(stream: Stream) {
  const event = await stream.next();
  if (!changeOf(event)) throw new Error(`this is no change: ${JSON.stringify(event)}`);
  return changeOf(event);
}

/** The store of a world on SQLite, opened as another process would. */
export const sameStore = ({ folder }: Pick<World, 'folder'>): Store =>
  openSqliteStore(join(folder, 'clientele.db'), merge);

export interface Known {
  readonly id: string;
  readonly provider: string;
  readonly providerId: string;
}

/** The sandbox's own example at each of these providers, read once, so that the directory has a copy of it. */
export async function knownAt(world: World, ...providers: readonly string[]): Promise<Known[]> {
  const store = sameStore(world);
  const known: Known[] = [];
  for (const provider of providers) {
    const [providerId = ''] = world.provider(provider).examples;
    const { data } = await world.query(
      'query ($provider: ProviderName!, $providerId: String!) { customerByProviderId(provider: $provider, providerId: $providerId) { id } }',
      { provider: provider.toUpperCase().replaceAll('-', '_'), providerId },
    );
    const key = { provider, providerId };
    known.push({ ...key, id: data.customerByProviderId.id });
    // It is kept behind the reader's back.
    while ((await store.copies([key])).size === 0) await nextTurn();
  }
  await store.close();
  world.calls();
  return known;
}

const LINK = `mutation ($ids: [ID!]!) { linkCustomers(input: { ids: $ids }) { errors { message } customer { id records { id provider } } } }`;
const UNLINK = 'mutation ($id: ID!) { unlinkRecord(input: { recordId: $id }) { errors { message } } }';

export async function link(world: World, ids: readonly string[]) {
  const { data, errors } = await world.query(LINK, { ids });
  if (errors.length > 0 || data.linkCustomers.errors.length > 0) throw new Error(JSON.stringify([errors, data]));
  return data.linkCustomers.customer as { id: string; records: { id: string; provider: string }[] };
}

export async function unlink(world: World, id: string): Promise<void> {
  const { data, errors } = await world.query(UNLINK, { id });
  if (errors.length > 0 || data.unlinkRecord.errors.length > 0) throw new Error(JSON.stringify([errors, data]));
}

/** How many streams a gateway says that it has. */
export async function subscribers(url: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', url))).text();
  return Number(/^clientele_subscribers (\d+)$/m.exec(text)?.[1]);
}

/** Waits until that is so many: a client's end is noticed a moment after it. */
export async function subscribersToBe(url: string, count: number): Promise<void> {
  while ((await subscribers(url)) !== count) await nextTurn();
}
