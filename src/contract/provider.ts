/**
 * What a provider must be.
 *
 * A provider is one folder in `src/providers`; the folder's name is its id, and everything else that carries its name
 * (enum value, settings, fields and types of the schema) is derived from that: see `providerNames`. A folder exports
 * `provider`, made by `defineProvider`. CONTRIBUTING.md walks through writing one; the conformance suite holds it to
 * what is promised here.
 *
 * The rules, for every function below:
 * - A provider knows its own API and this vocabulary, nothing else: not GraphQL's execution, not the store, not another
 *   provider, not who is asking.
 * - Reading is total: whatever a valid answer holds, a mapping gives a canonical value or null, and never throws. What
 *   can't be normalised stays readable in the extension and is told by `quality`.
 * - An answer that can't be trusted (not the documented shape, not the record asked for) is thrown as
 *   PROVIDER_BAD_RESPONSE: never half read.
 * - "No such record" is null, never an error; whatever else went wrong is a GatewayError thrown by the transport.
 * - When you can't do something, leave the function out and say why in `capabilities`: nothing is pretended.
 */

import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Builder, ExtensionFields, InputFields } from '../graphql/builder.ts';
import type { Health } from '../http/health.ts';
import type { RateLimit } from '../http/rateLimit.ts';
import type { AnswerHeaders, CallLimits, ProviderRequest, Transport } from '../http/transport.ts';
import type { CountryCode, DataQualityIssue, Profile, ProfileField } from '../model/customer.ts';
import type { Capabilities, SelfServiceLinkKind } from './capabilities.ts';
import type { AccessTable } from './scopes.ts';
import type { CreateIntent, Draft, KnownField, Patch, UpdateIntent, Written } from './write.ts';

/** One record as the provider gave it, parsed by its wire schema. */
export interface WireRecord<Wire> {
  readonly providerId: string;
  readonly wire: Wire;
}

/**
 * How each field of the profile is read from the provider's own JSON: one pure, total function a field. A field that
 * the provider doesn't have is left out, and reads as null. Only the fields that a caller selected are computed.
 */
export type ProfileReaders<Wire> = { readonly [F in ProfileField]?: (wire: Wire) => Profile[F] };

/** What a provider that verifies phones says of one. Numbers are E.164 where they can be, else verbatim. */
export interface VerificationFacts {
  readonly phone: string | null;
  readonly unconfirmedPhone: string | null;
  readonly confirmedAt: Date | null;
  readonly sentAt: Date | null;
}

/** What a search finds a record by, beside its profile: as the record writes it, trimmed, nothing empty, each once. */
export interface SearchTerms {
  /** Every phone number that it has, the profile's own as well. */
  readonly phones: readonly string[];
  /** References that people know and ask for: a customer's number on their papers, whom to speak to. */
  readonly words: readonly string[];
}

/** Which page of a listing: `mark` is the provider's own, opaque here; null is the first page. */
export interface PageRequest {
  readonly mark: string | null;
  /** Only where CHANGED_SINCE is native. */
  readonly changedSince: Date | null;
}

export interface Page<Wire> {
  readonly records: readonly WireRecord<Wire>[];
  /** The mark of the next page; null at the end. A short page is not the end. */
  readonly next: string | null;
  /** How many records there are in all, where the provider says. */
  readonly total: number | null;
}

/** What a provider with a native SEARCH can be asked for. Absent and null: not asked. */
export interface FindCriteria {
  /** Digits in the national spelling, or E.164. */
  readonly phone?: string | null;
  readonly email?: string | null;
  readonly postalCode?: string | null;
  readonly country?: CountryCode | null;
  /** The provider's own filter input, as its schema declares it. */
  readonly own?: Readonly<Record<string, unknown>> | null;
}

/** A provider that is configured and can be asked. */
export interface Connection<Wire = unknown, CreateOwn = unknown, UpdateOwn = unknown> {
  readonly profile: ProfileReaders<Wire>;
  /** What looks wrong in the record, `field` spelt as in the extension. */
  quality(wire: Wire): readonly DataQualityIssue[];
  /**
   * The provider's own JSON without secrets (tokens, keys), self-service links and whatever opens a page. What is kept of
   * a record is this, so whatever the functions here read of it stays, see `recall`.
   */
  raw(wire: Wire): Record<string, unknown>;
  /** Only where CONFIRM is native. */
  verification?(wire: Wire): VerificationFacts;
  /** Absent: nothing but the profile. */
  searched?(wire: Wire): SearchTerms;
  /** Another system's id of the same customer, where the record states it. */
  sharedId?(wire: Wire): string | null;

  /** Absent: the provider has no read, and its record is what was last sent, see `recall`. */
  read?(providerId: string, limits: CallLimits): Promise<Wire | null>;
  /**
   * The wire value again, from JSON that was made of `raw(wire)`, or of `Written.remembered` where there is no `read`. The
   * JSON may be older than this code. What `raw` leaves out reads as null, so it is a copy to read from, and never the
   * `current` of an update. It runs for every record of a page: the wire schema, and no more copies than that makes.
   * @param json whose numbers are exact, see src/http/exactJson.ts
   * @throws whatever says that it is not one: it is noted down, and the record is unavailable
   */
  recall(json: unknown): Wire;
  /** A record in a page says all that it says when it is read: it is kept, and stands in for reads of many at once. */
  list?(page: PageRequest, limits: CallLimits): Promise<Page<Wire>>;
  find?(criteria: FindCriteria, limits: CallLimits): Promise<readonly WireRecord<Wire>[]>;

  readonly create?: {
    /** What of the customer that the record is to belong to stands in for what this input does not name. */
    wants?(patch: Patch): readonly KnownField[];
    /** Pure: nothing is sent. */
    draft(intent: CreateIntent<CreateOwn>): Draft;
    send(request: ProviderRequest, limits: CallLimits): Promise<Written<Wire>>;
    /**
     * Whether a record says all that such a request has said, however the provider spells it: what it adds of its own does
     * not matter, nor what it never shows again. The record of a create whose answer was lost is known by this. Pure; absent
     * where nothing can be looked up.
     * @param request as `draft` made it, once through JSON
     */
    made?(request: ProviderRequest, wire: Wire): boolean;
  };
  readonly update?: {
    /** Also takes a customer that has no record here yet. */
    readonly adopts?: true;
    /** As in a create. `isNew`: the customer has no record here yet. */
    wants?(patch: Patch, isNew: boolean): readonly KnownField[];
    /**
     * Takes the whole record in place of what is there, and has no versions: it is read once more right before, and what others
     * have changed meanwhile keeps it from being sent.
     */
    readonly replaces?: true;
    /** What of a record an update can change, as it stands there: `Customer.revision` is a hash of it. JSON. */
    writable(wire: Wire): unknown;
    draft(intent: UpdateIntent<Wire, UpdateOwn>): Draft;
    send(request: ProviderRequest, providerId: string, limits: CallLimits): Promise<Written<Wire>>;
  };
  confirm?(providerId: string, token: string, limits: CallLimits): Promise<void>;
  /** Messages a real person. */
  requestConfirmation?(providerId: string, limits: CallLimits): Promise<void>;
  /** Made fresh for this call; null when there is no such record. */
  selfServiceLink?(
    providerId: string,
    kind: SelfServiceLinkKind,
    limits: CallLimits,
  ): Promise<{ readonly url: string; readonly expiresAt: Date | null } | null>;

  /** As the last answers told; empty where the provider tells none. */
  rateLimits(): readonly RateLimit[];
  health(): Health;
  close(): Promise<void>;
}

/** What a provider is given to work with. */
export interface Tools {
  readonly clock: Clock;
  /** A transport to this provider; see `createTransport`. */
  transport(options: {
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
    readonly rateLimitsOf?: (headers: AnswerHeaders) => readonly RateLimit[];
  }): Transport;
}

/** One environment variable of the provider's group, without its prefix. A schema with a default makes it optional. */
export interface Setting<T = unknown> {
  readonly schema: z.ZodType<T>;
  /** One line for the settings table. */
  readonly about: string;
  /** Shown in the table where there is one. */
  readonly fallback?: string;
  /** Its value is a credential: kept out of everything that is printed. */
  readonly secret?: true;
}

export type SettingValues<S extends Readonly<Record<string, Setting>>> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** The provider's own part of the schema. */
export interface ProviderSchema<Wire> {
  /** Of the extension type. */
  readonly description: string;
  readonly fields: ExtensionFields<Wire>;
  readonly createInput?: InputFields;
  readonly updateInput?: InputFields;
  /** A native SEARCH's own criteria, `CustomerFilter.<provider>`. */
  readonly filterInput?: InputFields;
  /** Who may see the fields of the provider's own types, the extension's included: its `id` and `record` too. */
  readonly access: AccessTable;
}

export interface ProviderDefinition<
  Settings extends Readonly<Record<string, Setting>> = Readonly<Record<string, Setting>>,
  Wire = unknown,
  CreateOwn = unknown,
  UpdateOwn = unknown,
> {
  /** The folder's name. */
  readonly id: string;
  /** As people write it. */
  readonly title: string;
  /** What the provider's own ids look like; nothing else is ever sent. */
  readonly idGrammar: RegExp;
  /** One that no customer has, where nothing lists any: what `clientele doctor` reads. */
  readonly unusedId?: string;
  /** No other system has such an id by chance: an equal one, wherever it is stated, is the same customer. */
  readonly idsAreUnmistakable?: true;
  readonly capabilities: Capabilities;
  readonly settings: Settings;
  /**
   * The provider's own inputs after GraphQL's coercion: normalised, then checked. Problems carry their path. `{}` where the
   * unified fields are enough.
   */
  readonly inputs: {
    readonly create?: z.ZodType<CreateOwn>;
    readonly update?: z.ZodType<UpdateOwn>;
    /** The country that this input says the unified phone is of; it wins over the address's. */
    phoneRegion?(own: CreateOwn): CountryCode | null;
  };
  connect(settings: SettingValues<Settings>, tools: Tools): Connection<Wire, CreateOwn, UpdateOwn>;
  schema(builder: Builder): ProviderSchema<Wire>;
}

/** A provider as the gateway holds it: whatever its wire format is, only its own functions look into it. */
export type Provider = ProviderDefinition;

/** Checks a definition by its own types and gives it as what the registry holds. */
export function defineProvider<const S extends Readonly<Record<string, Setting>>, Wire, CreateOwn, UpdateOwn>(
  definition: ProviderDefinition<S, Wire, CreateOwn, UpdateOwn>,
): Provider {
  // The one downcast: a wire value only ever comes back to the functions of the provider that parsed it.
  return definition as unknown as Provider;
}

/** Every spelling of a provider's name, from its id: `cycle-software` → `CYCLE_SOFTWARE`, `cycleSoftware`, `CycleSoftware`. */
export function providerNames(id: string): {
  readonly constant: string;
  readonly field: string;
  readonly type: string;
} {
  const type = id.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
  return { constant: id.toUpperCase().replaceAll('-', '_'), field: type.charAt(0).toLowerCase() + type.slice(1), type };
}
