import type { RecordKey } from '../ids/ids.ts';
import { keepLink, loosen } from './links.ts';
import { byKey, nameOf, ofCustomer, toRecord } from './records.ts';
import type { Script } from './script.ts';
import type { LinkToKeep } from './store.ts';

/** Which records are one customer, changed. */

/** @returns the name of the one customer; null where they were one already */
export function* linkCustomers(customers: readonly RecordKey[], link: LinkToKeep): Script<RecordKey | null> {
  const names = new Map<string, RecordKey>();
  for (const each of customers) {
    const name = yield* nameOf(each);
    names.set(JSON.stringify([name.provider, name.providerId]), name);
  }
  const [into, ...others] = names.values();
  if (!into || others.length === 0) return null;
  for (const { provider, providerId } of names.values()) {
    yield [
      `INSERT INTO record (provider, provider_id, customer_provider, customer_provider_id) VALUES (?, ?, ?, ?)
       ON CONFLICT (provider, provider_id) DO NOTHING`,
      ...[provider, providerId, provider, providerId],
    ];
  }
  for (const { provider, providerId } of others) {
    const absorbedAt = link.at.getTime();
    yield [
      'UPDATE record SET absorbed_at = ? WHERE provider = ? AND provider_id = ?',
      absorbedAt,
      provider,
      providerId,
    ];
    yield* rename({ provider, providerId }, into);
  }
  yield* keepLink((yield ofCustomer(into)).map(toRecord), link);
  return into;
}

/** @returns the name of what is left; null where the record is a customer by itself */
export function* unlinkRecord(record: RecordKey): Script<RecordKey | null> {
  const [row] = yield byKey(record);
  if (!row) return null;
  const { customer, sequence } = toRecord(row);
  const rest = (yield ofCustomer(customer)).map(toRecord).filter((each) => each.sequence !== sequence);
  const [first] = rest;
  if (!first) return null;
  const name = rest.find((each) => isSame(each, customer)) ?? first;
  if (!isSame(name, customer)) yield* rename(customer, name);
  yield [
    'UPDATE record SET customer_provider = provider, customer_provider_id = provider_id WHERE provider = ? AND provider_id = ?',
    ...[record.provider, record.providerId],
  ];
  for (const { provider, providerId } of [record, name])
    yield ['UPDATE record SET absorbed_at = NULL WHERE provider = ? AND provider_id = ?', provider, providerId];
  yield* loosen(record);
  return { provider: name.provider, providerId: name.providerId };
}

function* rename(from: RecordKey, to: RecordKey): Script<void> {
  yield [
    `UPDATE record SET customer_provider = ?, customer_provider_id = ?
     WHERE customer_provider = ? AND customer_provider_id = ?`,
    ...[to.provider, to.providerId, from.provider, from.providerId],
  ];
}

const isSame = (one: RecordKey, other: RecordKey): boolean =>
  one.provider === other.provider && one.providerId === other.providerId;
