import type { Clock } from './clock.ts';
import { type Config, ConfigError } from './config.ts';
import { codeIn, gatewaysOf } from './parts.ts';
import { Allowances } from './server/allowances.ts';
import { type ApiKeys, createApiKeys } from './server/keys.ts';
import type { Logger } from './server/log.ts';
import { safeError } from './server/safeError.ts';
import type { AccessTokens } from './server/tokens.ts';
import { openTrustedDocuments, type TrustedDocuments } from './server/trustedDocuments.ts';
import { FileFault } from './server/watchedFile.ts';

/** Who may call a gateway of these settings, what for, and how much. */

/**
 * @param used told of each key that lets somebody in
 * @returns null: nobody has a key
 * @throws ConfigError
 */
export function openKeys(config: Config, logger: Logger, clock: Clock, used: (keyId: string) => void): ApiKeys | null {
  const { AUTH, API_KEYS_FILE: path } = config;
  if (AUTH === 'none' || path === undefined) return null;
  const lost = () => logger.error('API_KEYS_FILE can’t be read: every key is refused until it can');
  return readable('API_KEYS_FILE', () => createApiKeys(path, clock, { lost, used }));
}

/**
 * @returns null: callers may ask for any operation
 * @throws ConfigError
 */
export function openTrusted(
  { TRUSTED_DOCUMENTS: path }: Config,
  logger: Logger,
  clock: Clock,
): TrustedDocuments | null {
  if (path === undefined) return null;
  return readable('TRUSTED_DOCUMENTS', () => openTrustedDocuments(path, clock, (message) => logger.error(message)));
}

/** @throws ConfigError with what is wrong with the file, where it is known */
function readable<Content>(name: string, open: () => Content): Content {
  try {
    return open();
  } catch (cause) {
    const why = cause instanceof FileFault ? cause.message : 'it can’t be read as JSON';
    throw new ConfigError([`${name}: ${why}. See the settings in the README`]);
  }
}

/** @returns null: nobody has a token */
export async function openTokens(
  config: Config,
  logger: Logger,
  clock: Clock,
  pseudonym: (subject: string) => string,
): Promise<AccessTokens | null> {
  const { AUTH, JWT_JWKS_URL: url, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = config;
  if (AUTH === 'none' || !url || issuer === undefined || audience === undefined) return null;
  // Loaded only where they are used.
  const [{ KeySet }, { createAccessTokens }] = await Promise.all([
    import('./server/keySet.ts'),
    import('./server/tokens.ts'),
  ]);
  const keys = new KeySet(url, clock, {
    lost: (reason) => logger.warn({ reason }, 'JWT_JWKS_URL gives no keys: tokens are checked by those it gave before'),
    back: () => logger.info('JWT_JWKS_URL gives keys again'),
  });
  return createAccessTokens({ issuer, audience, keys }, clock, pseudonym);
}

/** What each caller may have, counted through Redis, where it is set. */
export async function openAllowances(config: Config, logger: Logger, clock: Clock) {
  const { REDIS_URL: url } = config;
  const events = {
    lost: (cause: Error) => logger.warn({ ...safeError(cause), code: codeIn(cause) }, UNCOUNTED),
    back: () => logger.info('what callers ask for is counted together again'),
  };
  // Loaded only where it is used.
  const counts = url === undefined ? null : (await import('./server/redisCounts.ts')).openRedisCounts(url, events);
  const limits = { operations: config.CALLER_OPERATIONS_PER_MINUTE, calls: config.CALLER_CALLS_PER_MINUTE };
  const allowances = new Allowances(limits, { gateways: gatewaysOf(config), counts }, clock);
  return {
    allowances,
    close() {
      allowances.close();
      counts?.close();
    },
  };
}

const UNCOUNTED = 'Redis can’t count what callers ask for: each gateway keeps to its part of what they may';
