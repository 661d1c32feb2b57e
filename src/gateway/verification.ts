import type { VerificationFacts } from '../contract/provider.ts';
import { phone } from '../model/phone.ts';
import type { ProviderRecord } from './record.ts';

export type VerificationState = 'UNVERIFIED' | 'PENDING' | 'EXPIRED' | 'VERIFIED' | 'INCONSISTENT';

export interface PhoneVerification {
  readonly state: VerificationState;
  readonly phone: string | null;
  readonly sentAt: Date | null;
  readonly expiresAt: Date | null;
  readonly verifiedAt: Date | null;
}

/** "usually about 5 minutes", says Dirty Lemon's document: an estimate. */
const CODE_LIFE_MS = 5 * 60_000;

/**
 * Tells the state of a phone's verification from the provider's own fields and from when our own write had a code sent.
 * @param ownSentAt counts where the provider does not say when it sent one
 */
export function verificationOf(facts: VerificationFacts, ownSentAt: Date | null, now: number): PhoneVerification {
  const sentAt = facts.sentAt ?? ownSentAt;
  const state = stateOf(facts, sentAt, now);
  return {
    state,
    phone: phone(facts.phone ?? facts.unconfirmedPhone, null),
    sentAt,
    expiresAt: state === 'PENDING' || state === 'EXPIRED' ? sentAt && new Date(sentAt.getTime() + CODE_LIFE_MS) : null,
    verifiedAt: state === 'VERIFIED' ? facts.confirmedAt : null,
  };
}

/** Whether the record says that its phone is confirmed. */
export function isConfirmed({ connection, wire }: ProviderRecord): boolean {
  const facts = connection.verification?.(wire);
  return facts !== undefined && stateOf(facts, null, 0) === 'VERIFIED';
}

function stateOf(
  { phone: confirmedPhone, unconfirmedPhone, confirmedAt }: VerificationFacts,
  sentAt: Date | null,
  now: number,
): VerificationState {
  if (confirmedPhone === null) {
    if (sentAt === null) return 'UNVERIFIED';
    return now - sentAt.getTime() <= CODE_LIFE_MS ? 'PENDING' : 'EXPIRED';
  }
  return confirmedAt !== null && (unconfirmedPhone === null || unconfirmedPhone === confirmedPhone)
    ? 'VERIFIED'
    : 'INCONSISTENT';
}
