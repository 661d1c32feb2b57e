import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../clock.ts';
import { keyText, type RecordKey } from '../../ids/ids.ts';
import type { CopySource, CopyToKeep, KeptCopy, Store } from '../../store/store.ts';
import type { Member } from '../gateway.ts';
import type { ProviderRecord } from '../record.ts';
import { type Content, contentOf, copyOf } from './copy.ts';
import { createLately, type Lately } from './lately.ts';
import { createLearnt, type Learnt } from './learnt.ts';

/** The copies that the gateway keeps of every record it sees. */
export interface Directory {
  /**
   * Keeps records of one listing, each once, and tells what became of each.
   * @param areNews they are likely to be new, so that nobody asks first which of them have to be made into copies
   */
  keep(records: readonly ProviderRecord[], source: CopySource, areNews?: boolean): Promise<readonly KeptCopy[]>;
  /**
   * Keeps a record that somebody has read by its id, soon and together with others: nobody waits for it.
   * @param told whether what changed is told to whoever listens
   */
  saw(record: ProviderRecord, content: Content, told: boolean): void;
  /** The same for records that came with a list that somebody asked for. */
  listed(records: readonly ProviderRecord[]): void;
  /** The same for a record that its provider says it does not have. */
  missed(key: RecordKey): void;
  /** A record as it was read lately, whole: a copy that is kept leaves out what is not to be kept. */
  readonly lately: Lately;
  /** What tells duplicates. */
  readonly model: Learnt;
  /** Everything that was seen before this is kept, or its loss was told. */
  settled(): Promise<void>;
}

/** So many records are kept in one go: the embedded store lets nothing else run meanwhile. */
const BATCH = 100;

/** Somebody asked for it by its id, or for a list that it is in: then, what was erased stays so. */
const READ: CopySource = { asked: true, told: true, mayBeOld: true };
export const LISTED: CopySource = { asked: false, told: true, mayBeOld: true };

const GATHER_MS = 50;

/** As many may wait to be kept; what is seen beyond that is seen again. */
const MOST_WAITING = 5_000;

interface Waiting {
  readonly record: ProviderRecord;
  readonly content: Content;
  readonly source: CopySource;
}

/** @param lost told when what was seen can't be kept: nothing is lost but a copy */
export function createDirectory(
  { member, store, clock }: { member: ReadonlyMap<string, Member>; store: Store; clock: Clock },
  lost: (error: unknown) => void,
): Directory {
  let waiting = new Map<string, Waiting>();
  let missing = new Map<string, RecordKey>();
  let keeping: Promise<void> | null = null;
  let hurry = (): void => undefined;

  const copied = ({ record, content }: Waiting): CopyToKeep => {
    const holder = member.get(record.key.provider);
    if (!holder) throw new Error(`there is no provider ${record.key.provider}`);
    return copyOf(holder, record, content);
  };
  async function keepWaiting(): Promise<void> {
    await gathered();
    const [found, gone] = [[...waiting.values()], [...missing.values()]];
    [waiting, missing] = [new Map(), new Map()];
    try {
      if (gone.length > 0) await store.markMissing(gone, new Date(clock.now()));
      for (const [, same] of Map.groupBy(found, ({ source }) => JSON.stringify(source)))
        for (const batch of batches(same)) await keepBatch(batch);
    } catch (thrown) {
      lost(thrown);
    }
    keeping = null;
    if (waiting.size + missing.size > 0) soon();
  }

  /** Each commit waits for the disk: what comes within a moment is kept together, unless somebody waits for it. */
  async function gathered(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    hurry = resolve;
    const timer = setTimeout(resolve, GATHER_MS).unref();
    await promise;
    clearTimeout(timer);
  }

  /** @param batch of one source */
  async function keepBatch(batch: readonly Waiting[]): Promise<readonly KeptCopy[]> {
    const source = batch[0]?.source;
    if (!source) return [];
    const weighed = await store.weigh(
      batch.map(({ record: { key, fetchedAt }, content: { hash } }) => ({ key, hash, fetchedAt })),
      source,
    );
    const news = batch.filter((_, index) => !weighed[index]);
    const kept = news.length === 0 ? [] : await store.keepCopies(news.map(copied), source);
    const rest = kept.values();
    return weighed.flatMap((each) => each ?? rest.next().value ?? []);
  }

  const keepSoon = (each: Waiting): void => {
    const key = keyText(each.record.key);
    const before = waiting.get(key);
    if (before) waiting.set(key, asOne(before, each));
    else if (waiting.size < MOST_WAITING) waiting.set(key, each);
    soon();
  };
  const soon = (): void => {
    keeping ??= keepWaiting();
  };

  return {
    async keep(records, source, areNews = false) {
      const kept: KeptCopy[] = [];
      for (const batch of batches(records)) {
        const some = batch.map((record) => ({ record, content: contentOf(record), source }));
        kept.push(...(areNews ? await store.keepCopies(some.map(copied), source) : await keepBatch(some)));
        // The embedded store answers at once: without a pause, a long listing would keep everything else waiting.
        await setImmediate();
      }
      return kept;
    },
    saw: (record, content, told) => keepSoon({ record, content, source: { ...READ, told } }),
    listed(records) {
      for (const record of records) keepSoon({ record, content: contentOf(record), source: LISTED });
    },
    missed(key) {
      missing.set(keyText(key), key);
      soon();
    },
    lately: createLately(),
    model: createLearnt({ store, member, clock }, lost),
    async settled() {
      // What is being kept now, and what has come meanwhile: others may go on for ever.
      for (let pass = 0; pass < 2; pass++) {
        hurry();
        await keeping;
      }
    },
  };
}

/** Two looks at one record that wait to be kept: what was asked for last is kept, and nothing that either has to tell is lost. */
function asOne(one: Waiting, other: Waiting): Waiting {
  const [before, after] = [one.source, other.source];
  // What a write tells of by itself is not told for having been seen as well; another content is another change.
  const told = one.content.hash === other.content.hash ? before.told && after.told : before.told || after.told;
  const newer = one.record.fetchedAt <= other.record.fetchedAt ? other : one;
  // Once somebody has asked for it by its id, a list does not undo that.
  return { ...newer, source: { ...READ, asked: before.asked || after.asked, told } };
}

function* batches<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += BATCH) yield items.slice(from, from + BATCH);
}
