import { batchPlan, type ListingSize, type Plan, SIDE_BY_SIDE } from './batchPlan.ts';
import type { Member } from './gateway.ts';
import { takeFromListing, type Waiting } from './listedReads.ts';
import type { Operation } from './operation.ts';
import { lookUp, readNow, readSought, Sought } from './reading.ts';
import type { ProviderRecord } from './record.ts';
import { isListed } from './sync/sync.ts';

/** A dataloader's way to say that one key of a batch failed. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error('something else than an error was thrown');

/** Reads records of one provider that one operation wants at the same time. null: the provider has no such record. */
export async function readRecords(
  operation: Operation,
  member: Member,
  ids: readonly string[],
): Promise<(ProviderRecord | Error | null)[]> {
  const found = await Promise.all(ids.map((id) => lookUp(operation, member, id).catch(asError)));
  const asking = new Asking(operation, member);
  const readings = found.map((each) =>
    each instanceof Sought ? readSought(operation, each, asking.ask).catch(asError) : each,
  );
  asking.begin();
  return Promise.all(readings);
}

/** Records that a provider is asked for: each by itself, or many by pages of its listing, where that costs less. */
class Asking {
  readonly #operation: Operation;
  readonly #member: Member;
  #waiting: Waiting[] | null = [];

  constructor(operation: Operation, member: Member) {
    this.#operation = operation;
    this.#member = member;
  }

  /** Waits for the others until `begin`. */
  readonly ask = (sought: Sought): Promise<ProviderRecord | null> => {
    if (!this.#waiting) return readNow(this.#operation, sought);
    const answer = Promise.withResolvers<ProviderRecord | null>();
    this.#waiting.push({ sought, answer });
    return answer.promise;
  };

  begin(): void {
    const all = this.#waiting ?? [];
    this.#waiting = null;
    const isMany = all.length > 1 && isListed(this.#member);
    const inListing = new Set(isMany ? all.filter(({ sought }) => this.#isInListing(sought)) : []);
    if (inListing.size < 2) inListing.clear();
    this.#readSingly(all.filter((each) => !inListing.has(each)));
    if (inListing.size === 0) return;
    const wanted = [...inListing];
    this.#readTogether(wanted).catch((thrown) => {
      for (const { answer } of wanted) answer.reject(thrown);
    });
  }

  /** One that is not known here was not in the listing that was copied; of one that was just written to it may be behind. */
  #isInListing({ key, known }: Sought): boolean {
    return known !== null && !known.missingSince && !known.isOutdated && !this.#operation.isReadAlone(key);
  }

  #readSingly(waiting: readonly Waiting[]): void {
    if (waiting.length === 0) return;
    const { clock, listings } = this.#operation.gateway;
    const startedAt = clock.elapsed();
    const readings = waiting.map(({ sought, answer }) => {
      const reading = readNow(this.#operation, sought);
      answer.resolve(reading);
      return reading;
    });
    const rounds = Math.ceil(waiting.length / SIDE_BY_SIDE);
    Promise.all(readings).then(
      () => listings.took(this.#member.id, 'reads', (clock.elapsed() - startedAt) / rounds),
      // What failed says nothing of how long a read takes, and whoever waits for it is told.
      () => undefined,
    );
  }

  async #readTogether(wanted: readonly Waiting[]): Promise<void> {
    const { gateway, limits } = this.#operation;
    const { id } = this.#member;
    const startedAt = gateway.clock.elapsed();
    const size = await gateway.listings.size(id);
    const { choice, reason, reads, pages } = this.#plan(wanted.length, size);
    limits.trace?.add({
      ...{ name: 'plan', startedAt, endedAt: gateway.clock.elapsed() },
      attributes: { provider: id, records: wanted.length, choice, reason, reads, ...(pages !== null && { pages }) },
    });
    if (!size || choice === 'SINGLE_READS') return this.#readSingly(wanted);
    const isWorthIt = (records: number, rest: ListingSize): boolean =>
      this.#plan(records, rest).choice === 'LIST_PAGES';
    this.#readSingly(await takeFromListing(this.#operation, this.#member, wanted, size, isWorthIt));
  }

  #plan(records: number, listing: ListingSize | null): Plan {
    const { gateway, limits, leftMs } = this.#operation;
    const { id } = this.#member;
    const callsLeft = gateway.callsLeft(id, limits);
    return batchPlan({ records, listing, callsLeft, leftMs, ...gateway.listings.pace(id, listing) });
  }
}
