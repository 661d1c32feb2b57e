import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './config.ts';
import { type RunningGateway, startGateway } from './main.ts';
import { startSandbox } from './sandbox/sandbox.ts';

/**
 * The main job on embedded defaults: simulated providers and a gateway on them, open to whoever is on this machine. What
 * it remembers goes with it.
 * @param environment may set HOST, PORT and the limits; providers and keys are the demo's own
 * @param say gets what a person wants to read, a line at a time
 */
export async function startDemo(environment: Environment, say: (line: string) => void): Promise<RunningGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-demo-'));
  // Plays the phones that confirmation codes are sent to.
  const sandbox = await startSandbox({ onMessage: ({ to, text }) => say(`A message arrives on ${to}: ${text}`) });
  const end = async (): Promise<void> => {
    await sandbox.close();
    rmSync(folder, { recursive: true });
  };
  const { HOST, PORT, LOG_LEVEL, OPERATION_DEADLINE_MS, PROVIDER_TIMEOUT_MS } = environment;
  const gateway = await startGateway({
    ...{ HOST, PORT, OPERATION_DEADLINE_MS, PROVIDER_TIMEOUT_MS, LOG_LEVEL: LOG_LEVEL ?? 'warn' },
    ...{ AUTH: 'none', DATABASE_URL: `file:${join(folder, 'clientele.db')}` },
    ...sandbox.env,
  }).catch(async (cause: unknown) => {
    await end();
    throw cause;
  });
  return {
    ...gateway,
    async stop() {
      await gateway.stop();
      await end();
    },
  };
}
