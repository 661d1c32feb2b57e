import { expect, it } from 'vitest';
import { toQuery } from './postgresQuery.ts';

it('numbers values, and says a search of documents in PostgreSQL’s words', () => {
  const { text, values } = toQuery([
    'SELECT rowid FROM document WHERE document MATCH ? AND instr(marks, ?) > 0',
    ...['a', 'b'],
  ]);
  expect(text).toMatch(
    /^SELECT rowid FROM \(SELECT .* FROM listed\) AS listed WHERE .* @@ .*\$1.*::tsquery AND strpos\(marks, \$2\) > 0$/,
  );
  expect(values).toEqual(['a', 'b']);
});

it('looks for documents by the rows that list their records', () => {
  const { text } = toQuery([
    'SELECT 1 FROM document CROSS JOIN listed WHERE document MATCH ? AND listed.record = document.rowid',
    'a',
  ]);
  expect(text).toMatch(/^SELECT 1 FROM listed WHERE clientele_terms\(listed\.record\) @@ .*\$1.*::tsquery AND true$/);
});

it('gives a statement the same name each time, and none to what comes after very many', () => {
  const first = toQuery(['SELECT 0']).name;
  expect(toQuery(['SELECT 0']).name).toBe(first);
  const names = Array.from({ length: 2_000 }, (_, number) => toQuery([`SELECT ${number}`]).name);
  expect(names[1]).not.toBe(first);
  expect(names.at(-1)).toBeUndefined();
  expect(toQuery(['SELECT 1999']).text).toBe('SELECT 1999');
  expect(toQuery(['SELECT 0']).name).toBe(first);
});
