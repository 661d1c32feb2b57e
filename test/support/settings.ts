import { ConfigError, type Environment, readConfig } from '../../src/config.ts';
import { loadProviders } from '../../src/providers/index.ts';

/** The fewest settings with which a gateway starts: everyone is let in, and one provider is there. */
export const ENOUGH = { AUTH: 'none', OCTOBAT_API_KEY: 'key' };

const providers = await loadProviders();

/** What is said to be wrong with them. @param base what else is set */
export function problemsOf(environment: Environment, base: Environment = ENOUGH): readonly string[] {
  try {
    readConfig({ ...base, ...environment }, providers);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return thrown.problems;
  }
}

/** What an issuer of access tokens is known by. */
export const ISSUED = {
  JWT_JWKS_URL: 'https://id.example.com/keys',
  JWT_ISSUER: 'https://id.example.com',
  JWT_AUDIENCE: 'us',
};
