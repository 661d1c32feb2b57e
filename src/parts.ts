import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Connection, Provider } from './contract/provider.ts';
import type { SyncOptions } from './gateway/sync/sync.ts';
import { createTransport, type Transport, type TransportOptions } from './http/transport.ts';
import type { StoreOptions } from './openStore.ts';
import { type Logger, safeError } from './server/log.ts';
import type { Bell } from './store/redisBell.ts';

/** What a gateway and a sync of its own are both made of. */

/** For tests. */
export interface PartsOptions extends StoreOptions {
  readonly clock?: Clock;
  readonly providersFolder?: URL;
  readonly syncing?: Pick<SyncOptions, 'wait'>;
}

/** What several gateways wake one another by, where Redis is set; null: what the store hears has to do. */
export async function openBell({ REDIS_URL: url }: Config, logger: Logger): Promise<Bell | null> {
  if (url === undefined) return null;
  // Loaded only where it is used.
  const { openRedisBell } = await import('./store/redisBell.ts');
  return openRedisBell(url, {
    lost: (cause) => logger.warn(safeError(cause), 'Redis can’t be reached: changes of other gateways are told later'),
    back: () => logger.info('Redis is back'),
  });
}

export const lostBy =
  (logger: Logger) =>
  (cause: Error): void =>
    logger.warn(safeError(cause), 'a connection to the database was lost');

/** Who sees what becomes of calls to providers. */
export interface CallWatcher {
  readonly report: TransportOptions['report'];
  /** Told of each provider's transport, when it is made. */
  readonly made?: (provider: string, transport: Transport) => void;
}

export function connect(
  providers: readonly Provider[],
  config: Config,
  clock: Clock,
  { report, made }: CallWatcher,
): Map<string, Connection> {
  const connections = new Map<string, Connection>();
  for (const provider of providers) {
    const settings = config.providers.get(provider.id);
    if (!settings) continue;
    const timeoutMs = config.PROVIDER_TIMEOUT_MS;
    const connection = provider.connect(settings, {
      clock,
      transport(options) {
        const transport = createTransport({ ...options, provider: provider.id, timeoutMs, clock, report });
        made?.(provider.id, transport);
        return transport;
      },
    });
    connections.set(provider.id, connection);
  }
  return connections;
}
