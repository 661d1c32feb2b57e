import { isDeepStrictEqual } from 'node:util';
import type { FindCriteria, WireRecord } from '../../contract/provider.ts';
import type { FieldChange } from '../../contract/write.ts';
import { parseExact } from '../../http/exactJson.ts';
import type { ProviderRequest } from '../../http/transport.ts';
import { keyText } from '../../ids/ids.ts';
import { emailTerm, phoneTerms, postalCodeTerm } from '../directory/terms.ts';
import type { Member } from '../gateway.ts';
import type { Operation } from '../operation.ts';
import { readState } from '../sync/state.ts';
import { isListed } from '../sync/sync.ts';
import type { Write } from './journal.ts';

/** Looking for what a create has made, whose answer was lost. Only reads are sent, and where there is a directory, none. */

/** Of records with as little in common, nobody can say which it is. */
const MOST_ALIKE = 100;

/** Of more that nobody knows yet, nobody looks at each. */
const MOST_OPEN = 500;

/** A provider's clock may be wrong by its zone, and by a little. */
const SURELY_OLDER_MS = 2 * 24 * 60 * 60 * 1_000;
const OLDER_MS = 5 * 60 * 1_000;

/** UNLISTED: a listing that begins now would tell. */
export type NotFound = 'NOT_DONE' | 'UNKNOWN' | 'UNLISTED';

/** What may have been made, by what it says. */
interface Found {
  readonly records: readonly WireRecord<unknown>[];
  /** What comes of it where there is none. */
  readonly none: NotFound;
}

/**
 * The only record that says all that was sent, of those that nobody knew when the write began and that no other create has
 * made. One that is like it and says something else may be it, changed since: then nobody knows.
 */
export async function madeBy(
  operation: Operation,
  write: Write,
  knownTo: number,
): Promise<{ readonly providerId: string } | NotFound> {
  const { member } = write;
  const create = member.connection?.create;
  const request = write.sought as ProviderRequest | undefined;
  const criteria = criteriaOf(write.changes);
  if (!create?.made || !request || !criteria) return 'UNKNOWN';
  const { records, none } = await foundBy(operation, member, criteria, write, knownTo);
  if (records.length > MOST_ALIKE) return 'UNKNOWN';
  const ages = await Promise.all(records.map((each) => ageOf(operation, write, each, knownTo)));
  const fresh = records.filter((_, index) => ages[index] !== 'OLDER');
  const [only, second] = fresh.filter(({ wire }) => create.made?.(request, wire));
  if (!only) return fresh.length === 0 ? none : 'UNKNOWN';
  if (second || ages[records.indexOf(only)] === 'MAYBE_OLDER') return 'UNKNOWN';
  // What another one has made shows before its answer is kept, and where its answer was lost as well.
  const open = await operation.gateway.store.openCreates(member.id, MOST_OPEN);
  const isTheirs = open.some(({ id, state, content }) => {
    if (id === write.id) return false;
    const { sought } = JSON.parse(content) as { readonly sought?: ProviderRequest };
    // Of two alike whose answers were lost, either may be it.
    if (!sought || (state === 'UNKNOWN' && isDeepStrictEqual(sought, request))) return false;
    return create.made?.(sought, only.wire);
  });
  return isTheirs || open.length === MOST_OPEN ? 'UNKNOWN' : { providerId: only.providerId };
}

/**
 * Whether a create that begins now can be looked for: what it has made must be told from what was there before, by a search
 * or a time, or since a whole listing has shown everything.
 */
export async function canBeSought({ gateway: { store } }: Operation, { id, connection }: Member): Promise<boolean> {
  if (!connection?.create?.made) return false;
  if (connection.find || connection.profile.createdAt) return true;
  return readState(await store.syncState(id)).complete !== null;
}

/** What of it few others have; null: nothing. */
function criteriaOf(changes: readonly FieldChange[]): FindCriteria | null {
  const said = (field: string): string | null => changes.find((each) => each.field === field)?.after ?? null;
  const [email, phone, postalCode] = [said('email'), said('phone'), said('address.postalCode')];
  if (email !== null) return { email };
  if (phone !== null) return { phone };
  return postalCode === null ? null : { postalCode };
}

async function foundBy(
  operation: Operation,
  member: Member,
  criteria: FindCriteria,
  write: Write,
  knownTo: number,
): Promise<Found> {
  const records = await member.connection?.find?.(criteria, operation.limits);
  if (records) return { records, none: 'NOT_DONE' };
  // First, whether the listing is new enough: what it has brought is in the directory by now.
  const none = await unlisted(operation, member, operation.gateway.watch.lateAt(write));
  return { records: await inDirectory(operation, member, criteria, knownTo), none };
}

/** Records of the directory that became known since the write began. */
async function inDirectory(
  { gateway: { store, directory } }: Operation,
  member: Member,
  { email, phone, postalCode }: FindCriteria,
  knownTo: number,
): Promise<readonly WireRecord<unknown>[]> {
  const { connection } = member;
  if (!connection) return [];
  await directory.settled();
  const terms = [
    ...(email ? [[emailTerm(email)]] : []),
    ...(phone ? [phoneTerms(phone)] : []),
    ...(postalCode ? [[postalCodeTerm(postalCode)]] : []),
  ];
  const customers = await store.search({
    ...{ providers: [member.id], terms, words: [], changedSince: null, order: 'KNOWN', descending: true },
    ...{ after: null, before: null, limit: MOST_ALIKE + 1, fromEnd: false },
  });
  const known = await store.recordsOfAll(customers.map(({ customer }) => customer));
  const records = [...new Set(known.values())]
    .flat()
    .filter(({ provider, sequence }) => provider === member.id && sequence > knownTo);
  const copies = await store.copies(records);
  return records.flatMap((record) => {
    const copy = copies.get(keyText(record));
    return copy ? [{ providerId: record.providerId, wire: connection.recall(parseExact(copy.raw)) }] : [];
  });
}

/** What it means that the directory has none: a listing that began when nothing could come any more tells that it was not done. */
async function unlisted({ gateway: { store, clock } }: Operation, member: Member, lateAt: number): Promise<NotFound> {
  if (!isListed(member)) return 'UNKNOWN';
  const { complete } = readState(await store.syncState(member.id));
  // One that has ended in the future did so before the machine's clock was set back: when, nobody knows.
  const isPast = complete !== null && complete.finishedAt <= clock.now();
  return isPast && complete.startedAt >= lateAt ? 'NOT_DONE' : 'UNLISTED';
}

/** Whether a record was there before the write began, as far as can be told. */
async function ageOf(
  { gateway: { store } }: Operation,
  { member, begunAt }: Write,
  { providerId, wire }: WireRecord<unknown>,
  knownTo: number,
): Promise<'OLDER' | 'MAYBE_OLDER' | 'NEW'> {
  const key = { provider: member.id, providerId };
  const createdAt = member.connection?.profile.createdAt?.(wire)?.getTime() ?? Infinity;
  const isOlderBy = (ms: number): boolean => createdAt < begunAt.getTime() - ms;
  const known = await store.record(key);
  if ((known && known.sequence <= knownTo) || isOlderBy(SURELY_OLDER_MS) || (await store.isMade(key))) return 'OLDER';
  // What was erased is not to be brought back by a look.
  return known?.erasedAt || isOlderBy(OLDER_MS) ? 'MAYBE_OLDER' : 'NEW';
}
