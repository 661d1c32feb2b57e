import type { RecordKey } from '../ids/ids.ts';
import { audited, type Deed } from './audit.ts';
import { forValues } from './batch.ts';
import { keepChanges } from './changes.ts';
import { keepLink, loosen } from './links.ts';
import { known, noted, placeOf, recordsIn } from './records.ts';
import type { Script } from './script.ts';
import type { Linking, LinkToKeep, RecordToKeep, Summarise } from './store.ts';
import { summarise } from './summaries.ts';

/** Which records are one customer, changed. */

/** @returns the keys that are another customer's */
export function* keepRecords(
  records: readonly RecordToKeep[],
  link: LinkToKeep | undefined,
  merge: Summarise,
): Script<readonly RecordKey[]> {
  const elsewhere: RecordKey[] = [];
  const together = new Set<number>();
  const touched = new Set<number>();
  for (const record of records) {
    const { customer } = yield* known(record.customer);
    const isNew = (yield* placeOf(record.key)) === null;
    const place = yield* known(record.key);
    const joins = place.customer !== customer && (isNew || (record.made && (yield* isAlone(place.customer))));
    if (joins) yield* move([place.sequence], customer);
    else if (place.customer !== customer) {
      elsewhere.push(record.key);
      continue;
    }
    yield noted(place.sequence, record);
    together.add(place.sequence);
    touched.add(customer).add(place.customer);
  }
  if (link && together.size > 1) yield* keepLink([...together], link);
  yield* summarise([...touched], merge);
  return elsewhere;
}

function* isAlone(customer: number): Script<boolean> {
  return (yield* recordsIn(customer)).length === 1;
}

export function* linkCustomers(
  customers: readonly RecordKey[],
  link: LinkToKeep,
  most: number,
  request: string,
  merge: Summarise,
): Script<Linking> {
  const names = new Set<number>();
  let unknown = 0;
  const unknownKeys = new Set<string>();
  for (const each of customers) {
    const place = yield* placeOf(each);
    if (place) names.add(place.customer);
    else unknownKeys.add(JSON.stringify(each));
  }
  unknown = unknownKeys.size;
  if (names.size + unknown < 2) return 'ALREADY_ONE';
  const held = yield* forValues((list) => `SELECT erased_at FROM record WHERE customer IN ${list}`, [...names]);
  if (held.some(({ erased_at: at }) => at !== null)) return 'ERASED';
  if (held.length + unknown > most) return 'TOO_MANY_RECORDS';
  const inOrder = new Set<number>();
  for (const each of customers) inOrder.add((yield* known(each)).customer);
  const [into = 0, ...others] = inOrder;
  yield* join(into, others, link, merge);
  const deed = { caller: link.by, request, at: link.at };
  yield* audited(deed, { action: 'LINK', outcome: 'DONE' }, [...inOrder]);
  return 'LINKED';
}

/** Makes customers one, for a reason. */
export function* join(into: number, others: readonly number[], link: LinkToKeep, merge: Summarise): Script<void> {
  const at = link.at.getTime();
  for (const other of others) {
    yield ['UPDATE record SET absorbed_at = ? WHERE sequence = ?', at, other];
    yield* move(yield* recordsIn(other), into);
  }
  yield* keepLink(yield* recordsIn(into), link);
  yield* summarise([into, ...others], merge);
  yield* keepChanges([{ kind: 'LINKED', customer: into, former: others, at }]);
}

/** @returns the name of what is left; null where the record is a customer by itself */
export function* unlinkRecord(record: RecordKey, deed: Deed, merge: Summarise): Script<RecordKey | null> {
  const place = yield* placeOf(record);
  if (!place) return null;
  const { sequence, customer } = place;
  const rest = (yield* recordsIn(customer)).filter((each) => each !== sequence);
  const [first] = rest;
  if (first === undefined) return null;
  const name = rest.includes(customer) ? customer : first;
  if (name !== customer) yield* move(rest, name);
  if (sequence !== customer) yield* move([sequence], sequence);
  yield ['UPDATE record SET absorbed_at = NULL WHERE sequence IN (?, ?)', sequence, name];
  yield* loosen(sequence);
  yield* summarise([sequence, name], merge);
  const at = deed.at.getTime();
  yield* keepChanges([sequence, name].map((each) => ({ kind: 'UNLINKED', customer: each, at })));
  yield* audited(deed, { action: 'UNLINK', outcome: 'DONE' }, [sequence, name]);
  const [row] = yield ['SELECT provider, provider_id FROM record WHERE sequence = ?', name];
  return { provider: String(row?.provider), providerId: String(row?.provider_id) };
}

function* move(records: readonly number[], to: number): Script<void> {
  yield* forValues((list) => `UPDATE record SET customer = ? WHERE sequence IN ${list}`, records, to);
}
