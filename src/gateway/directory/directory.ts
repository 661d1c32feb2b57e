import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../clock.ts';
import { keyText, type RecordKey } from '../../ids/ids.ts';
import type { CopySource, CopyToKeep, KeptCopy, Store } from '../../store/store.ts';
import type { Member } from '../gateway.ts';
import type { ProviderRecord } from '../record.ts';
import { type Content, contentOf, copyOf } from './copy.ts';
import { createLately, type Lately } from './lately.ts';

/** The copies that the gateway keeps of every record it sees. */
export interface Directory {
  /** Keeps records of one listing, each once, and tells what became of each. */
  keep(records: readonly ProviderRecord[], source: CopySource): Promise<readonly KeptCopy[]>;
  /**
   * Keeps a record that somebody has read by its id, soon and together with others: nobody waits for it.
   * @param told whether what changed is told to whoever listens
   */
  saw(record: ProviderRecord, content: Content, told: boolean): void;
  /** The same for a record that its provider says it does not have. */
  missed(key: RecordKey): void;
  /** A record as it was read lately, whole: a copy that is kept leaves out what is not to be kept. */
  readonly lately: Lately;
  /** Everything that was seen before this is kept, or its loss was told. */
  settled(): Promise<void>;
}

/** So many records are kept in one go: the embedded store lets nothing else run meanwhile. */
const BATCH = 50;

/** As many may wait to be kept; what is seen beyond that is seen again. */
const MOST_WAITING = 5_000;

interface Waiting {
  readonly record: ProviderRecord;
  readonly content: Content;
  readonly told: boolean;
}

/** @param lost told when what was seen can't be kept: nothing is lost but a copy */
export function createDirectory(
  { member, store, clock }: { member: ReadonlyMap<string, Member>; store: Store; clock: Clock },
  lost: (error: unknown) => void,
): Directory {
  let waiting = new Map<string, Waiting>();
  let missing = new Map<string, RecordKey>();
  let keeping: Promise<void> | null = null;

  const copied = ({ record, content }: Waiting): CopyToKeep => {
    const holder = member.get(record.key.provider);
    if (!holder) throw new Error(`there is no provider ${record.key.provider}`);
    return copyOf(holder, record, content);
  };
  async function keepWaiting(): Promise<void> {
    // What comes within this turn of the event loop is kept together.
    await Promise.resolve();
    while (waiting.size + missing.size > 0) {
      const [found, gone] = [[...waiting.values()], [...missing.values()]];
      [waiting, missing] = [new Map(), new Map()];
      try {
        if (gone.length > 0) await store.markMissing(gone, new Date(clock.now()));
        for (const told of [true, false])
          for (const batch of batches(found.filter((each) => each.told === told)))
            await keepBatch(batch, { asked: true, told });
      } catch (thrown) {
        lost(thrown);
      }
    }
    keeping = null;
  }

  async function keepBatch(batch: readonly Waiting[], source: CopySource): Promise<readonly KeptCopy[]> {
    const weighed = await store.weigh(
      batch.map(({ record: { key }, content: { hash } }) => ({ key, hash })),
      source,
    );
    const news = batch.filter((_, index) => !weighed[index]);
    const kept = news.length === 0 ? [] : await store.keepCopies(news.map(copied), source);
    const rest = kept.values();
    return weighed.flatMap((each) => each ?? rest.next().value ?? []);
  }

  const soon = (): void => {
    keeping ??= keepWaiting();
  };

  return {
    async keep(records, source) {
      const kept: KeptCopy[] = [];
      for (const batch of batches(records)) {
        kept.push(
          ...(await keepBatch(
            batch.map((record) => ({ record, content: contentOf(record), told: source.told })),
            source,
          )),
        );
        // The embedded store answers at once: without a pause, a long listing would keep everything else waiting.
        await setImmediate();
      }
      return kept;
    },
    saw(record, content, told) {
      if (waiting.size < MOST_WAITING) waiting.set(keyText(record.key), { record, content, told });
      soon();
    },
    missed(key) {
      missing.set(keyText(key), key);
      soon();
    },
    lately: createLately(),
    async settled() {
      while (keeping) await keeping;
    },
  };
}

function* batches<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += BATCH) yield items.slice(from, from + BATCH);
}
