/**
 * Who may import whom. Every rule says why in its comment; test/check/layers.test.ts plants one violation a rule and
 * sees it refused, so a rule without a plant fails there.
 */

/** Tests, and what only they use: they may look into more than what they test does. */
const TESTS = '\\.test\\.ts$|/test-[^/]+\\.ts$';
const TYPE_ONLY = ['type-only'];

/** What every room may use. */
const EVERYONES = '^src/(clock|errors|hangUp|pace|redis|trace)\\.ts$';

/** A provider's simulation: sandbox.ts, and sandbox*.ts beside it where it has grown too large for one file. */
const SIMULATION = '^src/providers/[^/]+/sandbox[^/]*\\.ts$';

/**
 * A room that imports only what is listed; itself is always allowed.
 * @param {string} name
 * @param {string} comment
 * @param {string} room
 * @param {string[]} allowed
 */
const only = (name, comment, room, ...allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: room, pathNot: TESTS },
  to: { path: '^src/', pathNot: [room, ...allowed] },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    only(
      'foundations-stand-alone',
      'The clock and the errors are used everywhere: whatever they imported, everything would depend on.',
      EVERYONES,
    ),
    only(
      'config-knows-only-the-contract',
      'Settings are read before anything else is made; a provider’s own come with its definition.',
      '^src/(config|secretFile|settings)\\.ts$',
      '^src/contract/',
      '^src/collectorSettings\\.ts$',
    ),
    only(
      'model-imports-nothing-of-ours',
      'The vocabulary and its normalisers are pure, and mean the same to everyone who uses them.',
      '^src/model/',
    ),
    only(
      'linkage-knows-only-the-vocabulary',
      'How likely two records are one customer follows from what they say, whoever keeps them and whoever asks.',
      '^src/linkage/',
      '^src/model/',
    ),
    only(
      'http-knows-no-provider',
      'The transport talks to one origin well, and knows neither providers nor GraphQL nor the store.',
      '^src/http/',
      EVERYONES,
    ),
    only('ids-know-only-errors', 'Sealing an id needs a secret and nothing else.', '^src/ids/', EVERYONES),
    only(
      'store-knows-no-use-case',
      'The store keeps what it is given; what that means is the gateway’s.',
      '^src/store/',
      EVERYONES,
      '^src/(ids|model)/',
    ),
    only(
      'contract-knows-no-implementation',
      'What a provider must be says nothing of who asks: of the rest it names the schema builder alone.',
      '^src/contract/',
      EVERYONES,
      '^src/(model|http)/',
      '^src/graphql/builder\\.ts$',
    ),
    {
      name: 'builder-only-as-a-type',
      comment:
        'Contract and providers describe fields with the builder they are handed. Its value would bring GraphQL’s ' +
        'execution, and the gateway behind it, into every provider. Tests of a provider’s schema make one.',
      severity: 'error',
      from: { path: '^src/(contract|providers)/', pathNot: TESTS },
      to: { path: '^src/graphql/', dependencyTypesNot: TYPE_ONLY },
    },
    {
      name: 'no-provider-imports-another',
      comment: 'A provider is one folder: it comes and goes without an edit anywhere else.',
      severity: 'error',
      from: { path: '^src/providers/([^/]+)/' },
      to: { path: '^src/providers/', pathNot: '^src/providers/$1/' },
    },
    {
      name: 'provider-knows-only-the-contract',
      comment:
        'A provider knows its own API and the shared vocabulary: not GraphQL’s execution, not the store, not the ' +
        'gateway, not who is asking.',
      severity: 'error',
      from: { path: '^src/providers/[^/]+/', pathNot: [TESTS, SIMULATION] },
      to: {
        path: '^src/',
        // The sandbox has a rule of its own.
        pathNot: [EVERYONES, '^src/(providers|contract|model|http|sandbox)/', '^src/graphql/builder\\.ts$'],
      },
    },
    {
      name: 'production-never-sees-the-sandbox',
      comment:
        'Nothing that serves real providers may know that simulations exist. The engine is for a provider’s sandbox.ts, ' +
        'and the demo and the command line start the whole.',
      severity: 'error',
      from: { path: '^src/', pathNot: [TESTS, SIMULATION, '^src/sandbox/', '^src/(demo|cli)\\.ts$'] },
      to: { path: ['^src/sandbox/', SIMULATION] },
    },
    {
      name: 'simulation-is-the-other-side',
      comment:
        'A simulation that shared a line with the client, its wire schemas or our normalisers would agree with their ' +
        'mistakes. It is written from the provider’s document alone: the engine and Node are all it has.',
      severity: 'error',
      from: { path: SIMULATION, pathNot: TESTS },
      to: { pathNot: ['^src/sandbox/', SIMULATION], dependencyTypesNot: ['core'] },
    },
    only(
      'sandbox-knows-nothing-of-ours',
      'The sandbox plays the world outside; it finds the providers’ simulations by their folders.',
      '^src/sandbox/',
    ),
    only(
      'registry-knows-only-the-contract',
      'Providers are found by their folders: to name one here would be an edit for each.',
      '^src/providers/index\\.ts$',
      '^src/contract/',
    ),
    only(
      'gateway-sees-providers-only-through-the-contract',
      'The use cases are the same for every provider, and know neither GraphQL nor HTTP’s server.',
      '^src/gateway/',
      EVERYONES,
      '^src/(contract|model|http|ids|store|linkage)/',
    ),
    {
      name: 'gateway-is-handed-what-it-uses',
      comment:
        'Transports come inside connections, and the store by main.ts: the gateway names their types. Four files of http are ' +
        'exceptions: answer.ts and problems.ts only make errors, exactJson.ts only reads JSON, rateLimit.ts only says how long ' +
        'windows are.',
      severity: 'error',
      from: { path: '^src/gateway/', pathNot: TESTS },
      to: {
        path: '^src/(http|store)/',
        pathNot: '^src/http/(answer|exactJson|problems|rateLimit)\\.ts$',
        dependencyTypesNot: TYPE_ONLY,
      },
    },
    only(
      'graphql-sees-only-the-gateway',
      'A resolver is one line to the gateway: it reaches no provider, no store and no server. The vocabulary of ' +
        'contract, model and ids is what it speaks of.',
      '^src/graphql/',
      EVERYONES,
      '^src/(gateway|contract|model|ids|http)/',
    ),
    {
      name: 'graphql-never-calls-out',
      comment: 'A resolver never calls a transport and never seals an id: it names the types and asks the gateway.',
      severity: 'error',
      from: { path: '^src/graphql/', pathNot: TESTS },
      to: { path: '^src/(http|ids)/', dependencyTypesNot: TYPE_ONLY },
    },
    only(
      'server-sees-the-gateway-from-outside',
      'The server starts an operation and runs a schema that main.ts hands it. Of the gateway it knows that alone, and ' +
        'neither providers nor store.',
      '^src/server/',
      EVERYONES,
      '^src/gateway/(gateway|operation|cost)\\.ts$',
      '^src/contract/(provider|scopes)\\.ts$',
      '^src/http/transport\\.ts$',
    ),
    {
      name: 'server-never-calls-out',
      comment: 'The server measures calls to providers, and makes none.',
      severity: 'error',
      from: { path: '^src/server/', pathNot: TESTS },
      to: { path: '^src/http/', dependencyTypesNot: TYPE_ONLY },
    },
    only(
      'documents-are-checked-as-the-server-does',
      'A frontend’s operations are read from its files: of the rest the command has the server’s limits and what it compares.',
      '^src/documents/',
      '^src/command\\.ts$',
      '^src/server/(rules|said)\\.ts$',
    ),
    {
      name: 'nobody-imports-main',
      comment: 'main.ts knows everything; whoever imported it would, too. The command line and the demo start it.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(cli|demo)\\.ts$', TESTS] },
      to: { path: '^src/main\\.ts$' },
    },
    {
      name: 'nobody-imports-demo-or-cli',
      comment: 'They are ways in. The command line starts the demo.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli\\.ts$' },
      to: { path: '^src/(demo|cli)\\.ts$' },
    },
    {
      name: 'demo-plays-with-what-everyone-has',
      comment:
        'The demo is a gateway and a sandbox as anybody could start them, with nothing set up behind their backs.',
      severity: 'error',
      from: { path: '^src/demo\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(config|main|sandbox/sandbox)\\.ts$' },
    },
    {
      name: 'no-cycles',
      comment:
        'A file that needs itself can’t be understood, or loaded, alone. Types may: the contract names the builder, ' +
        'which names the gateway’s operation, which names the contract.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: TYPE_ONLY } },
    },
    {
      name: 'src-stands-without-its-tools',
      comment: 'What runs in production has neither tests nor scripts nor examples beside it.',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: ['^(test|scripts|examples|bench)/', '^[^/]+\\.ts$', TESTS] },
    },
    {
      name: 'no-dev-dependency-in-src',
      comment: 'A deployment installs without them: npm ci --omit=dev.',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'npm-bundled'] },
    },
    {
      name: 'examples-are-callers',
      comment: 'An example shows what someone without this repository’s code can do: it has the typed documents alone.',
      severity: 'error',
      from: { path: '^examples/' },
      to: { pathNot: ['^examples/', '^schema/client/'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'everything-imported-is-there',
      comment: 'A path that leads nowhere would be outside every rule above.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript 7 has no API that dependency-cruiser could use: without this it sees no module at all, and passes.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^(test|scripts|schema)/'] },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      conditionNames: ['node', 'import', 'types', 'default'],
    },
  },
};
