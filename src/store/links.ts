import type { RecordKey } from '../ids/ids.ts';
import type { Row, Script, Statement } from './script.ts';
import type { Link, LinkRule, LinkToKeep } from './store.ts';

/** The tables `link` and `link_record`: why records are one customer, by whose word and since when. */

export function* keepLink(records: readonly RecordKey[], { rule, evidence, at, by }: LinkToKeep): Script<void> {
  const [made] = yield [
    'INSERT INTO link (rule, evidence, linked_at, linked_by) VALUES (?, ?, ?, ?) RETURNING id',
    ...[rule, JSON.stringify(evidence), at.getTime(), by],
  ];
  for (const { provider, providerId } of records) {
    yield [
      'INSERT INTO link_record (link, provider, provider_id) VALUES (?, ?, ?)',
      ...[Number(made?.id), provider, providerId],
    ];
  }
}

/** Takes a record out of every link; one that holds fewer than two together is none. */
export function* loosen({ provider, providerId }: RecordKey): Script<void> {
  const links = yield ['SELECT link FROM link_record WHERE provider = ? AND provider_id = ?', provider, providerId];
  yield ['DELETE FROM link_record WHERE provider = ? AND provider_id = ?', provider, providerId];
  for (const { link } of links) {
    const left = yield ['SELECT provider FROM link_record WHERE link = ?', Number(link)];
    if (left.length > 1) continue;
    yield ['DELETE FROM link_record WHERE link = ?', Number(link)];
    yield ['DELETE FROM link WHERE id = ?', Number(link)];
  }
}

/** A row for each record of each link. */
export const linksOf = ({ provider, providerId }: RecordKey): Statement => [
  `SELECT DISTINCT link.*, other.provider, other.provider_id, named.sequence
   FROM record
   JOIN link_record AS own ON own.provider = record.provider AND own.provider_id = record.provider_id
   JOIN link ON link.id = own.link
   JOIN link_record AS other ON other.link = link.id
   JOIN record AS named ON named.provider = other.provider AND named.provider_id = other.provider_id
   WHERE record.customer_provider = ? AND record.customer_provider_id = ?
   ORDER BY link.id, named.sequence`,
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
