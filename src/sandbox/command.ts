import { parseArgs } from 'node:util';
import { controlHelp, startControl } from './control.ts';
import { faultKinds, parseFault } from './fault-text.ts';
import { listSandboxes, type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts';

/** Where the command writes and what stops it. */
export interface Surroundings {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Stops it as SIGINT does. */
  readonly stop?: AbortSignal;
}

const flags = {
  customers: { type: 'string' },
  seed: { type: 'string' },
  provider: { type: 'string', multiple: true },
  port: { type: 'string', multiple: true },
  'control-port': { type: 'string' },
  set: { type: 'string', multiple: true },
  fault: { type: 'string', multiple: true },
  'max-calls': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const help =
  (): string => `${listSandboxes().length} providers, simulated over real HTTP on this machine, with people who are customers of several.

  npm run --silent sandbox -- [flags]      what it prints is an .env file for the gateway

  --customers N            how many people there are (100); 0 leaves the documents' own examples
  --seed N                 other people (1)
  --provider ID            only this one; may be repeated
  --port ID=PORT           a fixed port for one provider (a free one); may be repeated
  --control-port PORT      the port for steering it with curl (a free one)
  --set ID.NAME=VALUE      such as cycle-software.minutelyLimit=10; may be repeated
  --fault ID:KIND[=VALUE][,NAME=VALUE…]
                           goes wrong from the start, such as octobat:html or
                           nutcache:status=503,method=GET,times=2; may be repeated
  --max-calls N            how many calls each provider remembers (10000)
  --help                   this

Providers: ${listSandboxes().join(', ')}
Faults: ${faultKinds.join(', ')}
A fault may say method, path, route, id, times, skip, percent and afterCommit.

While it runs, on the control port:
${controlHelp.map((line) => `  ${line}`).join('\n')}
`;

/** Runs the sandbox until it is told to stop; gives the exit code. */
export async function runSandbox(argv: readonly string[], surroundings: Surroundings = process): Promise<number> {
  const { stdout, stderr } = surroundings;
  let read: Read;
  try {
    read = readFlags(argv);
  } catch (error) {
    stderr.write(`${messageOf(error)}\nTry --help.\n`);
    return 2;
  }
  if (read === 'help') {
    stdout.write(help());
    return 0;
  }
  const stopped = untilStopped(surroundings.stop);
  let sandbox: Sandbox | undefined;
  try {
    // A code that leaves a provider is printed: this is the phone that it arrives on.
    sandbox = await startSandbox({
      ...read.options,
      onMessage: ({ to, text }) => stdout.write(`# code for ${to}: ${text}\n`),
    });
    for (const { id, text } of read.faults) sandbox.provider(id).fault(parseFault(text));
    const control = await startControl(sandbox, read.controlPort);
    stdout.write(`# ${sandbox.providers.length} providers are answering; steer them at ${control.url}\n`);
    stdout.write(
      Object.entries(sandbox.env)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    stdout.write('# Ready. Ctrl-C stops it.\n');
    await stopped;
    await control.close();
    return 0;
  } catch (error) {
    stderr.write(`The sandbox could not start: ${messageOf(error)}\n`);
    return 1;
  } finally {
    await sandbox?.close();
  }
}

type Read = 'help' | { options: SandboxOptions; faults: { id: string; text: string }[]; controlPort: number };

function readFlags(argv: readonly string[]): Read {
  const { values } = parseArgs({ args: [...argv], options: flags, allowPositionals: false });
  if (values.help === true) return 'help';
  const ids = listSandboxes();
  const known = (id: string): string => {
    if (!ids.includes(id)) throw new Error(`No provider is called ${id}; there are ${ids.join(', ')}`);
    return id;
  };
  const faults = (values.fault ?? []).map((given) => {
    const [id = '', ...rest] = given.split(':');
    const text = rest.join(':');
    parseFault(text);
    return { id: known(id), text };
  });
  const ports = Object.fromEntries(
    (values.port ?? []).map((given) => {
      const [id = '', port = ''] = given.split('=');
      return [known(id), whole(port, '--port', 65_535)];
    }),
  );
  return {
    faults,
    controlPort: whole(values['control-port'] ?? '0', '--control-port', 65_535),
    options: {
      customers: whole(values.customers ?? '100', '--customers', 5_000_000),
      seed: whole(values.seed ?? '1', '--seed', 0xffff_ffff),
      maxCalls: whole(values['max-calls'] ?? '10000', '--max-calls', 1_000_000),
      ports,
      settings: readSettings(values.set ?? [], known),
      ...(values.provider && { providers: values.provider.map(known) }),
    },
  };
}

function readSettings(
  given: readonly string[],
  known: (id: string) => string,
): Record<string, Record<string, string | number>> {
  const settings: Record<string, Record<string, string | number>> = {};
  for (const one of given) {
    const [, id = '', name = '', value = ''] = /^([^.=]+)\.([^=]+)=(.*)$/.exec(one) ?? [];
    if (name === '') throw new Error(`--set takes ID.NAME=VALUE, not ${one}`);
    settings[known(id)] = { ...settings[id], [name]: /^\d+$/.test(value) ? Number(value) : value };
  }
  return settings;
}

function whole(text: string, flag: string, most: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > most) throw new Error(`${flag} takes a whole number up to ${most}, not ${text}`);
  return number;
}

function untilStopped(stop: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    stop?.addEventListener('abort', () => resolve());
    if (stop?.aborted === true) resolve();
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
