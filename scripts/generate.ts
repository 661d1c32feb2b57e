/**
 * `npm run generate` writes what is printed from the code: the schema, the typed documents of its operations, and the
 * README's tables. With --check it writes nothing, and fails naming what is out of date.
 */

import { outOfDate, write } from './generated/files.ts';

const root = process.cwd();
const files = await outOfDate(root);
if (process.argv.includes('--check')) {
  for (const { path } of files) console.error(`${path} is out of date: run npm run generate`);
  process.exitCode = files.length > 0 ? 1 : 0;
} else {
  for (const file of files) {
    write(root, file);
    console.log(`${file.content === null ? 'removed' : 'wrote'} ${file.path}`);
  }
}
