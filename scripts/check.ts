/**
 * `npm run check`: everything that can be said of the code without running it. One line a step; a step that fails shows
 * what it found.
 */

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { delimiter, resolve } from 'node:path';

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** What it says is worth a place in its line when all is well. */
  readonly says?: true;
}

/** The longest first: they end together. */
const STEPS: readonly Step[] = [
  { name: 'types', command: ['tsc'] },
  { name: 'generated files', command: ['node', 'scripts/generate.ts', '--check'] },
  { name: 'dead code', command: ['knip'] },
  { name: 'lint and format', command: ['biome', 'check', '.', '--error-on-warnings', '--max-diagnostics=200'] },
  { name: 'layers', command: ['node', 'scripts/checks/layers.ts'], says: true },
  { name: 'schema changes', command: ['node', 'scripts/checks/breaking.ts'], says: true },
];

interface Outcome {
  readonly ok: boolean;
  readonly output: string;
}

const env = { ...process.env, PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}` };

function run({ command: [program, ...argv] }: Step): Promise<Outcome> {
  return new Promise((done) => {
    const output: Buffer[] = [];
    const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'pipe'], env });
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', ({ message }) => done({ ok: false, output: message }));
    child.on('close', (code) => done({ ok: code === 0, output: Buffer.concat(output).toString().trim() }));
  });
}

async function report(step: Step): Promise<boolean> {
  const startedAt = performance.now();
  const { ok, output } = await run(step);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const remark = ok && step.says ? `  ${output}` : '';
  console.log(`${ok ? 'ok    ' : 'failed'}  ${step.name.padEnd(15)} ${seconds.padStart(5)} s${remark}`);
  if (!ok) console.log(`\n${output}\n`);
  return ok;
}

const waiting = [...STEPS];
let failed = 0;
async function work(): Promise<void> {
  for (let step = waiting.shift(); step; step = waiting.shift()) if (!(await report(step))) failed += 1;
}
await Promise.all(Array.from({ length: availableParallelism() }, work));
if (failed > 0) console.log(`${failed} of ${STEPS.length} steps failed.`);
process.exitCode = failed > 0 ? 1 : 0;
