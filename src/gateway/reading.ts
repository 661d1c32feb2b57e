import type { Connection } from '../contract/provider.ts';
import { badUserInput, GatewayError } from '../errors.ts';
import { parseExact } from '../http/exactJson.ts';
import type { RecordKey } from '../ids/ids.ts';
import type { KnownRecord } from '../store/store.ts';
import { contentOf } from './directory/copy.ts';
import type { Member } from './gateway.ts';
import type { Operation } from './operation.ts';
import { liveRecord, type ProviderRecord } from './record.ts';

/** A record that its provider has to be asked for, and what is known of it. */
export class Sought {
  readonly member: Member;
  readonly connection: Connection;
  readonly key: RecordKey;
  readonly known: KnownRecord | null;

  constructor(member: Member, connection: Connection, key: RecordKey, known: KnownRecord | null) {
    this.member = member;
    this.connection = connection;
    this.key = key;
    this.known = known;
  }
}

/**
 * What a record is without its provider: as it was read lately where that is new enough, or what answers where none is asked.
 * @returns null: there is no such record
 * @throws GatewayError why it can't be told
 */
export async function lookUp(
  operation: Operation,
  member: Member,
  providerId: string,
): Promise<ProviderRecord | Sought | null> {
  const key = { provider: member.id, providerId };
  const { connection } = member;
  assertProviderId(member, providerId);
  if (!connection) throw notConfigured(member);
  const known = await operation.known(key);
  if (!connection.read) return lastSent(operation, member, connection, key, known);
  const lately = latelyRead(operation, key, known);
  if (lately && ageOf(operation, lately) < operation.allowedAge(key)) return { ...lately, servedFrom: 'CACHE' };
  if (operation.copiesOnly) return heldCopy(operation, member, connection, key, known);
  return new Sought(member, connection, key, known);
}

/**
 * Reads a record from its provider; where that can't be asked, from the copy that the directory keeps.
 * @param ask asks the provider; null: it has no such record
 * @returns null: the provider has no such record
 * @throws GatewayError why it could not be asked, where there is no copy either
 */
export async function readSought(
  operation: Operation,
  sought: Sought,
  ask: (sought: Sought) => Promise<ProviderRecord | null>,
): Promise<ProviderRecord | null> {
  const { member, connection, key, known } = sought;
  try {
    const record = await operation.gateway.underWay.share(operation, key, known, () => ask(sought));
    if (record) return record;
  } catch (thrown) {
    const oldest = operation.ageOfLastResort(key);
    if (!(thrown instanceof GatewayError) || oldest === null) throw thrown;
    const copy = await copyOf(operation, connection, key, await knownNow(operation, key));
    if (!copy || ageOf(operation, copy) > oldest) throw thrown;
    return { ...copy, problem: thrown };
  }
  return gone(operation, member, connection, key);
}

/** @returns null: the provider has no such record */
export async function readNow(
  operation: Operation,
  { connection, key, known }: Sought,
): Promise<ProviderRecord | null> {
  // What comes is at least as new as the question.
  const askedAt = new Date(operation.gateway.clock.now());
  const wire = await connection.read?.(key.providerId, operation.limits);
  return wire == null ? null : seen(operation, liveRecord(key, connection, wire, askedAt), known);
}

/** Reads a record that came up in a list: from whatever is held of it, else as if it was asked for. */
export async function readListedRecord(
  operation: Operation,
  member: Member,
  providerId: string,
): Promise<ProviderRecord | null> {
  const key = { provider: member.id, providerId };
  const { connection } = member;
  const known = await operation.known(key);
  const isHeld = connection?.read && known && !known.isOutdated && !known.missingSince;
  const copy = isHeld ? await anyCopy(operation, connection, key, known) : null;
  if (copy) return copy;
  // Whoever asks for it beside the list shares this reading.
  const reading = await operation.read(key);
  if (reading instanceof GatewayError) throw reading;
  return reading;
}

/** What is held of a record, as it was read lately or as the directory keeps it. */
async function anyCopy(
  operation: Operation,
  connection: Connection,
  key: RecordKey,
  known: KnownRecord | null,
): Promise<ProviderRecord | null> {
  const lately = latelyRead(operation, key, known);
  if (!lately) return copyOf(operation, connection, key, known);
  const isNew = ageOf(operation, lately) < operation.allowedAge(key);
  return { ...lately, servedFrom: isNew ? 'CACHE' : 'DIRECTORY' };
}

/** What is held of a record, where no provider is asked: one that was written to since says so. */
async function heldCopy(
  operation: Operation,
  member: Member,
  connection: Connection,
  key: RecordKey,
  known: KnownRecord | null,
): Promise<ProviderRecord> {
  const copy = (await anyCopy(operation, connection, key, known)) ?? missingCopy(member);
  return known?.isOutdated ? { ...copy, problem: outdatedCopy(member) } : copy;
}

/** Of a record that can't be read, what was last sent: kept with the write itself. */
function lastSent(
  operation: Operation,
  member: Member,
  connection: Connection,
  key: RecordKey,
  known: KnownRecord | null,
): ProviderRecord | null {
  if (!known?.rememberedAt) return null;
  const wire = recalled(operation, member, () => connection.recall(known.remembered));
  const record = liveRecord(key, connection, wire, known.rememberedAt, known.changedSeenAt ?? known.rememberedAt);
  keepIfNew(operation, record, known);
  return { ...record, servedFrom: 'LAST_SENT' };
}

function recalled<Wire>({ gateway, requestId }: Operation, { id }: Member, recall: () => Wire): Wire {
  try {
    return recall();
  } catch (thrown) {
    gateway.unforeseen(thrown, requestId);
    const message = 'What was remembered of this record can’t be read any more; the gateway’s log says why.';
    throw new GatewayError('INTERNAL_SERVER_ERROR', message, { provider: id });
  }
}

/** What the provider has just said, on its way to whoever asked and to the directory. */
export function seen(operation: Operation, record: ProviderRecord, known: KnownRecord | null): ProviderRecord {
  const isNew = keepIfNew(operation, record, known);
  return { ...record, changedSeenAt: isNew ? record.fetchedAt : (known?.changedSeenAt ?? record.fetchedAt) };
}

/** @returns whether the content is another one than the directory's */
function keepIfNew(operation: Operation, record: ProviderRecord, known: KnownRecord | null): boolean {
  const { directory } = operation.gateway;
  const content = contentOf(record);
  if (record.connection.read) directory.lately.set(record, content.hash, content.raw.length);
  const isNew = known?.hash !== content.hash;
  if (isNew || known.isOutdated || known.missingSince) directory.saw(record, content, operation.tells(record.key));
  return isNew;
}

function latelyRead(operation: Operation, key: RecordKey, known: KnownRecord | null): ProviderRecord | null {
  if (!known || known.isOutdated || known.missingSince) return null;
  const lately = operation.gateway.directory.lately.get(key, known.hash);
  return lately && { ...lately, changedSeenAt: known.changedSeenAt };
}

const ageOf = ({ gateway }: Operation, { fetchedAt }: ProviderRecord): number =>
  gateway.clock.now() - fetchedAt.getTime();

/** The directory's copy; null where it keeps none, or one that can't be read any more. */
async function copyOf(
  operation: Operation,
  connection: Connection,
  key: RecordKey,
  known: KnownRecord | null,
): Promise<ProviderRecord | null> {
  if (!known?.hash || !known.fetchedAt) return null;
  const copy = await operation.copy(key);
  if (!copy) return null;
  try {
    const wire = connection.recall(parseExact(copy.raw));
    const { fetchedAt, changedSeenAt } = known;
    const { missingSince } = known;
    return { ...liveRecord(key, connection, wire, fetchedAt, changedSeenAt), servedFrom: 'DIRECTORY', missingSince };
  } catch (thrown) {
    operation.gateway.unforeseen(thrown, operation.requestId);
    return null;
  }
}

/** What is known of a record, with what was seen a moment ago and is just being kept. */
async function knownNow({ gateway }: Operation, key: RecordKey): Promise<KnownRecord | null> {
  await gateway.directory.settled();
  return gateway.store.record(key);
}

/** A record that is not there any more keeps its last copy. */
async function gone(
  operation: Operation,
  member: Member,
  connection: Connection,
  key: RecordKey,
): Promise<ProviderRecord | null> {
  const { directory, clock } = operation.gateway;
  const known = await knownNow(operation, key);
  directory.lately.delete(key);
  if (known && !known.missingSince) directory.missed(key);
  if (operation.ageOfLastResort(key) === null) return null;
  const copy = await copyOf(operation, connection, key, known);
  const missingSince = known?.missingSince ?? new Date(clock.now());
  return copy && { ...copy, missingSince, problem: noMore(member) };
}

export const noMore = (member: Member): GatewayError =>
  new GatewayError('PROVIDER_REJECTED', `${member.provider.title} has no such record any more.`, {
    provider: member.id,
  });

/** @throws GatewayError always */
function missingCopy(member: Member): never {
  const message = `The directory has no copy of this record of ${member.provider.title}.`;
  throw new GatewayError('PROVIDER_UNAVAILABLE', message, { provider: member.id });
}

const outdatedCopy = (member: Member): GatewayError => {
  const message = `This record of ${member.provider.title} was written to, and could not be read since: the copy is from before.`;
  return new GatewayError('PROVIDER_UNAVAILABLE', message, { provider: member.id, retryable: true });
};

export const notConfigured = (member: Member): GatewayError =>
  new GatewayError('PROVIDER_NOT_CONFIGURED', `${member.provider.title} is not configured here.`, {
    provider: member.id,
  });

/** Nothing that isn't an id of this provider ever comes near a request: see `idGrammar`. */
export function assertProviderId(member: Member, providerId: string): void {
  if (!member.provider.idGrammar.test(providerId)) {
    throw badUserInput(`This is not an id as ${member.provider.title} makes them.`);
  }
}
