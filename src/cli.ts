#!/usr/bin/env -S node --max-semi-space-size=8
import { setFlagsFromString } from 'node:v8';
import type { GraphQLSchema } from 'graphql';
import type { StoreParts } from './command.ts';
import { ConfigError, readEnvironment } from './config.ts';

/** One command: what it does, and the work itself. Its modules are loaded only when it runs. */
interface Command {
  readonly does: string;
  /** @returns the exit code */
  readonly run: (argv: readonly string[]) => Promise<number>;
  /** It reads its arguments itself, --help among them. */
  readonly hasArguments?: true;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  start: { does: 'the gateway, on the providers that the environment configures', run: start },
  demo: { does: 'the gateway on simulated providers with sample people, and GraphiQL: needs no settings', run: demo },
  sandbox: {
    does: 'the simulated providers alone; prints their URLs and credentials as env lines (sandbox --help)',
    run: async (argv) => (await import('./sandbox/command.ts')).runSandbox(argv),
    hasArguments: true,
  },
  doctor: {
    does: 'asks each provider what works, and writes nothing there (doctor --help)',
    run: async (argv) => (await import('./doctorCommand.ts')).runDoctor(argv, readEnvironment),
    hasArguments: true,
  },
  sync: { does: 'copies the listings of providers into the store, now (sync --help)', run: sync, hasArguments: true },
  export: {
    does: 'writes all that is held on a customer, as JSON (export --help)',
    run: async (argv) => (await import('./exportCommand.ts')).runExport(argv, openStore),
    hasArguments: true,
  },
  writes: {
    does: 'shows writes of which nobody knows whether they were done, and settles them (writes --help)',
    run: async (argv) => (await import('./writesCommand.ts')).runWrites(argv, openStore),
    hasArguments: true,
  },
  audit: {
    does: 'shows who did what, when and by which request (audit --help)',
    run: async (argv) => (await import('./auditCommand.ts')).runAudit(argv, openStore),
    hasArguments: true,
  },
  keys: {
    does: 'makes API keys, lists and revokes them (keys --help)',
    run: async (argv) => (await import('./keysCommand.ts')).runKeys(argv, readEnvironment, openStore),
    hasArguments: true,
  },
  documents: {
    does: 'gathers the operations of a frontend that may be trusted (documents --help)',
    run: async (argv) => (await import('./documents/command.ts')).runDocuments(argv, builtSchema),
    hasArguments: true,
  },
  schema: { does: 'prints the schema (SDL)', run: schema },
};

async function main([name, ...argv]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help());
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    process.stderr.write(`There is no command '${name}'.\n${help()}`);
    return 2;
  }
  if (!command.hasArguments && (argv.includes('--help') || argv.includes('-h'))) {
    process.stdout.write(`clientele ${name}: ${command.does}\n`);
    return 0;
  }
  if (!command.hasArguments && argv.length > 0) {
    process.stderr.write(
      `clientele ${name} takes no arguments; its settings are environment variables (see the README).\n`,
    );
    return 2;
  }
  return command.run(argv);
}

const help = (): string =>
  [
    'Usage: clientele <command>',
    '',
    ...Object.entries(COMMANDS).map(([name, { does }]) => `  ${name.padEnd(9)} ${does}`),
    '',
  ].join('\n');

async function start(): Promise<number> {
  const { startGateway } = await import('./main.ts');
  const gateway = await startGateway(readEnvironment());
  // Before anybody is told: they may stop it at once.
  const stopped = untilStopped();
  ready({ url: gateway.url, providers: gateway.providers });
  await stopped;
  await gateway.stop();
  return 0;
}

async function demo(): Promise<number> {
  const { startDemo } = await import('./demo.ts');
  const running = await startDemo(process.env, (line) => process.stdout.write(`${line}\n`));
  const stopped = untilStopped();
  ready({ url: running.url, providers: running.providers });
  process.stdout.write(
    `\nOpen ${running.url} in a browser: GraphiQL, with sample operations in its tabs. Stop with Ctrl-C.\n`,
  );
  await stopped;
  await running.stop();
  return 0;
}

async function sync(argv: readonly string[]): Promise<number> {
  const { runSyncCommand } = await import('./syncCommand.ts');
  return runSyncCommand(argv, async (watcher) => (await import('./openSync.ts')).openSync(readEnvironment(), watcher));
}

async function openStore(): Promise<StoreParts> {
  return (await import('./openStore.ts')).openDirectory(readEnvironment());
}

async function schema(): Promise<number> {
  const { printSchema } = await import('graphql');
  process.stdout.write(`${printSchema(await builtSchema())}\n`);
  return 0;
}

/** The schema of a gateway with these providers, whichever of them it has. */
async function builtSchema(): Promise<GraphQLSchema> {
  const [{ loadProviders }, { membersOf }, { buildSchema }] = await Promise.all([
    import('./providers/index.ts'),
    import('./gateway/gateway.ts'),
    import('./graphql/schema.ts'),
  ]);
  return buildSchema(membersOf(await loadProviders(), new Map(), []));
}

/** The one line that says that requests are taken from now on. */
function ready(details: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ ready: true, ...details })}\n`);
}

/** Resolves at the first signal to stop; a second one, of either kind, ends the process at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGTERM', stop).off('SIGINT', stop);
      resolve();
    };
    process.on('SIGTERM', stop).on('SIGINT', stop);
  });
}

// Left alone, V8 lets garbage grow to several times of what lives, as long as the machine has memory to give: a gateway
// shares its machine. Collected sooner, it takes three fifths of the memory for somewhat more work. (The space for what is new can be
// bounded only where Node is started: above, and in package.json.)
setFlagsFromString('--heap-growing-percent=30');

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`The settings are not in order:\n${error.problems.map((problem) => `  ${problem}\n`).join('')}`);
  process.exitCode = 1;
}
