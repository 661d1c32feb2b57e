import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readFebrl } from './linkage/febrl.ts';
import type { LabelledRecord } from './linkage/labelled.ts';
import { reportLarge } from './linkage/large.ts';
import { reportMany, reportOne } from './linkage/report.ts';
import { readSandbox } from './linkage/sandbox.ts';

/**
 * `npm run linkage`: how well records of one person are found where the truth is known. The truth is looked at only to
 * count.
 */

const HELP = `npm run linkage -- [folder] [options]
  [folder]          where the Febrl sets are: every .csv in it is linked by itself
  --people <n,…>    sizes of the sandbox's population (100,300,1000,10000)
  --seeds <n,…>     which populations of each size (1,2,3,4,5)
  --large <n>       instead: so many people, of the first seed, in a directory that is too large to be learnt from whole
  --show <n>        also shows so many of the worst mistakes of each kind, with their evidence (0)
  --help            this
`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    people: { type: 'string', default: '100,300,1000,10000' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    large: { type: 'string' },
    show: { type: 'string', default: '0' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const numbers = (list: string): readonly number[] => list.split(',').filter(Boolean).map(Number);
const canList = ({ provider }: LabelledRecord): boolean => ['octobat', 'cycle-software', 'nutcache'].includes(provider);

if (options.help) console.log(HELP);
else if (options.large !== undefined) {
  const [seed = 1] = numbers(options.seeds);
  await reportLarge(await readSandbox(Number(options.large), seed));
} else {
  const shown = Number(options.show);
  for (const folder of positionals) {
    for (const file of readdirSync(folder)
      .filter((name) => name.endsWith('.csv'))
      .sort())
      reportOne(file, readFebrl(join(folder, file)), shown);
  }
  for (const size of numbers(options.people)) {
    const sets: (readonly LabelledRecord[])[] = [];
    for (const seed of numbers(options.seeds)) sets.push(await readSandbox(size, seed));
    reportMany(`${size} people at five providers`, sets, shown);
    reportMany(
      `${size} people at the three that can list`,
      sets.map((records) => records.filter(canList)),
      shown,
    );
  }
}
