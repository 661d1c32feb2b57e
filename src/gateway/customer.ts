import { GatewayError } from '../errors.ts';
import { keyText, type NodeRef, type RecordKey, sameKey } from '../ids/ids.ts';
import type { Profile, ProfileField } from '../model/customer.ts';
import type { KnownRecord } from '../store/store.ts';
import type { Gateway, Member } from './gateway.ts';
import { mergedField } from './merge.ts';
import type { Operation } from './operation.ts';
import { isGone, type ProviderRecord, problemOf, type Reading } from './record.ts';

/**
 * Which of a customer's records an answer asks for: all of them, those of providers that verify phones, those of the
 * providers named, or none.
 */
export interface Asks {
  readonly all: boolean;
  readonly verification: boolean;
  readonly providers: ReadonlySet<string>;
  /** How many fields are selected below: what answering the customer costs. */
  readonly weight: number;
}

type Read = (record: RecordKey) => Promise<Reading>;

/** One customer, with what was read of it for this answer. */
export class Customer {
  /** The record that the customer is named by. */
  readonly key: RecordKey;
  /** Every record, in the order of trust. */
  readonly records: readonly RecordKey[];
  /** How a record of it is read for this answer. */
  readonly read: Read;
  readonly #readings: ReadonlyMap<RecordKey, Reading>;
  #readable: readonly ProviderRecord[] | undefined;

  constructor(key: RecordKey, records: readonly RecordKey[], readings: ReadonlyMap<RecordKey, Reading>, read: Read) {
    this.read = read;
    this.key = key;
    this.records = records;
    this.#readings = readings;
  }

  /** undefined: this answer does not ask for the record. */
  reading(record: RecordKey): Reading | undefined {
    return this.#readings.get(record);
  }

  /** The records that say something, copies among them, in the order of trust. */
  get stating(): readonly ProviderRecord[] {
    return this.records
      .map((record) => this.#readings.get(record) ?? null)
      .filter((reading): reading is ProviderRecord => !isGone(reading) && !(reading instanceof GatewayError));
  }

  /** The same, those whose provider could not be asked behind the others. */
  get readable(): readonly ProviderRecord[] {
    this.#readable ??= this.stating.toSorted(
      (one, other) => Number(one.problem !== null) - Number(other.problem !== null),
    );
    return this.#readable;
  }

  /** Why a record could not be read; null: none of them, but those that are gone. */
  get problem(): GatewayError | null {
    return [...this.#readings.values()].find((reading) => reading instanceof GatewayError) ?? null;
  }

  /** When this gateway last saw any of it change. */
  get changedSeenAt(): Date | null {
    const times = this.readable.flatMap(({ changedSeenAt }) => changedSeenAt?.getTime() ?? []);
    return times.length === 0 ? null : new Date(Math.max(...times));
  }

  /** A field of the merged profile. */
  field<F extends ProfileField>(field: F): Profile[F] | null {
    return mergedField(this.readable, field);
  }

  get ref(): NodeRef {
    return { ...this.key, kind: 'customer' };
  }
}

/** The records behind a customer, and the one it is named by. Any of its records finds it. */
export interface CustomerRecords {
  readonly key: RecordKey;
  /** In the order of trust. */
  readonly records: readonly RecordKey[];
}

/** Of a record that was never linked, the customer is the record alone. */
export async function customerOf(operation: Operation, record: RecordKey): Promise<CustomerRecords> {
  return toCustomer(operation, record, await operation.customers.recordsOf(record));
}

/** The same of many, looked for at once. @returns the customer of one of the records */
export async function customersOf(
  operation: Operation,
  records: readonly RecordKey[],
): Promise<(record: RecordKey) => CustomerRecords> {
  const known = await operation.gateway.store.recordsOfAll(records);
  return (record) => toCustomer(operation, record, known.get(keyText(record)) ?? []);
}

function toCustomer(operation: Operation, record: RecordKey, all: readonly KnownRecord[]): CustomerRecords {
  const { gateway } = operation;
  const [first] = all;
  if (first) operation.note(all);
  else operation.noteUnknown(record);
  return first ? { key: first.customer, records: inTrustOrder(gateway, all) } : { key: record, records: [record] };
}

const inTrustOrder = (gateway: Gateway, records: readonly RecordKey[]): readonly RecordKey[] =>
  gateway.members.flatMap(({ id }) =>
    records.flatMap(({ provider, providerId }) => (provider === id ? [{ provider, providerId }] : [])),
  );

/**
 * Reads what an answer asks of a customer, all providers side by side. Whether the customer exists is told by the records
 * that are asked anyway; where none is, or none can be asked, by the next in the order of trust.
 * @returns null when every record is gone
 * @throws the first problem, when no record can be read
 */
export async function openCustomer(operation: Operation, record: RecordKey, asks: Asks): Promise<Customer | null> {
  return readCustomer(operation, await customerOf(operation, record), asks);
}

export async function readCustomer(
  operation: Operation,
  records: CustomerRecords,
  asks: Asks,
): Promise<Customer | null> {
  const customer = await findCustomer(operation, records, asks, (record) => operation.read(record));
  if (customer.readable.length > 0) return customer;
  if (customer.problem) throw customer.problem;
  return null;
}

/**
 * The same of a customer that a list has, from copies: it keeps its place, whatever came of reading it. Its records say why
 * they say nothing.
 */
export const listedCustomer = (operation: Operation, records: CustomerRecords, asks: Asks): Promise<Customer> =>
  findCustomer(operation, records, asks, (record) => operation.readListed(record));

async function findCustomer(
  operation: Operation,
  { key, records }: CustomerRecords,
  asks: Asks,
  read: Read,
): Promise<Customer> {
  operation.spend(asks.weight);
  const asked = records.filter((each) => operation.wasAsked(each) || isAsked(operation.member(each.provider), asks));
  const readings = new Map<RecordKey, Reading>();
  await Promise.all(asked.map(async (each) => void readings.set(each, await read(each))));
  for (const next of records) {
    if ([...readings.values()].some((reading) => !isGone(reading) && problemOf(reading) === null)) break;
    if (!readings.has(next)) readings.set(next, await read(next));
  }
  return new Customer(key, records, readings, read);
}

function isAsked(member: Member, asks: Asks): boolean {
  return asks.all || asks.providers.has(member.id) || (asks.verification && verifies(member));
}

export const verifies = (member: Member): boolean => member.provider.capabilities.CONFIRM.support === 'NATIVE';

/** The customer's first record at a provider. */
export const recordAt = (customer: CustomerRecords, provider: string): RecordKey | undefined =>
  customer.records.find((record) => record.provider === provider);

export const holds = (customer: CustomerRecords, record: RecordKey): boolean =>
  customer.records.some((each) => sameKey(each, record));
