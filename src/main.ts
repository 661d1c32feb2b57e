import { type Clock, systemClock } from './clock.ts';
import { type Config, ConfigError, type Environment, readConfig } from './config.ts';
import { ChangeFeed, type FeedLimits } from './gateway/changes/feed.ts';
import { keepForgetting } from './gateway/changes/forget.ts';
import { createGateway } from './gateway/gateway.ts';
import { keepRecovering } from './gateway/writes/recovering.ts';
import { buildSchema } from './graphql/schema.ts';
import type { Transport } from './http/transport.ts';
import { createIds } from './ids/ids.ts';
import { createSealer } from './ids/seal.ts';
import { openAllowances, openKeys, openTokens, openTrusted } from './openCallers.ts';
import { codeOf, openStore, trustOrder } from './openStore.ts';
import { type CallWatcher, connect, lostBy, openShared, type PartsOptions } from './parts.ts';
import { loadProviders } from './providers/index.ts';
import type { Admission } from './server/admission.ts';
import { byBearer, letEveryoneIn } from './server/auth.ts';
import { createGraphiqlPage } from './server/graphiql.ts';
import { KeyUse } from './server/keyUse.ts';
import { createLogger, type Logger } from './server/log.ts';
import { type CallMetrics, createMetrics } from './server/metrics.ts';
import { safeError } from './server/safeError.ts';
import { startServer } from './server/server.ts';
import { watchSync } from './server/syncWatch.ts';
import type { Tracing, TracingTimes } from './server/tracing.ts';
import { POSTGRES } from './settings.ts';

export interface RunningGateway {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  /** Ids of the configured providers. */
  readonly providers: readonly string[];
  stop(): Promise<void>;
}

/**
 * Puts the gateway together and starts it: settings, providers, store, gateway, schema, server. The only place that knows
 * all of them.
 * @param providersFolder another place to find providers in, for tests
 * @throws ConfigError with every problem of the settings
 */
export async function startGateway(environment: Environment, options: GatewayOptions = {}): Promise<RunningGateway> {
  const { clock = systemClock, providersFolder } = options;
  const providers = await loadProviders(providersFolder);
  const config = readConfig(environment, providers);

  const logger = createLogger(config.LOG_LEVEL);
  const metrics = createMetrics();
  const trusted = openTrusted(config, logger, clock);
  const keys = openKeys(config, logger, clock, (keyId) => keyUse.note(keyId));
  const { store, secret } = await openStore(config, lostBy(logger), options);
  const shared = await openShared(config, logger, options);
  const transports = new Map<string, Transport>();
  const watcher = watchCalls(metrics.calls, logger, transports);
  const connections = connect(providers, config, clock, shared.together, watcher);
  const ids = createIds(createSealer(secret, config.ID_SECRET_PREVIOUS));
  const tokens = await openTokens(config, secret, logger, clock);
  const unforeseen = (error: unknown, requestId: string): void =>
    logger.error({ requestId, ...safeError(error) }, 'unforeseen error');
  const tracing = await openTraces(config, logger, clock, options.tracing);
  const { bell } = shared;
  if (bell) store.onChange(bell.ring);
  const changes = new ChangeFeed({
    store,
    ids,
    limits: { ...FEED_LIMITS, ...(POSTGRES.test(config.DATABASE_URL) && { pollMs: 10_000 }), ...options.subscriptions },
    elsewhere: bell?.hear ?? null,
    unforeseen: (error) => unforeseen(error, 'changes'),
  });
  metrics.subscribers(() => changes.size);
  metrics.unknownWrites(() => store.countWrites('UNKNOWN'));
  const keyUse = new KeyUse(store, clock, (error) => logger.warn(safeError(error), 'the use of keys was not noted'));
  const endForgetting = keepForgetting(store, clock, (error) => logger.warn(safeError(error), 'what is old was kept'));
  const gateway = createGateway({
    providers,
    connections,
    trustOrder: trustOrder(config),
    syncing: { intervalMs: config.SYNC_INTERVAL * 1_000, watcher: watchSync(logger, metrics.sync), ...options.syncing },
    ids,
    store,
    changes,
    clock,
    cacheMaxAgeMs: config.CACHE_MAX_AGE * 1_000,
    deadlineMs: config.OPERATION_DEADLINE_MS,
    answered: metrics.answered,
    watchMs: options.looks?.watchMs,
    callsLeft: (provider, limits) => transports.get(provider)?.callsLeft(limits) ?? Infinity,
    unforeseen,
  });
  const close = async (): Promise<void> => {
    endForgetting();
    callers?.close();
    tokens?.close();
    changes.close();
    await Promise.all([...connections.values()].map((connection) => connection.close()));
    shared.close();
    gateway.directory.model.close();
    await gateway.directory.settled();
    await keyUse.close();
    await Promise.all([store.close(), tracing?.stop()]);
  };

  const open = config.AUTH === 'none';
  const callers = open ? undefined : await openAllowances(config, logger, clock);
  const server = await startServer(
    {
      gateway,
      schema: buildSchema(gateway.members),
      authenticate: open ? letEveryoneIn(config.CORS_ORIGINS) : byBearer(keys, tokens),
      corsOrigins: config.CORS_ORIGINS,
      introspection: config.INTROSPECTION ?? open,
      trusted,
      graphiql: (config.GRAPHIQL ?? open) ? await createGraphiqlPage(!open) : null,
      logger,
      metrics,
      keepAliveMs: options.subscriptions?.keepAliveMs,
      admission: options.admission,
      allowances: callers?.allowances,
      tracing,
    },
    config.HOST,
    config.PORT,
  ).catch(async (cause: unknown) => {
    await close();
    throw notListening(cause);
  });
  gateway.sync.start();
  const endRecovering = keepRecovering(gateway, options.looks?.everyMs);

  const stop = async (): Promise<void> => {
    await Promise.all([
      endRecovering(),
      gateway.sync.stop(),
      server.stop(config.OPERATION_DEADLINE_MS, config.STOP_DELAY_MS),
    ]);
    await close();
  };
  let stopped: Promise<void> | undefined;
  return {
    url: server.url,
    providers: [...connections.keys()],
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

export interface GatewayOptions extends PartsOptions {
  readonly admission?: Admission;
  readonly subscriptions?: SubscriptionOptions;
  readonly tracing?: Partial<TracingTimes>;
  /** How often it is looked for what became of writes, and for how long they are watched before they are said not to come. */
  readonly looks?: { readonly everyMs?: number; readonly watchMs?: number };
}

export type SubscriptionOptions = Partial<FeedLimits & { readonly keepAliveMs: number }>;

/** Another process that writes to an embedded store says so to nobody: a second is soon enough, and costs next to nothing. */
const FEED_LIMITS: FeedLimits = { subscribers: 1_000, ofOneCaller: 100, waiting: 1_000, pollMs: 1_000 };

/** null: nobody collects traces. */
async function openTraces(
  config: Config,
  logger: Logger,
  clock: Clock,
  times: Partial<TracingTimes> | undefined,
): Promise<Tracing | null> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_HEADERS: headers } = config;
  if (url === undefined) return null;
  // Loaded only where it is used.
  const { openTracing } = await import('./server/tracing.ts');
  const watcher = {
    lost: (reason: string) => logger.warn({ reason }, 'the collector takes no traces: they are lost until it does'),
    back: () => logger.info('the collector takes traces again'),
  };
  return openTracing({ collector: { url, headers }, serviceName: config.OTEL_SERVICE_NAME, clock, watcher, times });
}

/** Why nobody can be listened to, where it is the settings' doing. */
function notListening(cause: unknown): unknown {
  const code = codeOf(cause);
  if (code === 'EADDRINUSE') return new ConfigError(['PORT is taken by another program; 0 picks a free one']);
  if (code === 'EACCES') return new ConfigError(['PORT may not be used by this user; 0 picks a free one']);
  return code === undefined ? cause : new ConfigError([`HOST is not an address of this machine (${code})`]);
}

const watchCalls = (metrics: CallMetrics, logger: Logger, transports: Map<string, Transport>): CallWatcher => ({
  report(call) {
    metrics.add(call);
    logger.debug(call, 'provider call');
  },
  made(provider, transport) {
    transports.set(provider, transport);
    metrics.loadOf(provider, transport.load);
  },
});
