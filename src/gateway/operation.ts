import DataLoader from 'dataloader';
import type { Scope } from '../contract/scopes.ts';
import { badUserInput, GatewayError } from '../errors.ts';
import { HangUp } from '../hangUp.ts';
import type { CallLimits } from '../http/transport.ts';
import { keyText, type RecordKey } from '../ids/ids.ts';
import type { Deed } from '../store/audit.ts';
import type { Copy, KnownRecord } from '../store/store.ts';
import type { Trace } from '../trace.ts';
import { asError, readRecords } from './asking.ts';
import { type Allowance, CallsMade, type Cost } from './cost.ts';
import { CustomerLookUps } from './customerLookUps.ts';
import type { Gateway, Member } from './gateway.ts';
import { readListedRecord } from './reading.ts';
import type { ProviderRecord, Reading } from './record.ts';
import { toldReads } from './traced.ts';

/** Who is asking. */
export interface Caller {
  /** What is theirs goes by it: idempotency keys, writes and subscriptions; and the audit log. */
  readonly name: string;
  /**
   * What stands for the name in logs, traces and Redis: the name of an API key, and a pseudonym for the subject of an access
   * token, which is often an email address.
   */
  readonly loggedAs: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** What the name of whoever has an access token begins with, and no API key's: neither can pass for the other. */
export const TOKEN_CALLER = 'jwt:';

/** Five hundred customers of four records, with more fields of each than there are. */
const MAX_FIELDS = 250_000;

/** How old what is read for an operation may be. */
export interface Freshness {
  /** In milliseconds, as the caller says; null: as the gateway's settings say. */
  readonly maxAgeMs: number | null;
  /** Answers from copies of any age, and never asks a provider. */
  readonly copiesOnly?: true;
}

/** One GraphQL operation on its way: who asks, until when, and what has been read for it. */
export class Operation {
  readonly gateway: Gateway;
  readonly caller: Caller;
  readonly requestId: string;
  readonly customers: CustomerLookUps;
  #limits: CallLimits;
  readonly #loaders = new Map<string, DataLoader<string, ProviderRecord | null>>();
  readonly #freshness: Freshness;
  readonly #known = new Map<string, KnownRecord | null>();
  /** Records that must be read now, and those that were written to. */
  readonly #readNow = new Set<string>();
  readonly #written = new Set<string>();
  #copies: DataLoader<RecordKey, Copy | null, string> | null = null;
  readonly #asked = new Set<string>();
  readonly #answers = new Map<string, Promise<unknown>>();
  readonly #hangUp = new HangUp();
  #isCarriedThrough = false;
  #fieldsLeft = MAX_FIELDS;
  #rights: string | null = null;
  readonly #callsMade: CallsMade;

  /**
   * @param trace is told what it does; null: nobody is
   * @param allowance what its calls to providers are taken from; null: nobody counts them
   */
  constructor(
    gateway: Gateway,
    caller: Caller,
    requestId: string,
    freshness: Freshness = { maxAgeMs: null },
    trace: Trace | null = null,
    allowance: Allowance | null = null,
  ) {
    this.gateway = gateway;
    this.#freshness = freshness;
    this.caller = caller;
    this.requestId = requestId;
    this.#callsMade = new CallsMade(allowance);
    this.customers = new CustomerLookUps(gateway.store);
    this.#limits = {
      ...{ deadlineAt: gateway.clock.elapsed() + gateway.deadlineMs, hangUp: this.#hangUp },
      caller: caller.loggedAs,
      mayCall: this.#callsMade.take,
      ...(trace && { trace }),
    };
  }

  /** What it lets each call take. */
  get limits(): CallLimits {
    return this.#limits;
  }

  get cost(): Cost {
    return this.#callsMade.cost;
  }

  /**
   * Whatever it reads, it reads in order to write. It is not cut off by what its caller may use: so it does not begin where
   * nothing is left of that.
   * @throws GatewayError RATE_LIMITED
   */
  readsToWrite(): void {
    this.#callsMade.assertLeft();
    this.#limits = { ...this.#limits, isForWrite: true };
  }

  /** What is about to write is not left halfway: from now on it goes on, whoever waits for it. */
  carryThrough(): void {
    this.#isCarriedThrough = true;
  }

  /** Whoever asked is gone: what is being read for them is not waited for. */
  abandon(): void {
    if (!this.#isCarriedThrough) this.#hangUp.now();
  }

  /**
   * Counts what is answered, as it is answered: a small document can ask for very much, through lists inside of lists.
   * @throws GatewayError OPERATION_TOO_COMPLEX
   */
  spend(fields: number): void {
    this.#fieldsLeft -= fields;
    if (this.#fieldsLeft >= 0) return;
    const message = `This asks for more than ${MAX_FIELDS} fields at once. Ask for fewer objects, or for less of each.`;
    throw new GatewayError('OPERATION_TOO_COMPLEX', message);
  }

  /** What is done now, as the audit log has it. */
  get deed(): Deed {
    return { caller: this.caller.name, request: this.requestId, at: new Date(this.gateway.clock.now()) };
  }

  /** How much of its time is left. */
  get leftMs(): number {
    return Math.max(0, this.limits.deadlineAt - this.gateway.clock.elapsed());
  }

  /** What it may see: whatever is shared between callers is so between those of equal rights. */
  get rights(): string {
    this.#rights ??= [...this.caller.scopes].sort().join(' ');
    return this.#rights;
  }

  may(scope: Scope): boolean {
    return this.caller.scopes.has(scope);
  }

  /** @throws GatewayError BAD_USER_INPUT for a provider this gateway doesn't have: the id is from another one */
  member(provider: string): Member {
    const member = this.gateway.member.get(provider);
    if (!member) throw badUserInput('This id belongs to a provider that this gateway does not have.');
    return member;
  }

  /** What a write's failure is: the provider's problem, or an error of ours, noted down, after which nobody can know. */
  problemOf(thrown: unknown): GatewayError {
    if (thrown instanceof GatewayError) return thrown;
    this.gateway.unforeseen(thrown, this.requestId);
    return new GatewayError('INTERNAL_SERVER_ERROR', 'Something went wrong here.', { delivery: 'unknown' });
  }

  /** Reads a record, once an operation however often it is asked for. What a provider did wrong is the reading itself. */
  read(key: RecordKey): Promise<Reading> {
    this.#asked.add(keyText(key));
    return this.#loader(this.member(key.provider)).load(key.providerId).catch(asReading);
  }

  /**
   * The same of a record that came up in a list: a copy of any age answers, unless the caller has said how old answers may
   * be, or the record is read for something else as well.
   */
  readListed(key: RecordKey): Promise<Reading> {
    if (this.#freshness.maxAgeMs !== null || this.wasAsked(key)) return this.read(key);
    return this.#loader(this.member(key.provider), 'LISTED').load(key.providerId).catch(asReading);
  }

  /** Asks for something other than a record once an operation, such as a page of a listing; `what` names it in full. */
  once<Result>(what: string, ask: () => Promise<Result>): Promise<Result> {
    let answer = this.#answers.get(what);
    if (!answer) {
      answer = ask();
      this.#answers.set(what, answer);
    }
    // The name says what is asked, so equal names have equal answers.
    return answer as Promise<Result>;
  }

  /** Whether this operation has asked for the record already: asking again costs nothing. */
  wasAsked(key: RecordKey): boolean {
    return this.#asked.has(keyText(key));
  }

  /** Keeps a record that came with a listing, so that it is not asked for again. */
  prime(record: ProviderRecord): void {
    this.#asked.add(keyText(record.key));
    const { provider, providerId } = record.key;
    // What came with a listing is newer than a reading that failed before it.
    this.#loader(this.member(provider)).clear(providerId).prime(providerId, record);
  }

  /** Forgets a reading, before a write that builds on what the provider has now: it is asked again, whatever is held. */
  forget(key: RecordKey): void {
    const text = keyText(key);
    this.gateway.underWay.forget(key);
    this.#asked.delete(text);
    this.#known.delete(text);
    this.#written.delete(text);
    this.#readNow.add(text);
    for (const way of ['ASKED', 'LISTED'] as const) this.#loader(this.member(key.provider), way).clear(key.providerId);
  }

  /** Forgets a reading after a write: what has changed was told by the write itself. */
  wrote(key: RecordKey): void {
    this.forget(key);
    this.#written.add(keyText(key));
  }

  /** Whether a change that is seen in this record is news to whoever listens. */
  tells(key: RecordKey): boolean {
    return !this.#written.has(keyText(key));
  }

  get copiesOnly(): boolean {
    return this.#freshness.copiesOnly === true;
  }

  /** How old an answer for this record may be, in milliseconds; 0: it must be read now. */
  allowedAge(key: RecordKey): number {
    if (this.#readNow.has(keyText(key))) return 0;
    return this.#freshness.maxAgeMs ?? this.gateway.cacheMaxAgeMs;
  }

  /** Whether a page of a listing must not stand in for reading it: what is written to it builds on what it is now. */
  isReadAlone(key: RecordKey): boolean {
    return this.limits.isForWrite === true || this.#readNow.has(keyText(key));
  }

  /** How old a copy may be that answers where the provider can't be asked, in milliseconds; null: none may. */
  ageOfLastResort(key: RecordKey): number | null {
    if (this.#readNow.has(keyText(key))) return null;
    return this.#freshness.maxAgeMs ?? Infinity;
  }

  /** What the store knows of records, so that it is not asked once more. */
  note(records: readonly KnownRecord[]): void {
    for (const record of records) this.#known.set(keyText(record), record);
  }

  noteUnknown(key: RecordKey): void {
    this.#known.set(keyText(key), null);
  }

  async known(key: RecordKey): Promise<KnownRecord | null> {
    const noted = this.#known.get(keyText(key));
    return noted === undefined ? this.gateway.store.record(key) : noted;
  }

  copy(key: RecordKey): Promise<Copy | null> {
    this.#copies ??= new DataLoader(
      async (keys) => {
        const copies = await this.gateway.store.copies(keys.map((each) => this.#known.get(keyText(each)) ?? each));
        return keys.map((each) => copies.get(keyText(each)) ?? null);
      },
      { cacheKeyFn: keyText, maxBatchSize: 500 },
    );
    return this.#copies.load(key);
  }

  /** A loader per provider, way and operation. */
  #loader(member: Member, way: Way = 'ASKED'): DataLoader<string, ProviderRecord | null> {
    const name = `${way} ${member.id}`;
    let loader = this.#loaders.get(name);
    if (!loader) {
      const read = (ids: readonly string[]) =>
        way === 'ASKED'
          ? readRecords(this, member, ids)
          : Promise.all(ids.map((providerId) => readListedRecord(this, member, providerId).catch(asError)));
      loader = new DataLoader((ids) => toldReads(this, member.id, read(ids)));
      this.#loaders.set(name, loader);
    }
    return loader;
  }
}

/** Whether a record is asked for by itself, or has come up in a list. */
type Way = 'ASKED' | 'LISTED';

function asReading(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  throw thrown;
}
