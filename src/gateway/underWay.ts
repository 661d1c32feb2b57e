import { GatewayError } from '../errors.ts';
import { tooLate } from '../http/problems.ts';
import { keyText, type RecordKey } from '../ids/ids.ts';
import { createPace } from '../pace.ts';
import type { KnownRecord } from '../store/store.ts';
import type { Operation } from './operation.ts';
import type { ProviderRecord } from './record.ts';
import { tracedWait } from './traced.ts';

interface UnderWay {
  /** The rights that it is read by, and what was known. */
  readonly way: string;
  /** When it was asked, in milliseconds since the epoch: what comes is at least as new. */
  readonly askedAt: number;
  readonly reading: Promise<ProviderRecord | null>;
}

/** Who has less time left than this asks nobody any more. */
const LEAST_LEFT_MS = 50;

/**
 * Reads of records that are under way in this process: whoever asks for the same meanwhile waits for the same answer. Only
 * callers of the same rights share one, and only while the store knows the same of the record: one that was asked for
 * before a write would tell what was before it. What failed is not kept.
 */
export class ReadsUnderWay {
  /** By record. */
  readonly #reads = new Map<string, UnderWay[]>();
  /** Many may wait for one answer, and each has work to do with it: whoever asks for something else is heard between them. */
  readonly #turn = createPace();

  /** @param read asks the provider */
  async share(
    operation: Operation,
    key: RecordKey,
    known: KnownRecord | null,
    read: () => Promise<ProviderRecord | null>,
  ): Promise<ProviderRecord | null> {
    const record = keyText(key);
    const way = `${operation.rights}\n${stateOf(known)}`;
    const now = operation.gateway.clock.now();
    const other = this.#reads.get(record)?.findLast((each) => each.way === way);
    // One that is still to come is from before the machine's clock was set back.
    if (other && Math.abs(now - other.askedAt) < operation.allowedAge(key)) {
      const reading = inTimeOf(operation, key, other.reading).finally(this.#turn);
      return tracedWait(operation, key.provider, reading).catch((thrown: unknown) => {
        if (!isTheirs(thrown) || operation.leftMs < LEAST_LEFT_MS) throw thrown;
        return this.share(operation, key, known, read);
      });
    }
    return this.#begin(record, way, now, read);
  }

  /** Nobody joins those that are under way any more: the record is written to, or was. */
  forget(key: RecordKey): void {
    this.#reads.delete(keyText(key));
  }

  #begin(
    record: string,
    way: string,
    askedAt: number,
    read: () => Promise<ProviderRecord | null>,
  ): Promise<ProviderRecord | null> {
    const mine = { way, askedAt, reading: read() };
    const reads = this.#reads.get(record) ?? [];
    reads.push(mine);
    if (reads.length === 1) this.#reads.set(record, reads);
    const over = (): void => {
      reads.splice(reads.indexOf(mine), 1);
      if (reads.length === 0 && this.#reads.get(record) === reads) this.#reads.delete(record);
    };
    mine.reading.then(over, over);
    return mine.reading;
  }
}

/** Whoever waits for another operation's answer waits no longer than its own time allows. */
function inTimeOf<Answer>(operation: Operation, { provider }: RecordKey, reading: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(tooLate(provider, { operationEndsFirst: true, sent: false }));
    const timer = setTimeout(late, operation.leftMs);
    reading.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Another one, as soon as a write of ours, or another reading, has changed anything. */
const stateOf = (known: KnownRecord | null): string =>
  known ? [known.hash, known.changedSeenAt?.getTime(), known.isOutdated, known.missingSince?.getTime()].join(' ') : '';

/** Whether it failed for want of the other operation's time, or of what it or its caller may have. */
const isTheirs = (thrown: unknown): boolean =>
  thrown instanceof GatewayError &&
  (['DEADLINE_EXCEEDED', 'RATE_LIMITED', 'OPERATION_TOO_COMPLEX'].includes(thrown.code) ||
    (thrown.code === 'PROVIDER_RATE_LIMITED' && thrown.delivery === 'not-sent'));
