/**
 * What is mutated, by which tests that has to be seen, and how many mutants in a hundred at the least. Tests that start the
 * gateway as a program see none: mutants live in the tests' own process.
 */
export interface Area {
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
  readonly atLeast: number;
  /** Where all of it would take hours: in as many lines of it, drawn by chance. */
  readonly lines?: number;
}

export const AREAS: Readonly<Record<string, Area>> = {
  auth: {
    mutate: ['src/server/{auth,keys,keyText,keyUse,keySet,accessTokens,watchedFile,trustedDocuments,said,check}.ts'],
    tests: [
      'src/server/{accessTokens,auth,key*,trustedDocuments,watchedFile}.test.ts',
      'test/behaviour/{keys,tokens,tokens-wrong,tokens-keys,tokens-callers,trusted-documents,trusted-documents-callers,trusted-documents-manifest,http-doors}.test.ts',
    ],
    atLeast: 90,
  },
  rights: {
    mutate: ['src/graphql/access.ts'],
    tests: ['test/behaviour/{access-schema,access-mutations}.test.ts'],
    atLeast: 90,
  },
  sealing: { mutate: ['src/ids/*.ts'], tests: ['src/ids/*.test.ts'], atLeast: 90 },
  redaction: {
    mutate: ['src/server/{withoutValues,publicErrors,safeError}.ts', 'src/contract/{wire,ownText}.ts'],
    tests: [
      'src/contract/*.test.ts',
      'src/server/{withoutValues,publicErrors,safeError}.test.ts',
      'test/behaviour/{http-values,http-errors}.test.ts',
    ],
    atLeast: 90,
  },
  idempotency: {
    mutate: ['src/gateway/writes/{repeat,journal}.ts', 'src/store/writes.ts'],
    tests: [
      'src/gateway/writes/*.test.ts',
      'test/behaviour/{idempotency,idempotency-later,create,create-partly,update,update-late,subscription-writes}.test.ts',
      'test/behaviour/writes-{clock,line,looked-for,moved-on,moved-over,parted}.test.ts',
      'test/conformance/store.test.ts',
    ],
    atLeast: 90,
  },
  http: {
    mutate: ['src/http/*.ts'],
    // These need Redis: most of a budget is how several gateways count together.
    tests: [
      'src/http/*.test.ts',
      'test/services/{budgets,redis-calls}.test.ts',
      'test/behaviour/{budget,calls,failures,network-faults,hostile-answers,health,reads-shared}.test.ts',
    ],
    atLeast: 80,
    lines: 100,
  },
  // PostgreSQL's own files are left out: its tests need a server.
  store: {
    mutate: ['src/store/!(postgres*|redisBell|script).ts'],
    tests: ['src/store/{postgresQuery,sqliteErasure,terms,thread}.test.ts', 'test/conformance/store.test.ts'],
    atLeast: 80,
    lines: 100,
  },
  gateway: {
    mutate: ['src/gateway/**/*.ts'],
    tests: [
      'src/gateway/**/*.test.ts',
      'test/behaviour/{create*,update,update-late,update-strangers,idempotency*,verification-*}.test.ts',
      'test/behaviour/writes-{clock,line,looked-for,moved-on,moved-over,parted}.test.ts',
      'test/behaviour/{listing-*,linking*,merging,conflicts,duplicates,freshness,ids,cursors,adoption,reads-*}.test.ts',
      'test/behaviour/{subscription*,self-service-links,erasure,data-quality,operations,audit}.test.ts',
      'test/behaviour/sync-{hostile,limits,listing,missing,schedule}.test.ts',
    ],
    atLeast: 80,
    lines: 150,
  },
  mapping: {
    mutate: ['src/providers/*/!(sandbox*|client|api|index|settings).ts', 'src/model/*.ts'],
    tests: ['src/providers/*/*.test.ts', 'src/model/*.test.ts', 'test/mapping.test.ts'],
    atLeast: 80,
    lines: 150,
  },
};
