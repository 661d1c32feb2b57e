import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Connection, Provider } from './contract/provider.ts';
import type { SyncOptions } from './gateway/sync/sync.ts';
import type { Together } from './http/together.ts';
import { createTransport, type Transport, type TransportOptions } from './http/transport.ts';
import type { StoreOptions } from './openStore.ts';
import type { Logger } from './server/log.ts';
import { safeError } from './server/safeError.ts';
import type { Bell } from './store/redisBell.ts';

/** What a gateway and a sync of its own are both made of. */

/** For tests. */
export interface PartsOptions extends StoreOptions {
  /** Where there is one, Redis's own is not asked either. */
  readonly clock?: Clock;
  readonly providersFolder?: URL;
  readonly syncing?: Pick<SyncOptions, 'wait'>;
}

/** What several gateways have in common beside their store. */
export interface Shared {
  /** What they wake one another by; null: what the store hears has to do. */
  readonly bell: Bell | null;
  /** Who else asks a provider, for each that tells what it grants. */
  together(provider: string): Together;
  close(): void;
}

/** So many gateways are taken to be on one Redis where nobody says how many. */
const GATEWAYS = 3;

/** How many gateways there are at the most. */
export const gatewaysOf = ({ GATEWAYS: said, REDIS_URL: url }: Config): number =>
  said ?? (url === undefined ? 1 : GATEWAYS);

/** Through Redis, where it is set. @param guest where it is no gateway */
export async function openShared(
  config: Config,
  logger: Logger,
  { clock }: PartsOptions,
  guest: Pick<Together, 'isGuest'> = {},
): Promise<Shared> {
  const { REDIS_URL: url } = config;
  const gateways = gatewaysOf(config);
  if (url === undefined) return { bell: null, together: () => ({ gateways, calls: null }), close: () => undefined };
  // Loaded only where they are used.
  const { openRedisBell } = await import('./store/redisBell.ts');
  const { openCallLogs } = await import('./http/redisCalls.ts');
  const bell = openRedisBell(url, {
    lost: (cause) => logger.warn(safeError(cause), 'Redis can’t be reached: changes of other gateways are told later'),
    back: () => logger.info('Redis is back'),
  });
  const counting = {
    lost: (cause: Error) => logger.warn({ ...safeError(cause), code: codeIn(cause) }, LOST),
    back: () => logger.info('calls to providers are counted together again'),
  };
  const logs = openCallLogs(url, counting, clock);
  return {
    bell,
    together: (provider) => ({ gateways, calls: logs.of(provider), ...guest }),
    close() {
      bell.close();
      logs.close();
    },
  };
}

const LOST =
  'Redis can’t count the calls to providers: each gateway keeps to its part of what they grant, and is told of the others by answers alone';

/** What Redis's refusals begin with, such as READONLY, NOPERM and MOVED; what follows may quote anything. */
export const codeIn = ({ message }: Error): string | undefined => /^[A-Z]{2,20}(?= )/.exec(message)?.[0];

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
  together: Shared['together'],
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
        const transport = createTransport({
          ...options,
          ...{ provider: provider.id, together: together(provider.id), timeoutMs, clock, report },
        });
        made?.(provider.id, transport);
        return transport;
      },
    });
    connections.set(provider.id, connection);
  }
  return connections;
}
