import { systemClock } from './clock.ts';
import { table } from './command.ts';
import { type Config, type Environment, readConfig } from './config.ts';
import { type Provider, providerNames } from './contract/provider.ts';
import type { GatewayError } from './errors.ts';
import { ALONE } from './http/together.ts';
import { connect } from './parts.ts';
import { type Probe, probe } from './probe.ts';
import { loadProviders } from './providers/index.ts';

const HELP = `clientele doctor [provider …]
  Asks each provider that the environment configures for what can be asked for without writing anything there, and says what
  works and what to do about what does not. Without a provider, every one of them.
  --help    this
Exit code: 0 when all of it works, 1 when something does not or the settings are not in order, 2 for a mistake in the arguments.
`;

/** Where the command writes. */
interface Out {
  write(text: string): unknown;
}

/** @returns the exit code @throws ConfigError with every problem of the settings */
export async function runDoctor(
  argv: readonly string[],
  environment: () => Environment,
  { stdout, stderr }: { readonly stdout: Out; readonly stderr: Out } = process,
): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    stdout.write(HELP);
    return 0;
  }
  const providers = await loadProviders();
  const unknown = argv.find((each) => !providers.some(({ id }) => id === each));
  if (unknown !== undefined) {
    const there = providers.map(({ id }) => id).join(', ');
    stderr.write(`There is no provider '${unknown}': there are ${there}.\n\n${HELP}`);
    return 2;
  }
  const config = readConfig({ ...environment(), ...NOBODY }, providers);
  const chosen = providers.filter(({ id }) => argv.length === 0 || argv.includes(id));
  stderr.write(`Asking ${chosen.map(({ title }) => title).join(', ')}. Nothing is written there.\n`);
  const results = await examine(chosen, config);
  stdout.write(table([['provider', 'operation', 'result', 'ms', 'what came'], ...results.flatMap(rowsOf)]));
  const advice = [...new Set(results.flatMap(adviceOf))];
  if (advice.length > 0) stdout.write(`\n${advice.map((line) => `${line}\n`).join('')}`);
  const isWell = results.every(({ probes, isAsked }) => (isAsked || argv.length === 0) && probes.every(isFine));
  return isWell ? 0 : 1;
}

/** Nobody is let in by a doctor: there may be no keys yet. */
const NOBODY = {
  ...{ AUTH: 'none', HOST: undefined, API_KEYS_FILE: undefined },
  ...{ JWT_JWKS_URL: undefined, JWT_ISSUER: undefined, JWT_AUDIENCE: undefined },
};

interface Result {
  readonly provider: Provider;
  /** Whether it is configured. */
  readonly isAsked: boolean;
  readonly probes: readonly Probe[];
  /** "minute: 359 of 360 left" */
  readonly limits: readonly string[];
}

/** Providers side by side, and each one's operations one after the other. */
async function examine(providers: readonly Provider[], config: Config): Promise<readonly Result[]> {
  const connections = connect(providers, config, systemClock, () => ALONE, { report: () => undefined });
  const results = providers.map(async (provider): Promise<Result> => {
    const connection = connections.get(provider.id);
    if (!connection) return { provider, isAsked: false, probes: [], limits: [] };
    const deadlineMs = config.OPERATION_DEADLINE_MS;
    const probes = await probe({ provider, connection, clock: systemClock, deadlineMs });
    const limits = connection.rateLimits().map(({ window, remaining, limit }) => `${window}: ${remaining} of ${limit}`);
    return { provider, isAsked: true, probes, limits };
  });
  return Promise.all(results).finally(() =>
    Promise.all([...connections.values()].map((connection) => connection.close())),
  );
}

const isFine = ({ problem }: Probe): boolean => problem === null;

function rowsOf({ provider: { id, title }, isAsked, probes, limits }: Result): readonly (readonly string[])[] {
  if (!isAsked) return [[id, '-', 'not configured', '', '']];
  if (probes.length === 0) return [[id, '-', 'not tried', '', `${title} can only be written to`]];
  return [
    ...probes.map(({ operation, works, problem, ms }) => {
      if (problem) return [id, operation, 'FAILED', String(ms), `${problem.code}: ${problem.message}`];
      return works === null
        ? [id, operation, 'not tried', '', 'there is no customer to ask for']
        : [id, operation, 'works', String(ms), works];
    }),
    ...(limits.length > 0 ? [[id, 'calls left', '', '', limits.join(', ')]] : []),
  ];
}

/** What a person can do, by the names of the settings. */
function adviceOf({ provider, probes }: Result): readonly string[] {
  const prefix = `${providerNames(provider.id).constant}_`;
  const secrets = Object.entries(provider.settings).flatMap(([name, { secret }]) => (secret ? [prefix + name] : []));
  return probes.flatMap(({ problem }) => {
    const todo = problem && whatToDo(problem, `${prefix}URL`, secrets.join(', '));
    return todo ? [`${provider.title}: ${todo}`] : [];
  });
}

function whatToDo({ code, delivery }: GatewayError, url: string, secrets: string): string | null {
  switch (code) {
    case 'PROVIDER_AUTH_FAILED':
      return `it does not take the credentials: look at ${secrets}.`;
    case 'PROVIDER_UNAVAILABLE':
      return delivery === 'not-sent'
        ? `no connection can be made: is ${url} right, and may this machine go there?`
        : 'it is reached, and fails: wait, or ask its makers.';
    case 'PROVIDER_TIMEOUT':
    case 'DEADLINE_EXCEEDED':
      return `it is too slow, or swallows what is sent: is ${url} right? PROVIDER_TIMEOUT_MS and OPERATION_DEADLINE_MS say how long is waited.`;
    case 'PROVIDER_BAD_RESPONSE':
      return `what answers does not answer as documented: is ${url} the API, and not a proxy or a page for people?`;
    case 'PROVIDER_RATE_LIMITED':
      return 'it has been asked too much lately: wait, and try again.';
    default:
      return null;
  }
}
