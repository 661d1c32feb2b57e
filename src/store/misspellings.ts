import { canBeMisspelt, halves } from '../model/misspelling.ts';
import { oneEditApart } from '../model/oneEdit.ts';
import { reversed } from './copies.ts';
import type { Reader } from './effort.ts';

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
  const take = (text: string): void => {
    if (found.size < MOST && oneEditApart(word, text)) found.add(text);
  };
  for await (const text of wordsThatBegin(reader, 'text', beginning)) take(text);
  for await (const text of wordsThatBegin(reader, 'reversed', reversed(ending))) take(text);
  for (const { text } of await reader.read('SELECT text FROM word WHERE text = ?', swapped)) take(String(text));
  return [...found];
}

/** Behind every letter. */
const LAST = '\u{10FFFF}';

async function* wordsThatBegin(reader: Reader, column: 'text' | 'reversed', start: string): AsyncGenerator<string> {
  let after = start;
  for (;;) {
    const rows = await reader.read(
      `SELECT text, ${column} AS place FROM word WHERE ${column} >= ? AND ${column} < ? ORDER BY ${column} LIMIT ?`,
      ...[after, start + LAST, SLICE],
    );
    for (const { text } of rows) yield String(text);
    const last = rows.at(-1);
    if (rows.length < SLICE || !last) return;
    // What stands there comes again; it is no harm.
    after = String(last.place);
  }
}
