import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { z } from 'zod';
import { type Provider, providerNames, type Setting } from './contract/provider.ts';
import { given, isGiven } from './secretFile.ts';
import { DEFAULT_TRUST_ORDER, isLoopback, OWN_SETTINGS, POSTGRES } from './settings.ts';

export type Config = { readonly [K in keyof typeof OWN_SETTINGS]: z.infer<(typeof OWN_SETTINGS)[K]['schema']> } & {
  /** Parsed settings by provider id; a provider that is not configured is absent. */
  readonly providers: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
};

/** Every problem of the environment, by name and without any value. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The process's environment; what `.env` in the working directory says fills in what it doesn't.
 * @throws ConfigError when there is a `.env` that can't be read
 */
export function readEnvironment(): Environment {
  return { ...readDotEnv(), ...process.env };
}

function readDotEnv(): Environment {
  if (!existsSync('.env')) return {};
  try {
    return parseEnv(readFileSync('.env', 'utf8'));
  } catch {
    throw new ConfigError(['.env can’t be read as a file of settings']);
  }
}

/**
 * Reads the whole configuration, and the files that hold secrets, once; frozen.
 * @throws ConfigError with every problem at once
 */
export function readConfig(environment: Environment, providers: readonly Provider[]): Config {
  const problems: string[] = [];
  const own = readGroup('', OWN_SETTINGS, environment, problems) as Config;
  const configured = new Map<string, Readonly<Record<string, unknown>>>();
  for (const provider of providers) {
    const prefix = `${providerNames(provider.id).constant}_`;
    const settings = Object.entries<Setting>(provider.settings);
    if (!settings.some(([name, setting]) => isGiven(prefix + name, setting, environment))) continue;
    configured.set(provider.id, readGroup(prefix, provider.settings, environment, problems));
  }
  problems.push(...contradictions(own, environment, providers));
  if (configured.size === 0) problems.push(noProviders(providers));
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze({ ...own, providers: configured });
}

function readGroup(
  prefix: string,
  settings: Readonly<Record<string, Setting>>,
  environment: Environment,
  problems: string[],
): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const said = given(prefix + name, setting, environment);
    if ('problem' in said) {
      problems.push(`${said.name} ${said.problem}`);
      continue;
    }
    const parsed = setting.schema.safeParse(said.text);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(...parsed.error.issues.map(({ message }) => `${said.name} ${message}`));
  }
  return Object.freeze(values);
}

function contradictions(own: Config, environment: Environment, providers: readonly Provider[]): string[] {
  const problems: string[] = [];
  const tokens = ['JWT_JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'];
  const missing = tokens.filter((name) => !environment[name]);
  if (missing.length > 0 && missing.length < tokens.length)
    problems.push(...missing.map((name) => `${name} is missing: ${tokens.join(', ')} go together`));
  if (own.AUTH === 'required' && own.API_KEYS_FILE === undefined && missing.length === tokens.length) {
    problems.push(
      `AUTH is required, and there is nobody to let in: set API_KEYS_FILE (clientele keys create makes it), or ${tokens.join(', ')}, or AUTH=none on a loopback HOST`,
    );
  }
  const idle = ['API_KEYS_FILE', ...tokens].filter((name) => environment[name]);
  if (own.AUTH === 'none' && idle.length > 0)
    problems.push(`AUTH=none lets everyone in, and ${idle.join(', ')} would not: take one or the other out`);
  if (own.AUTH === 'none' && !isLoopback(own.HOST ?? ''))
    problems.push('AUTH may be none only where HOST is loopback: anyone could read every customer');
  if (POSTGRES.test(own.DATABASE_URL ?? '') && !isGiven('ID_SECRET', OWN_SETTINGS.ID_SECRET, environment))
    problems.push('ID_SECRET is missing: every gateway on one PostgreSQL store must seal ids alike');
  const ids = providers.map(({ id }) => id);
  if ((own.TRUST_ORDER ?? []).some((id) => !ids.includes(id) && !DEFAULT_TRUST_ORDER.includes(id)))
    problems.push(`TRUST_ORDER names what is not a provider: there are ${ids.join(', ')}`);
  return problems;
}

/** Which settings there are: those without a default, of every provider. */
function noProviders(providers: readonly Provider[]): string {
  const groups = providers.map(({ id, title, settings }) => {
    const prefix = `${providerNames(id).constant}_`;
    const needed = Object.entries(settings).filter(([, { schema }]) => !schema.safeParse(undefined).success);
    return `\n    ${title}: ${needed.map(([name]) => prefix + name).join(', ')}`;
  });
  return `No provider is configured: set the settings of at least one, or try npm run demo, which needs none${groups.join('')}`;
}
