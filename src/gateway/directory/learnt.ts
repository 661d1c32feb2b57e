import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';
import type { CallLimits } from '../../http/transport.ts';
import { keyText, type RecordKey } from '../../ids/ids.ts';
import { LARGEST_BLOCK } from '../../linkage/blocking.ts';
import { comparable } from '../../linkage/comparable.ts';
import { LARGEST_SAMPLE, type Lesson, learnAside } from '../../linkage/learning.ts';
import type { Model } from '../../linkage/model.ts';
import type { Profile } from '../../model/customer.ts';
import type { Store } from '../../store/store.ts';
import type { Member } from '../gateway.ts';
import { fromStored } from './storedProfile.ts';
import { blockingTerms } from './terms.ts';

/** What was learnt of this directory: how common its values are, and how often one customer is spelt in two ways. */
export interface Learnt {
  /**
   * Learns, where that was not done or where the directory has grown since.
   * @throws GatewayError UNAVAILABLE where there is nothing learnt by the deadline: it goes on meanwhile
   */
  current(limits: CallLimits): Promise<Model>;
  /** Ends what is being learnt. */
  close(): void;
}

/** Drawn from a directory that is too large to learn from whole. */
const DRAWN = 5_000;
/** They are held in memory while they are learnt from. */
const MOST_ALIKE = 50_000;
/** A small directory is learnt anew whenever it has changed: that takes a moment, and each record counts. */
const SMALL = 2_000;
/** A larger one, when it has so much more or fewer records. */
const GROWN = 0.1;
/** How seldom that is looked at. */
const COUNTED_MS = 30_000;
/** Records looked up together. */
const SLICE = 250;

export function createLearnt(
  { store, member, clock }: { store: Store; member: ReadonlyMap<string, Member>; clock: Clock },
  lost: (error: unknown) => void,
): Learnt {
  const closing = new AbortController();
  let learnt: { readonly model: Model; readonly total: number; readonly change: number } | null = null;
  let learning: Promise<Model> | null = null;
  let countedAt = -COUNTED_MS;

  async function learn(total: number, change: number): Promise<Model> {
    const model = await learnAside(await lessonOf(store, total), closing.signal);
    learnt = { model, total, change };
    return model;
  }

  const started = (total: number, change: number): Promise<Model> => {
    learning ??= learn(total, change).finally(() => {
      learning = null;
    });
    return learning;
  };

  return {
    async current({ deadlineAt }) {
      // Counting a large directory takes longer than all else.
      if (learnt && learnt.total > SMALL && clock.elapsed() < countedAt + COUNTED_MS) return learnt.model;
      countedAt = clock.elapsed();
      const counts = await Promise.all([...member.keys()].map((provider) => store.count(provider)));
      const total = counts.reduce((sum, count) => sum + count, 0);
      const change = await store.lastChange();
      if (learnt && learnt.total === total && learnt.change === change) return learnt.model;
      if (learnt && total > SMALL) {
        // Nobody waits for what is nearly the same.
        if (Math.abs(total - learnt.total) > GROWN * learnt.total) started(total, change).catch(lost);
        return learnt.model;
      }
      return inTime(started(total, change), deadlineAt - clock.elapsed());
    },
    close: () => closing.abort(),
  };
}

async function inTime(model: Promise<Model>, ms: number): Promise<Model> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const message = 'What duplicates look like here is still being learnt. Ask again in a moment.';
    late.reject(new GatewayError('UNAVAILABLE', message, { retryable: true, retryAfterMs: 5_000 }));
  }, ms);
  try {
    return await Promise.race([model, late.promise]);
  } finally {
    clearTimeout(timer);
    model.catch(() => undefined);
  }
}

/**
 * All records of a directory; of a large one, some at random and all that share a key with them: fewer, where they have very
 * many.
 */
async function lessonOf(store: Store, total: number): Promise<Lesson> {
  const isWhole = total <= LARGEST_SAMPLE;
  const sample = await profilesOf(store, await store.sample(isWhole ? LARGEST_SAMPLE : DRAWN));
  if (isWhole) return { profiles: [...sample.values()], drawn: sample.size, total: sample.size };
  const drawn = new Map<string, string>();
  const alike = new Map<string, RecordKey>();
  for (const [key, profile] of sample) {
    if (alike.size > MOST_ALIKE) break;
    drawn.set(key, profile);
    const terms = blockingTerms(comparable(JSON.parse(profile) as Profile));
    for (const each of await store.sharing(terms, LARGEST_BLOCK)) alike.set(keyText(each), each);
    await setImmediate();
  }
  const others = [...alike].flatMap(([key, each]) => (drawn.has(key) ? [] : [each]));
  const candidates = await profilesOf(store, others);
  return { profiles: [...drawn.values(), ...candidates.values()], drawn: drawn.size, total };
}

/** The profiles of these records as whole JSON, some at a time: the embedded store answers at once. */
async function profilesOf(store: Store, keys: readonly RecordKey[]): Promise<Map<string, string>> {
  const profiles = new Map<string, string>();
  for (let from = 0; from < keys.length; from += SLICE) {
    for (const [key, { profile }] of await store.copies(keys.slice(from, from + SLICE)))
      profiles.set(key, JSON.stringify(fromStored(profile)));
    await setImmediate();
  }
  return profiles;
}
