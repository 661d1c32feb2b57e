import { createHash } from 'node:crypto';
import type { Deed } from '../../src/store/audit.ts';
import type { CopySource, CopyToKeep } from '../../src/store/store.ts';

/** Copies for tests of stores. */

export const LISTED: CopySource = { asked: false, told: false };
export const TOLD: CopySource = { asked: false, told: true };
export const ASKED: CopySource = { asked: true, told: true };

export const time = (ms: number): Date => new Date(1_700_000_000_000 + ms);

/** Somebody's doing, whoever it is. */
export const deedAt = (at: Date): Deed => ({ caller: 'shop', request: 'a request', at });

/** What of a copy a test speaks of; all else follows. */
interface Said {
  readonly name?: string | null;
  readonly createdAt?: Date | null;
  readonly at?: Date;
  readonly terms?: readonly string[];
  readonly words?: readonly string[];
  readonly shared?: string;
}

/** @param named `octobat 1`: a provider and its id */
export function copyOf(
  named: string,
  { name = null, createdAt = null, at = time(0), ...found }: Said = {},
): CopyToKeep {
  const profile = JSON.stringify({
    ...(name !== null && { displayName: name }),
    ...(createdAt !== null && { createdAt: createdAt.toISOString() }),
  });
  const { terms = [], words = [], shared } = found;
  const said = JSON.stringify([profile, terms, words, shared]);
  return {
    key: keyOf(named),
    hash: createHash('sha256').update(said).digest('hex').slice(0, 32),
    fetchedAt: at,
    profile,
    raw: JSON.stringify({ raw: named }),
    terms,
    words,
    ...(shared !== undefined && { shared }),
  };
}

export function keyOf(named: string) {
  const [provider = '', providerId = ''] = named.split(' ');
  return { provider, providerId };
}

export const nameOf = ({ provider, providerId }: { provider: string; providerId: string }): string =>
  `${provider} ${providerId}`;
