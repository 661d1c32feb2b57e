import type { Clock } from '../clock.ts';
import type { Connection, Provider } from '../contract/provider.ts';
import { providerNames } from '../contract/provider.ts';
import type { CallLimits } from '../http/transport.ts';
import type { Ids } from '../ids/ids.ts';
import type { Store } from '../store/store.ts';
import type { ChangeFeed } from './changes/feed.ts';
import { createDirectory, type Directory } from './directory/directory.ts';
import { Listings } from './listings.ts';
import { createSync, type Sync, type SyncOptions } from './sync/sync.ts';
import type { Sources } from './traced.ts';
import { ranks } from './trust.ts';
import { createTurns, type Turns } from './turns.ts';
import { ReadsUnderWay } from './underWay.ts';
import { holdMs, Watch, watchWrites } from './writes/watch.ts';

export type { Watcher as SyncWatcher } from './sync/watcher.ts';

/** A provider as this gateway has it. */
export interface Member {
  readonly id: string;
  readonly provider: Provider;
  /** Its enum value in the schema. */
  readonly constant: string;
  /** Its field on Customer and on inputs. */
  readonly field: string;
  /** null: it is not configured. */
  readonly connection: Connection | null;
}

/** What every operation shares. */
export interface Gateway {
  /** Every provider there is, in the order of trust. */
  readonly members: readonly Member[];
  /** By id. */
  readonly member: ReadonlyMap<string, Member>;
  readonly ids: Ids;
  readonly store: Store;
  readonly directory: Directory;
  /** Keeps the directory complete. */
  readonly sync: Sync;
  /** For whoever subscribes to what happens to customers. */
  readonly changes: ChangeFeed;
  readonly clock: Clock;
  /** How old a read may be when the caller does not say. */
  readonly cacheMaxAgeMs: number;
  /** How long an operation may take. */
  readonly deadlineMs: number;
  /** Told of an error that nobody foresaw and that is answered in other words. */
  readonly unforeseen: (error: unknown, requestId: string) => void;
  /** Updates of one record build on what it was, so they go one after the other. */
  readonly turns: Turns;
  /** Told where the answers for records of a provider came from. */
  readonly answered: (provider: string, from: Sources) => void;
  /** Writes of which nobody knows yet what came of them. */
  readonly watch: Watch;
  readonly underWay: ReadsUnderWay;
  /** For choosing between single reads and pages. */
  readonly listings: Listings;
  /** How many calls to a provider such an operation could make now; Infinity: no bound is known. */
  readonly callsLeft: (provider: string, limits: CallLimits) => number;
}

type Made = 'members' | 'member' | 'turns' | 'watch' | 'underWay' | 'listings' | 'directory' | 'sync';

export interface GatewayParts extends Omit<Gateway, Made> {
  readonly providers: readonly Provider[];
  /** By provider id; a provider without one is not configured. */
  readonly connections: ReadonlyMap<string, Connection>;
  /** Provider ids; whoever is not named comes last. */
  readonly trustOrder: readonly string[];
  readonly syncing: SyncOptions;
  /** For how long whoever is at something is watched before they are said to be gone; absent: as long as they may be at it. */
  readonly watchMs?: number | undefined;
}

/** The members of a gateway to these providers, in the order of trust. */
export function membersOf(
  providers: readonly Provider[],
  connections: ReadonlyMap<string, Connection>,
  trustOrder: readonly string[],
): readonly Member[] {
  const rank = ranks(trustOrder);
  return providers
    .map((provider): Member => {
      const { constant, field } = providerNames(provider.id);
      return { id: provider.id, provider, constant, field, connection: connections.get(provider.id) ?? null };
    })
    .sort((one, other) => rank(one.id) - rank(other.id));
}

export function createGateway(parts: GatewayParts): Gateway {
  const { providers, connections, trustOrder, syncing, watchMs, ...shared } = parts;
  const members = membersOf(providers, connections, trustOrder);
  const member = new Map(members.map((each) => [each.id, each]));
  const { store, clock, unforeseen } = shared;
  const directory = createDirectory({ member, store, clock }, (thrown) => unforeseen(thrown, 'directory'));
  const watch = new Watch(clock, watchMs ?? holdMs(shared.deadlineMs), watchMs);
  const lateTo = (): Promise<number> => watchWrites(store, watch);
  const sync = createSync({ member, store, directory, clock, lateTo, unforeseen }, syncing);
  const made = { turns: createTurns(), watch, underWay: new ReadsUnderWay(), listings: new Listings(store, clock) };
  return { ...shared, ...made, members, member, directory, sync };
}
