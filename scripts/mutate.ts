import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { AREAS, type Area } from '../test/mutation/areas.ts';

/**
 * `npm run mutate -- <area>…`: changes the code in one small way after another, and counts how many changes its tests see. Tells
 * each that they don't, and fails where these are too many. Without an area, all of them, which takes hours.
 */

type Status = Awaited<ReturnType<Stryker['runMutationTest']>>[number]['status'];

const KILLED: readonly Status[] = ['Killed', 'Timeout'];
const ALIVE: readonly Status[] = ['Survived', 'NoCoverage'];

async function mutate(name: string, { mutate, tests, atLeast }: Area): Promise<boolean> {
  process.env.MUTATION_TESTS = JSON.stringify(tests);
  const folder = mkdtempSync(join(tmpdir(), 'clientele-mutants-'));
  const results = await new Stryker({
    ...{ mutate: mutate.concat('!**/*.test.ts', '!**/test-*.ts'), tempDirName: folder, cleanTempDir: 'always' },
    ...{ testRunner: 'vitest', vitest: { configFile: 'test/mutation/vitest.config.ts', related: false } },
    ...{ coverageAnalysis: 'perTest', concurrency: 2, reporters: ['progress-append-only'], allowEmpty: false },
    // Ours has options that Stryker's own TypeScript does not know.
    tsconfigFile: 'no-such-file.json',
    ignorePatterns: ['docs', 'deploy'],
  }).runMutationTest();
  rmSync(folder, { recursive: true, force: true });
  const alive = results.filter(({ status }) => ALIVE.includes(status));
  const killed = results.filter(({ status }) => KILLED.includes(status)).length;
  for (const { fileName, location, replacement, status } of alive)
    console.log(`${fileName}:${location.start.line}:${location.start.column} ${status}: ${replacement}`);
  const score = (100 * killed) / (killed + alive.length);
  console.log(`${name}: ${killed} of ${killed + alive.length} mutants seen, ${score.toFixed(1)} % (aim ${atLeast} %)`);
  return score >= atLeast;
}

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !Object.hasOwn(AREAS, name));
if (unknown !== undefined) {
  console.error(`There is no area ${unknown}: there are ${Object.keys(AREAS).join(', ')}.`);
  process.exit(2);
}
for (const [name, area] of Object.entries(AREAS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  if (!(await mutate(name, area))) process.exitCode = 1;
}
