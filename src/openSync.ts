import { systemClock } from './clock.ts';
import { type Environment, readConfig } from './config.ts';
import { createDirectory } from './gateway/directory/directory.ts';
import { type Member, membersOf, type SyncWatcher } from './gateway/gateway.ts';
import { createSync, type Sync } from './gateway/sync/sync.ts';
import type { TransportOptions } from './http/transport.ts';
import { openStore, trustOrder } from './openStore.ts';
import { connect, lostBy, openShared, type PartsOptions } from './parts.ts';
import { loadProviders } from './providers/index.ts';
import { createLogger } from './server/log.ts';
import { safeError } from './server/safeError.ts';

/** Sync without a gateway: on the same settings and store, and beside a gateway that runs on them. */
export interface OpenedSync {
  readonly sync: Sync;
  readonly members: readonly Member[];
  close(): Promise<void>;
}

/** @throws ConfigError with every problem of the settings */
export async function openSync(
  environment: Environment,
  watcher: SyncWatcher,
  options: PartsOptions = {},
): Promise<OpenedSync> {
  const { clock = systemClock, providersFolder, syncing } = options;
  const providers = await loadProviders(providersFolder);
  const config = readConfig(environment, providers);
  const logger = createLogger(config.LOG_LEVEL);
  const { store } = await openStore(config, lostBy(logger), options);
  const shared = await openShared(config, logger, options, { isGuest: true });
  if (shared.bell) store.onChange(shared.bell.ring);
  const report: TransportOptions['report'] = (call) => logger.debug(call, 'provider call');
  const connections = connect(providers, config, clock, shared.together, { report });
  const members = membersOf(providers, connections, trustOrder(config));
  const member = new Map(members.map((each) => [each.id, each]));
  const unforeseen = (error: unknown): void => logger.error(safeError(error), 'unforeseen error');
  const directory = createDirectory({ member, store, clock }, unforeseen);
  // It has watched no write: what it lists, tells of none.
  const lateTo = async (): Promise<number> => 0;
  const sync = createSync(
    { member, store, directory, clock, lateTo, unforeseen },
    { intervalMs: 0, watcher, ...syncing },
  );
  return {
    sync,
    members,
    async close() {
      await sync.stop();
      await Promise.all([...connections.values()].map((connection) => connection.close()));
      shared.close();
      await store.close();
    },
  };
}
