import { hash } from 'node:crypto';
import { comparable } from '../../linkage/comparable.ts';
import type { CopyToKeep } from '../../store/store.ts';
import type { Member } from '../gateway.ts';
import type { ProviderRecord } from '../record.ts';
import { profileOf, toStored } from './storedProfile.ts';
import { keyTerm, termsOf, wordsOf } from './terms.ts';

/** Counts up whenever what is worked out of the same JSON changes, so that every copy is made anew. */
const VERSION = 1;

/** A record's JSON as it is kept, and its hash: what decides whether the rest has to be worked out at all. */
export interface Content {
  readonly raw: string;
  readonly hash: string;
}

export function contentOf({ connection, wire }: ProviderRecord): Content {
  const raw = JSON.stringify(connection.raw(wire));
  return { raw, hash: hash('sha256', `${VERSION} ${raw}`, 'base64url') };
}

/** What the directory keeps of a record. */
export function copyOf(member: Member, record: ProviderRecord, content: Content): CopyToKeep {
  const { connection, wire } = record;
  const profile = profileOf(record);
  const searched = connection.searched?.(wire);
  const shared = member.provider.idsAreUnmistakable ? record.key.providerId : connection.sharedId?.(wire);
  return {
    key: record.key,
    ...content,
    fetchedAt: record.fetchedAt,
    profile: toStored(profile),
    terms: [
      ...termsOf(profile, searched, comparable(profile)),
      // Such a provider's own search can find what the directory has no terms for.
      ...(member.provider.capabilities.SEARCH.support === 'NATIVE' ? [keyTerm(record.key)] : []),
    ],
    words: wordsOf(profile, searched),
    ...(shared && { shared }),
  };
}
