import { onTestFinished } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Place } from './place.ts';
import { runCommand } from './program.ts';

/** Two gateways, each a process of its own, on one store and the same simulated providers. */
export interface TwoProcesses {
  readonly place: Place;
  readonly sandbox: Sandbox;
  readonly urls: readonly [string, string];
}

/** Nothing is limited here. */
const SETTINGS = { 'cycle-software': { minutelyLimit: 1_000_000, dailyLimit: 100_000_000 } };

/** They end with the test. */
export async function startTwo(
  newPlace: () => Promise<Place>,
  environment: Readonly<Record<string, string>> = {},
  options: SandboxOptions = {},
): Promise<TwoProcesses> {
  const place = await newPlace();
  onTestFinished(() => place.drop());
  const sandbox = await startSandbox({ customers: 0, settings: SETTINGS, maxCalls: 100_000, ...options });
  onTestFinished(() => sandbox.close());
  const settings = {
    ...{ ...sandbox.env, ...place.settings, AUTH: 'none', PORT: '0', GRAPHIQL: 'off', SYNC_INTERVAL: '0' },
    ...{ LOG_LEVEL: 'silent', ...environment },
  };
  const start = () => runCommand(['start'], { environment: settings }).ready();
  const [one, other] = await Promise.all([start(), start()]);
  return { place, sandbox, urls: [one.url, other.url] };
}
