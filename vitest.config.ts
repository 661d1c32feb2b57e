import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/services/**', 'test/fixtures/**'],
    // Node's own loader runs the tests as it runs production; through Vite's, graphql is loaded twice and
    // refuses schemas "from another module or realm".
    experimental: { viteModuleRunner: false },
    testTimeout: 20_000,
    maxWorkers: '100%',
  },
});
