import type { RecordKey } from '../ids/ids.ts';
import { forRows } from './batch.ts';
import type { Row, Script, Statement } from './script.ts';
import type { Link, LinkRule, LinkToKeep } from './store.ts';

/** The tables `link` and `link_record`: why records are one customer, by whose word and since when. */

export function* keepLink(records: readonly number[], { rule, evidence, at, by }: LinkToKeep): Script<void> {
  const [made] = yield [
    'INSERT INTO link (rule, evidence, linked_at, linked_by) VALUES (?, ?, ?, ?) RETURNING id',
    ...[rule, JSON.stringify(evidence), at.getTime(), by],
  ];
  const id = Number(made?.id);
  yield* forRows(
    2,
    (rows) => `INSERT INTO link_record (link, record) VALUES ${rows}`,
    records.map((record) => [id, record]),
  );
}

/** Takes a record out of every link; one that holds fewer than two together is none. */
export function* loosen(record: number): Script<void> {
  const links = yield ['SELECT link FROM link_record WHERE record = ?', record];
  yield ['DELETE FROM link_record WHERE record = ?', record];
  for (const { link } of links) {
    const left = yield ['SELECT record FROM link_record WHERE link = ?', Number(link)];
    if (left.length > 1) continue;
    yield ['DELETE FROM link_record WHERE link = ?', Number(link)];
    yield ['DELETE FROM link WHERE id = ?', Number(link)];
  }
}

/** A row for each record of each link. */
export const linksOf = ({ provider, providerId }: RecordKey): Statement => [
  `SELECT DISTINCT link.*, linked.sequence, linked.provider, linked.provider_id
   FROM record AS own
   JOIN record AS held ON held.customer = own.customer
   JOIN link_record AS by_held ON by_held.record = held.sequence
   JOIN link ON link.id = by_held.link
   JOIN link_record AS other ON other.link = link.id
   JOIN record AS linked ON linked.sequence = other.record
   WHERE own.provider = ? AND own.provider_id = ?
   ORDER BY link.id, linked.sequence`,
  ...[provider, providerId],
];

export function toLinks(rows: readonly Row[]): readonly Link[] {
  const byId = Map.groupBy(rows, ({ id }) => Number(id));
  return [...byId.values()].flatMap((same) => {
    const [row] = same;
    return row ? [toLink(row, same)] : [];
  });
}

const toLink = (row: Row, records: readonly Row[]): Link => ({
  rule: String(row.rule) as LinkRule,
  evidence: JSON.parse(String(row.evidence)) as string[],
  at: new Date(Number(row.linked_at)),
  by: String(row.linked_by),
  records: records.map((each) => ({ provider: String(each.provider), providerId: String(each.provider_id) })),
});
