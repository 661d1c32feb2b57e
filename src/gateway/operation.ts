import DataLoader from 'dataloader';
import type { Scope } from '../contract/scopes.ts';
import { badUserInput, GatewayError } from '../errors.ts';
import type { CallLimits } from '../http/transport.ts';
import { keyText, type RecordKey } from '../ids/ids.ts';
import type { Gateway, Member } from './gateway.ts';
import type { ProviderRecord, Reading } from './record.ts';

/** Who is asking. */
export interface Caller {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Five hundred customers of four records, with more fields of each than there are. */
const MAX_FIELDS = 250_000;

/** One GraphQL operation on its way: who asks, until when, and what has been read for it. */
export class Operation {
  readonly gateway: Gateway;
  readonly caller: Caller;
  readonly requestId: string;
  readonly limits: CallLimits;
  readonly #loaders = new Map<string, DataLoader<string, ProviderRecord | null>>();
  readonly #asked = new Set<string>();
  readonly #answers = new Map<string, Promise<unknown>>();
  #fieldsLeft = MAX_FIELDS;

  constructor(gateway: Gateway, caller: Caller, requestId: string) {
    this.gateway = gateway;
    this.caller = caller;
    this.requestId = requestId;
    this.limits = { deadlineAt: gateway.clock.elapsed() + gateway.deadlineMs };
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

  /** Forgets a reading: after a write, and before a write that builds on what the provider has now. */
  forget(key: RecordKey): void {
    this.#asked.delete(keyText(key));
    this.#loader(this.member(key.provider)).clear(key.providerId);
  }

  /** A loader per provider and operation. No provider has a call for many ids, so its batch is calls side by side. */
  #loader(member: Member): DataLoader<string, ProviderRecord | null> {
    let loader = this.#loaders.get(member.id);
    if (!loader) {
      loader = new DataLoader((ids) =>
        Promise.all(ids.map((providerId) => readRecord(this, member, providerId).catch(asError))),
      );
      this.#loaders.set(member.id, loader);
    }
    return loader;
  }
}

/** A dataloader's way to say that one key of a batch failed. */
const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error('something else than an error was thrown');

function asReading(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  throw thrown;
}

async function readRecord(operation: Operation, member: Member, providerId: string): Promise<ProviderRecord | null> {
  const { gateway, limits } = operation;
  const key = { provider: member.id, providerId };
  const connection = member.connection;
  assertProviderId(member, providerId);
  if (!connection) throw notConfigured(member);
  if (!connection.read) {
    const known = await gateway.store.record(key);
    if (!known?.rememberedAt) return null;
    const wire = recall(operation, member, known.remembered);
    return { key, connection, wire, servedFrom: 'LAST_SENT', fetchedAt: known.rememberedAt };
  }
  const wire = await connection.read(providerId, limits);
  return wire === null ? null : { key, connection, wire, servedFrom: 'LIVE', fetchedAt: new Date(gateway.clock.now()) };
}

function recall({ gateway, requestId }: Operation, { id, connection }: Member, remembered: unknown): unknown {
  try {
    if (!connection?.recall) throw new Error(`${id} can neither read nor recall`);
    return connection.recall(remembered);
  } catch (thrown) {
    gateway.unforeseen(thrown, requestId);
    const message = 'What was remembered of this record can’t be read any more; the gateway’s log says why.';
    throw new GatewayError('INTERNAL_SERVER_ERROR', message, { provider: id });
  }
}

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
