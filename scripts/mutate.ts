import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { createDice } from '../src/sandbox/random.ts';
import { AREAS, type Area } from '../test/mutation/areas.ts';

/**
 * `npm run mutate -- <area>…`: changes the code in one small way after another, and counts how many changes its tests see. Tells
 * each that they don't, and fails where these are too many. Without an area, all of them, which takes hours. Of large areas,
 * lines drawn by SEED (1): as many as the area says. LINES says how many of any.
 */

type MutantResult = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

const KILLED: readonly MutantResult['status'][] = ['Killed', 'Timeout'];
const ALIVE: readonly MutantResult['status'][] = ['Survived', 'NoCoverage'];

const seed = Number(process.env.SEED ?? 1);

async function mutate(name: string, area: Area): Promise<boolean> {
  process.env.MUTATION_TESTS = JSON.stringify(area.tests);
  const files = globSync([...area.mutate], { exclude: ['**/*.test.ts', '**/test-*.ts'] }).sort();
  const most = Number(process.env.LINES ?? area.lines ?? Infinity);
  const lines = most === Infinity ? null : draw(linesOf(files), most);
  const running = await run(lines ?? files, false);
  // What is decided outside of tests, such as when a module is loaded, only shows where that is done anew for each file of them,
  // which takes long: of a sample it is left out.
  const isEarly = ({ status, static: early }: MutantResult) => early === true && !KILLED.includes(status);
  const early = new Set(lines ? [] : running.filter(isEarly).map(placeOf));
  const anew =
    early.size === 0 ? [] : await run([...new Set([...early].map((each) => each.replace(/ .*/s, '')))], true);
  const results = [
    ...running.filter((result) => !early.has(placeOf(result))),
    ...anew.filter((result) => early.has(placeOf(result))),
  ];
  const alive = results.filter(({ status }) => ALIVE.includes(status));
  const killed = results.filter(({ status }) => KILLED.includes(status)).length;
  for (const result of alive) console.log(`${placeOf(result)} ${result.status}`);
  const score = (100 * killed) / (killed + alive.length);
  const of = lines ? `, in ${lines.length} lines by SEED=${seed}` : '';
  console.log(
    `${name}: ${killed} of ${killed + alive.length} mutants seen${of}, ${score.toFixed(1)} % (aim ${area.atLeast} %)`,
  );
  return score >= area.atLeast;
}

/** @param places files, or `file:line:column-line:column` */
async function run(places: readonly string[], isolate: boolean): Promise<MutantResult[]> {
  process.env.MUTATION_ISOLATE = String(isolate);
  const folder = mkdtempSync(join(tmpdir(), 'clientele-mutants-'));
  const results = await new Stryker({
    ...{ mutate: [...places], tempDirName: folder, cleanTempDir: 'always' },
    ...{ testRunner: 'vitest', vitest: { configFile: 'test/mutation/vitest.config.ts', related: false } },
    ...{ coverageAnalysis: 'perTest', concurrency: 2, reporters: ['progress-append-only'], allowEmpty: false },
    ...{ ignoreStatic: !isolate, warnings: false },
    // Ours has options that Stryker's own TypeScript does not know.
    tsconfigFile: 'no-such-file.json',
    ignorePatterns: ['docs', 'deploy'],
  }).runMutationTest();
  rmSync(folder, { recursive: true, force: true });
  return results;
}

/** Where a mutant is, as it is asked for, and what it says there. */
function placeOf({ fileName, location: { start, end }, replacement }: MutantResult): string {
  // Results count columns from 1, and what is asked for from 0.
  return `${relative('', fileName)}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1} ${replacement}`;
}

function linesOf(files: readonly string[]): string[] {
  return files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((_, index) => `${file}:${index + 1}-${index + 1}`),
  );
}

function draw(items: string[], count: number): string[] {
  const dice = createDice(seed);
  return Array.from({ length: Math.min(count, items.length) }, () => items.splice(dice.roll(items.length), 1)).flat();
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
