import { keyText, type RecordKey, sameKey } from '../ids/ids.ts';
import { keepLink, loosen } from './links.ts';
import { byKey, nameOf, ofCustomer, toRecord } from './records.ts';
import type { Script } from './script.ts';
import type { Linking, LinkToKeep } from './store.ts';

/** Which records are one customer, changed. */

export function* linkCustomers(customers: readonly RecordKey[], link: LinkToKeep, most: number): Script<Linking> {
  const names = new Map<string, RecordKey>();
  for (const each of customers) {
    const name = yield* nameOf(each);
    names.set(keyText(name), name);
  }
  const [into, ...others] = names.values();
  if (!into || others.length === 0) return 'ALREADY_ONE';
  // Of a customer that is not known yet, the record that names it.
  let records = 0;
  for (const name of names.values()) records += Math.max(1, (yield ofCustomer(name)).length);
  if (records > most) return 'TOO_MANY_RECORDS';
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
  return 'LINKED';
}

/** @returns the name of what is left; null where the record is a customer by itself */
export function* unlinkRecord(record: RecordKey): Script<RecordKey | null> {
  const [row] = yield byKey(record);
  if (!row) return null;
  const { customer, sequence } = toRecord(row);
  const rest = (yield ofCustomer(customer)).map(toRecord).filter((each) => each.sequence !== sequence);
  const [first] = rest;
  if (!first) return null;
  const name = rest.find((each) => sameKey(each, customer)) ?? first;
  if (!sameKey(name, customer)) yield* rename(customer, name);
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
