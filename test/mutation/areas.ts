/** What is mutated, by which tests that has to be seen, and how many mutants in a hundred at the least. */
export interface Area {
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
  readonly atLeast: number;
}

export const AREAS: Readonly<Record<string, Area>> = {
  auth: {
    mutate: ['src/server/{auth,keys,keyText,keyUse,keySet,accessTokens,watchedFile,trustedDocuments,said,check}.ts'],
    tests: [
      'src/server/{key*,watchedFile,allowances}.test.ts',
      'test/behaviour/{keys,tokens,tokens-wrong,tokens-keys,tokens-callers,trusted-documents,trusted-documents-callers,trusted-documents-manifest}.test.ts',
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
      'test/behaviour/{idempotency,idempotency-later,writes-killed,create-partly}.test.ts',
      'test/conformance/store.test.ts',
    ],
    atLeast: 90,
  },
};
