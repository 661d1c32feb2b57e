import type { Clock } from './clock.ts';
import { type Config, ConfigError } from './config.ts';
import { createPseudonyms } from './ids/pseudonym.ts';
import { codeIn, gatewaysOf } from './parts.ts';
import type { AccessTokens } from './server/accessTokens.ts';
import { Allowances } from './server/allowances.ts';
import { type ApiKeys, createApiKeys } from './server/keys.ts';
import type { Logger } from './server/log.ts';
import { safeError } from './server/safeError.ts';
import { openTrustedDocuments, type TrustedDocuments } from './server/trustedDocuments.ts';
import { FileFault } from './server/watchedFile.ts';

/** Who may call a gateway of these settings, what for, and how much. */

/**
 * @param used told of each key that lets somebody in
 * @returns null: nobody has a key
 * @throws ConfigError
 */
export function openKeys(config: Config, logger: Logger, clock: Clock, used: (keyId: string) => void): ApiKeys | null {
  const { API_KEYS_FILE: path } = config;
  if (path === undefined) return null;
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

/**
 * @param secret of the store: a subject's pseudonym is the same at every gateway on it
 * @returns null: nobody has a token
 */
export async function openTokens(
  config: Config,
  secret: string,
  logger: Logger,
  clock: Clock,
): Promise<AccessTokens | null> {
  const { JWT_JWKS_URL: url, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = config;
  if (url === undefined || issuer === undefined || audience === undefined) return null;
  // Loaded only where it is used.
  const { createAccessTokens } = await import('./server/accessTokens.ts');
  const watcher = {
    lost: (reason: string) => logger.warn({ reason }, KEYS_LOST),
    back: () => logger.info('the keys of JWT_JWKS_URL are fetched again'),
    refused: (reason: string) => logger.debug({ reason }, 'access token refused'),
  };
  return createAccessTokens({ url, issuer, audience, clock, pseudonym: createPseudonyms(secret), watcher });
}

const KEYS_LOST = 'the keys of JWT_JWKS_URL can’t be fetched: access tokens are checked by those of before';

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
