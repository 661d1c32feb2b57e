import { GatewayError } from '../errors.ts';
import type { Member } from '../gateway/gateway.ts';
import { noMore } from '../gateway/reading.ts';
import { isGone, type ProviderRecord, problemOf, profileField, type Reading } from '../gateway/record.ts';
import type { NodeRef, RecordKey } from '../ids/ids.ts';
import type { Profile, ProfileField } from '../model/customer.ts';
import type { ExtensionSource } from './builder.ts';

/** What the schema's objects resolve from, beside the gateway's own `Customer`. */

/** A record in an answer: its key, and what came of reading it where the answer asks for that. */
export class RecordSource {
  readonly member: Member;
  readonly key: RecordKey;
  readonly #reading: Reading | undefined;

  constructor(member: Member, key: RecordKey, reading: Reading | undefined) {
    this.member = member;
    this.key = key;
    this.#reading = reading;
  }

  get ref(): NodeRef {
    return { ...this.key, kind: 'record' };
  }

  /** null: it could not be read, and `problem` tells why. */
  get record(): ProviderRecord | null {
    return this.#reading && !(this.#reading instanceof GatewayError) ? this.#reading : null;
  }

  get problem(): GatewayError | null {
    if (this.#reading === undefined) return null;
    return this.#reading === null ? noMore(this.member) : problemOf(this.#reading);
  }

  get changedSeenAt(): Date | null {
    return this.record?.changedSeenAt ?? null;
  }

  field<F extends ProfileField>(field: F): Profile[F] | null {
    return this.record && profileField(this.record, field);
  }
}

/** A provider's own fields of a record that was read. */
export class ExtensionView implements ExtensionSource<unknown> {
  readonly member: Member;
  readonly record: ProviderRecord;

  constructor(member: Member, record: ProviderRecord) {
    this.member = member;
    this.record = record;
  }

  get wire(): unknown {
    return this.record.wire;
  }

  get ref(): NodeRef {
    return { ...this.record.key, kind: 'extension' };
  }
}

/** A provider as a node of the graph. */
export class ProviderSource {
  readonly member: Member;

  constructor(member: Member) {
    this.member = member;
  }

  get ref(): NodeRef {
    return { kind: 'provider', provider: this.member.id, providerId: '' };
  }
}

/** The extension of a reading: null where the provider has no such record. @throws what kept it from being asked */
export function extensionOf(member: Member, reading: Reading): ExtensionView | null {
  if (isGone(reading)) return null;
  const problem = problemOf(reading);
  if (problem || reading instanceof GatewayError) throw problem;
  return new ExtensionView(member, reading);
}
