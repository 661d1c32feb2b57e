import { defineConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

/** The tests that mutants of one area have to be seen by: `scripts/mutate.ts` names them. */
export default defineConfig({
  test: {
    ...base.test,
    exclude: [],
    include: JSON.parse(process.env.MUTATION_TESTS ?? '[]'),
    isolate: process.env.MUTATION_ISOLATE === 'true',
  },
});
