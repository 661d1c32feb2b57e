import type { ProfileReaders, SearchTerms } from '../../contract/provider.ts';
import { stated, verbatim, withoutKeys } from '../../contract/wire.ts';
import type { DataQualityIssue } from '../../model/customer.ts';
import { epochMilliseconds, epochSeconds } from '../../model/date.ts';
import { email } from '../../model/email.ts';
import { fullName } from '../../model/name.ts';
import { emailQuality } from '../../model/quality.ts';
import { text } from '../../model/text.ts';
import type { OnboardFlowRecord } from './api.ts';

/**
 * Read from what was sent: the answer repeats it under other names (OF-9), and about an event. OF-8: that event's times
 * are no times of the customer, and its clocks disagree, so there is neither createdAt nor updatedAt.
 */
export const profile: ProfileReaders<OnboardFlowRecord> = {
  displayName: (wire) => nameOf(wire) ?? email(wire.sent.customer_email),
  firstName: (wire) => text(wire.sent.customer_first_name),
  lastName: (wire) => text(wire.sent.customer_last_name),
  email: (wire) => email(wire.sent.customer_email),
};

const nameOf = ({ sent }: OnboardFlowRecord): string | null =>
  fullName({ firstName: text(sent.customer_first_name), lastName: text(sent.customer_last_name) });

export const quality = (wire: OnboardFlowRecord): readonly DataQualityIssue[] =>
  emailQuality('email', wire.sent.customer_email);

/** The user's id is the caller's own, and so what their people know the customer by. */
export const searched = (wire: OnboardFlowRecord): SearchTerms => ({ phones: [], words: stated([wire.sent.user_id]) });

/** OF-5: "must be the exact same customer ID stored" at the payment platform; exact, so nothing is trimmed. */
export const sharedId = (wire: OnboardFlowRecord): string | null => verbatim(wire.sent.customer_id);

/** OF-9: neither half holds the site key; should a record of another making do, it stops here. */
export const raw = (wire: OnboardFlowRecord) => withoutKeys(wire, ['site_key', 'site_hash']);

/**
 * OF-1: seconds go in, milliseconds come out, and seconds again beside them. Each is read in its own unit; one in
 * another unit would be a date near 1970 or far ahead, is not taken, and the next says the same.
 */
export const eventDateOf = ({ event, sent }: OnboardFlowRecord): Date =>
  epochMilliseconds(event.event_date) ?? epochSeconds(event.event_meta.created) ?? new Date(sent.event_date * 1000);
