import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Programs that tests start, again and again, find their modules compiled.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

// What tests write outlives none of them: where Linux keeps files in memory, nothing waits for a disk.
const MEMORY = '/dev/shm';
if (process.env.TMPDIR === undefined && roomIn(MEMORY) >= 2 ** 30) {
  const folder = mkdtempSync(join(MEMORY, 'clientele-'));
  process.env.TMPDIR = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}

/** In bytes; 0 where there is no such folder. */
function roomIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** What takes longest begins first, so that no worker is left alone with it at the end. */
const LONG = [
  ...[
    'sixthProvider',
    'conformance/provider',
    'behaviour/sync-resume',
    'behaviour/sync-command',
    'behaviour/writes-killed',
  ],
  ...['behaviour/cli', 'behaviour/database-faults', 'conformance/store', 'behaviour/stop', 'check/generated'],
].map((name) => join(import.meta.dirname, `test/${name}.test.ts`));

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const long = LONG.flatMap((name) => sorted.filter(({ moduleId }) => moduleId === name));
    return [...new Set([...long, ...sorted])];
  }
}

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/services/**', 'test/crash/**', 'test/fixtures/**'],
    // Node's own loader runs the tests as it runs production; through Vite's, graphql is loaded twice and
    // refuses schemas "from another module or realm".
    experimental: { viteModuleRunner: false },
    // Files share their worker, and so the modules: each leaves process.env and the clock as it found them.
    isolate: false,
    sequence: { sequencer: LongFirst },
    testTimeout: 20_000,
    maxWorkers: '100%',
  },
});
