import { canBeMisspelt, halves } from '../model/misspelling.ts';
import { oneEditApart } from '../model/oneEdit.ts';
import { reversed } from './copies.ts';
import type { Reader } from './effort.ts';
import type { Row } from './script.ts';

/** The table `word`, for whoever types what somebody else has typed otherwise. */

/** Words looked at in one statement. */
const SLICE = 5_000;
/** Nobody's word has more; a vocabulary that somebody has made up must not make a search endless. */
const MOST = 255;

/** Words that records have and that one letter tells apart from this one. */
export async function spellings(reader: Reader, word: string): Promise<readonly string[]> {
  if (!canBeMisspelt(word)) return [];
  const { beginning, ending, swapped } = halves(word);
  const found = new Set<string>();
  const take = ({ text }: Row): void => {
    if (found.size < MOST && oneEditApart(word, String(text))) found.add(String(text));
  };
  await Promise.all([
    ...[word.length - 1, word.length, word.length + 1].flatMap((length) => [
      takeThoseThatBegin(reader, 'text', length, beginning, take),
      takeThoseThatBegin(reader, 'reversed', length, reversed(ending), take),
    ]),
    reader.read('SELECT text FROM word WHERE length = ? AND text = ?', swapped.length, swapped).then((rows) => {
      rows.forEach(take);
    }),
  ]);
  return [...found];
}

/** Behind every letter. */
const LAST = '\u{10FFFF}';

async function takeThoseThatBegin(
  { read }: Reader,
  column: 'text' | 'reversed',
  length: number,
  start: string,
  take: (row: Row) => void,
): Promise<void> {
  for (let after = start; ; ) {
    const rows = await read(
      `SELECT text, ${column} AS place FROM word WHERE length = ? AND ${column} >= ? AND ${column} < ?
        ORDER BY ${column} LIMIT ?`,
      ...[length, after, start + LAST, SLICE],
    );
    rows.forEach(take);
    const last = rows.at(-1);
    if (rows.length < SLICE || !last) return;
    // What stands there comes again; it is no harm.
    after = String(last.place);
  }
}
