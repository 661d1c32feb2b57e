import { defineConfig } from 'vitest/config';

/** The tests that need servers of their own: they fail, and never skip, where one can't be reached. */
export default defineConfig({
  test: {
    include: ['test/services/**/*.test.ts'],
    setupFiles: ['test/services/forgetRedis.ts'],
    experimental: { viteModuleRunner: false },
    testTimeout: 20_000,
  },
});
