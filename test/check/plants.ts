/** One import that should not be, in a file of its own. */
export interface Plant {
  /** Of every rule that refuses it. */
  readonly rules: readonly string[];
  readonly from: string;
  /** A path in the repository, or a package. */
  readonly to: string;
  readonly type?: true;
}

/** The imports that the rules are there to refuse: at least one for each. */
export const PLANTS: readonly Plant[] = [
  { rules: ['foundations-stand-alone'], from: 'src/errors.ts', to: 'src/model/planted.ts' },
  { rules: ['config-knows-only-the-contract'], from: 'src/config.ts', to: 'src/gateway/gateway.ts' },
  { rules: ['model-imports-nothing-of-ours'], from: 'src/model/x.ts', to: 'src/errors.ts' },
  { rules: ['model-imports-nothing-of-ours'], from: 'src/model/deep/x.ts', to: 'src/http/answer.ts', type: true },
  { rules: ['linkage-knows-only-the-vocabulary'], from: 'src/linkage/x.ts', to: 'src/store/store.ts', type: true },
  { rules: ['http-knows-no-provider'], from: 'src/http/x.ts', to: 'src/contract/provider.ts', type: true },
  { rules: ['ids-know-only-errors'], from: 'src/ids/x.ts', to: 'src/store/store.ts' },
  { rules: ['store-knows-no-use-case'], from: 'src/store/x.ts', to: 'src/gateway/gateway.ts' },
  { rules: ['contract-knows-no-implementation'], from: 'src/contract/x.ts', to: 'src/gateway/gateway.ts', type: true },
  { rules: ['builder-only-as-a-type'], from: 'src/contract/y.ts', to: 'src/graphql/builder.ts' },
  { rules: ['builder-only-as-a-type'], from: 'src/providers/one/schema.ts', to: 'src/graphql/builder.ts' },
  { rules: ['no-provider-imports-another'], from: 'src/providers/one/mapping.ts', to: 'src/providers/two/mapping.ts' },
  { rules: ['provider-knows-only-the-contract'], from: 'src/providers/one/x.ts', to: 'src/gateway/gateway.ts' },
  { rules: ['provider-knows-only-the-contract'], from: 'src/providers/one/y.ts', to: 'src/store/store.ts' },
  { rules: ['provider-knows-only-the-contract'], from: 'src/providers/one/z.ts', to: 'src/graphql/x.ts', type: true },
  { rules: ['production-never-sees-the-sandbox'], from: 'src/providers/one/a.ts', to: 'src/sandbox/engine.ts' },
  { rules: ['production-never-sees-the-sandbox'], from: 'src/providers/one/b.ts', to: 'src/providers/one/sandbox.ts' },
  { rules: ['production-never-sees-the-sandbox'], from: 'src/main.ts', to: 'src/sandbox/sandbox.ts' },
  { rules: ['simulation-is-the-other-side'], from: 'src/providers/one/sandbox.ts', to: 'src/providers/one/client.ts' },
  { rules: ['simulation-is-the-other-side'], from: 'src/providers/two/sandbox.ts', to: 'src/model/planted.ts' },
  { rules: ['simulation-is-the-other-side'], from: 'src/providers/three/sandbox.ts', to: 'declared' },
  { rules: ['sandbox-knows-nothing-of-ours'], from: 'src/sandbox/x.ts', to: 'src/model/planted.ts' },
  { rules: ['registry-knows-only-the-contract'], from: 'src/providers/index.ts', to: 'src/providers/one/client.ts' },
  {
    rules: ['gateway-sees-providers-only-through-the-contract'],
    from: 'src/gateway/x.ts',
    to: 'src/providers/one/client.ts',
  },
  { rules: ['gateway-sees-providers-only-through-the-contract'], from: 'src/gateway/y.ts', to: 'src/server/server.ts' },
  {
    rules: ['gateway-sees-providers-only-through-the-contract'],
    from: 'src/gateway/writes/x.ts',
    to: 'src/graphql/builder.ts',
    type: true,
  },
  { rules: ['gateway-is-handed-what-it-uses'], from: 'src/gateway/z.ts', to: 'src/http/transport.ts' },
  { rules: ['gateway-is-handed-what-it-uses'], from: 'src/gateway/w.ts', to: 'src/store/sqlite.ts' },
  { rules: ['graphql-sees-only-the-gateway'], from: 'src/graphql/x.ts', to: 'src/providers/one/client.ts' },
  { rules: ['graphql-sees-only-the-gateway'], from: 'src/graphql/y.ts', to: 'src/store/sqlite.ts' },
  { rules: ['graphql-sees-only-the-gateway'], from: 'src/graphql/z.ts', to: 'src/server/server.ts', type: true },
  { rules: ['graphql-never-calls-out'], from: 'src/graphql/w.ts', to: 'src/http/transport.ts' },
  { rules: ['server-sees-the-gateway-from-outside'], from: 'src/server/x.ts', to: 'src/gateway/merge.ts' },
  { rules: ['server-sees-the-gateway-from-outside'], from: 'src/server/y.ts', to: 'src/store/sqlite.ts' },
  { rules: ['server-sees-the-gateway-from-outside'], from: 'src/server/z.ts', to: 'src/providers/one/client.ts' },
  { rules: ['server-never-calls-out'], from: 'src/server/w.ts', to: 'src/http/transport.ts' },
  { rules: ['documents-are-checked-as-the-server-does'], from: 'src/documents/x.ts', to: 'src/server/server.ts' },
  {
    rules: ['nobody-imports-main', 'server-sees-the-gateway-from-outside'],
    from: 'src/server/v.ts',
    to: 'src/main.ts',
  },
  {
    rules: ['nobody-imports-demo-or-cli', 'sandbox-knows-nothing-of-ours'],
    from: 'src/sandbox/y.ts',
    to: 'src/cli.ts',
    type: true,
  },
  { rules: ['demo-plays-with-what-everyone-has'], from: 'src/demo.ts', to: 'src/gateway/gateway.ts' },
  { rules: ['no-cycles'], from: 'src/model/egg.ts', to: 'src/model/hen.ts' },
  { rules: ['src-stands-without-its-tools'], from: 'src/http/y.ts', to: 'test/support/planted.ts' },
  { rules: ['src-stands-without-its-tools'], from: 'src/http/z.ts', to: 'src/http/x.test.ts' },
  { rules: ['no-dev-dependency-in-src'], from: 'src/model/y.ts', to: 'tool' },
  { rules: ['no-dev-dependency-in-src'], from: 'src/model/z.ts', to: 'undeclared' },
  { rules: ['examples-are-callers'], from: 'examples/x.ts', to: 'src/gateway/gateway.ts' },
  { rules: ['everything-imported-is-there'], from: 'src/model/w.ts', to: 'src/model/absent.ts' },
];

/** Imports that every rule lets through: a rule that refused them would refuse what the design asks for. */
export const ALLOWED: readonly Omit<Plant, 'rules'>[] = [
  { from: 'src/contract/good.ts', to: 'src/graphql/builder.ts', type: true },
  { from: 'src/contract/better.ts', to: 'src/http/answer.ts' },
  { from: 'src/providers/one/good.ts', to: 'src/graphql/builder.ts', type: true },
  { from: 'src/providers/one/better.ts', to: 'src/model/planted.ts' },
  { from: 'src/providers/four/sandbox.ts', to: 'src/providers/four/sandboxPages.ts' },
  { from: 'src/providers/four/sandboxPages.ts', to: 'src/sandbox/engine.ts' },
  { from: 'src/providers/four/sandboxIds.ts', to: 'node:crypto' },
  { from: 'src/providers/four/mapping.test.ts', to: 'tool' },
  { from: 'src/gateway/good.ts', to: 'src/store/store.ts', type: true },
  { from: 'src/gateway/better.ts', to: 'src/http/transport.ts', type: true },
  { from: 'src/graphql/good.ts', to: 'src/gateway/merge.ts' },
  { from: 'src/server/good.ts', to: 'src/gateway/operation.ts' },
  { from: 'src/cli.ts', to: 'src/demo.ts' },
  // Around and back, but as a type one way.
  { from: 'src/model/hen.ts', to: 'src/model/egg.ts' },
  { from: 'src/store/egg.ts', to: 'src/store/hen.ts' },
  { from: 'src/store/hen.ts', to: 'src/store/egg.ts', type: true },
  { from: 'examples/good.ts', to: 'schema/client/index.ts' },
];
