import type { Clock } from '../../clock.ts';
import type { Connection } from '../../contract/provider.ts';
import { GatewayError } from '../../errors.ts';
import { badResponse } from '../../http/answer.ts';
import type { KeptCopy, Store } from '../../store/store.ts';
import type { Directory } from '../directory/directory.ts';
import type { Member } from '../gateway.ts';
import type { ProviderRecord } from '../record.ts';
import { type Calls, createCalls, Stopped, type Wait } from './calls.ts';
import { type Journal, LostHold, openJournal } from './journal.ts';
import { type ListedPage, listing } from './listing.ts';
import { lastKnown, seekMissing } from './missing.ts';
import { Places } from './places.ts';
import { planned } from './plan.ts';
import { readSeen, type Seen, saveSeen, UNSAVED } from './seen.ts';
import { createShare } from './share.ts';
import { type Counts, countOf, NO_COUNTS, type Run, sum, toProblem } from './state.ts';
import type { Outcome, Watcher } from './watcher.ts';

export interface RunParts {
  readonly store: Store;
  readonly directory: Pick<Directory, 'keep'>;
  readonly clock: Clock;
  readonly lateTo: () => Promise<number>;
  readonly wait: Wait;
  readonly watcher: Watcher;
  readonly unforeseen: (error: unknown, requestId: string) => void;
}

export interface RunOptions {
  /** Lists everything from the beginning. */
  readonly full: boolean;
  /** Ends the run as soon as what it is keeping is kept. */
  readonly stop: AbortSignal;
}

/** So many pages are on their way into the store at once: one is made ready, one is written, one is noted down. */
const AHEAD = 3;

/** So many pages in a row without a record that was not there before, and it is an endless one. */
const MOST_BARREN_PAGES = 100;

/** Copies a provider's listing once. It never throws: what went wrong is in the outcome. */
export async function runSync(
  parts: RunParts,
  member: Member,
  connection: Connection,
  options: RunOptions,
): Promise<Outcome> {
  const startedAt = parts.clock.elapsed();
  let kind: Run['kind'] = 'FULL';
  let counts = NO_COUNTS;
  const outcome = (state: Outcome['state'], problem: GatewayError | null = null): Outcome => ({
    ...{ provider: member.id, state, kind, counts, problem, durationMs: parts.clock.elapsed() - startedAt },
  });
  let journal: Journal | null = null;
  try {
    journal = await openJournal(parts.store, member.id, parts.clock);
    if (!journal) return outcome('ELSEWHERE');
    const run = planned(member, journal.state, { now: parts.clock.now(), lateTo: await parts.lateTo() }, options.full);
    kind = run.kind;
    const copying = new Copying(parts, member, connection, journal, run, (now) => {
      counts = now;
    });
    return outcome(...(await ended(parts, journal, copying.copy(options.stop))));
  } catch (thrown) {
    if (thrown instanceof LostHold) return outcome('ELSEWHERE');
    return outcome('FAILED', problemOf(parts, thrown));
  } finally {
    // While the store is away, the hold runs out by itself.
    await journal?.release().catch(() => undefined);
  }
}

type Ended = readonly [state: Exclude<Outcome['state'], 'ELSEWHERE'>, problem?: GatewayError];

/** Waits for the end of a run, and notes it down. */
async function ended(parts: RunParts, journal: Journal, copied: Promise<void>): Promise<Ended> {
  const end = async (change: Partial<Run>): Promise<void> => {
    const finishedAt = parts.clock.now();
    await journal.save(({ run }) => ({ run: run && { ...run, finishedAt, ...change } }));
  };
  try {
    await copied;
    await end({ state: 'COMPLETE' });
    return ['COMPLETE'];
  } catch (thrown) {
    if (thrown instanceof LostHold) throw thrown;
    if (thrown instanceof Stopped) {
      await end({ state: 'STOPPED' });
      return ['STOPPED'];
    }
    const problem = problemOf(parts, thrown);
    // Where trying again may help, the next run goes on from here; a listing that can't be trusted is begun anew.
    const failed = { state: 'FAILED', problem: toProblem(problem) } as const;
    await end(problem.retryable ? failed : { ...failed, mark: null });
    return ['FAILED', problem];
  }
}

function problemOf({ unforeseen }: RunParts, thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  unforeseen(thrown, 'sync');
  return new GatewayError('INTERNAL_SERVER_ERROR', 'Something went wrong here; the gateway’s log says what.');
}

/** One run at its work. */
class Copying {
  readonly #parts: RunParts;
  readonly #member: Member;
  readonly #connection: Connection;
  readonly #journal: Journal;
  readonly #run: Run;
  readonly #counted: (counts: Counts) => void;
  /** What this listing has had; of a whole one, over all the runs that it takes, where that is known. */
  #places = new Places();
  #seen: Seen | null = null;
  #unsaved = 0;
  /** The last page that was kept had nothing else: the next one is likely to be like it. */
  #areNews = false;
  /** What changed is told from the first complete listing on: before, everything is new. */
  readonly #told: boolean;
  #counts = NO_COUNTS;
  #total: number | null = null;

  constructor(
    parts: RunParts,
    member: Member,
    connection: Connection,
    journal: Journal,
    run: Run,
    counted: (counts: Counts) => void,
  ) {
    this.#parts = parts;
    this.#member = member;
    this.#connection = connection;
    this.#journal = journal;
    this.#run = run;
    this.#counted = counted;
    this.#told = journal.state.complete !== null;
  }

  /** @throws GatewayError of the provider or the store; Stopped; LostHold */
  async copy(stop: AbortSignal): Promise<void> {
    const { watcher, clock, wait } = this.#parts;
    const [member, connection, journal, run] = [this.#member, this.#connection, this.#journal, this.#run];
    await journal.save(() => ({ run }));
    if (run.kind === 'FULL') await this.#goOn();
    watcher.began(member.id, { kind: run.kind, resumed: run.mark !== null });
    const over = new AbortController();
    const share = createShare(journal.state.calls);
    const calls = createCalls({
      ...{ connection, provider: member.id, journal, share, clock, wait },
      stop: AbortSignal.any([stop, over.signal]),
      waiting: (what, ms) => watcher.waiting(member.id, what, ms),
    });
    try {
      const from = { mark: run.mark, changedSince: run.since === null ? null : new Date(run.since) };
      await this.#keepPages(listing({ member, connection, calls, clock }, from, run.pages), stop);
      await this.#listed();
      await this.#seek(calls);
    } catch (thrown) {
      // Whoever has taken over has seen more.
      if (!(thrown instanceof LostHold)) await this.#saveSeen();
      throw thrown;
    } finally {
      // Nothing goes on asking for the page that was to come.
      over.abort();
    }
  }

  /** A whole listing begins, or goes on with what it had before. */
  async #goOn(): Promise<void> {
    const { store } = this.#parts;
    const { startedAt, mark, counts } = this.#run;
    if (mark !== null) {
      this.#seen = await readSeen(store, this.#member.id, startedAt, counts.seen);
      if (this.#seen) this.#places = this.#seen.places;
      return;
    }
    const last = await lastKnown(store, this.#member.id);
    // Where nothing was known before, nothing can be left out.
    if (last === 0) return;
    this.#seen = { startedAt, last, places: this.#places };
    await this.#saveSeen(0);
  }

  /** @param most so many records more may have been listed without being written down */
  async #saveSeen(most = 1): Promise<void> {
    if (!this.#seen || this.#unsaved < most) return;
    await saveSeen(this.#parts.store, this.#member.id, this.#seen, this.#allCounts.seen);
    this.#unsaved = 0;
  }

  /** The listing has come to its end, and nobody has to begin it again. */
  async #listed(): Promise<void> {
    const { kind, startedAt, lateTo } = this.#run;
    const span = { startedAt, finishedAt: this.#parts.clock.now(), lateTo };
    const whole = { ...span, listed: this.#allCounts.seen, isSought: this.#seen === null };
    await this.#saveSeen();
    await this.#journal.save(({ run }) => ({
      run: run && { ...run, isListed: true },
      complete: span,
      ...(kind === 'FULL' && { whole: { ...whole, pages: run?.pages ?? 0 } }),
    }));
  }

  /** Looks for what the last whole listing left out, as far as no run has yet. */
  async #seek(calls: Calls): Promise<void> {
    const { store, clock } = this.#parts;
    const { whole, soughtTo } = this.#journal.state;
    if (!whole || whole.isSought) return;
    const seen = this.#seen ?? (await readSeen(store, this.#member.id, whole.startedAt, whole.listed));
    const parts = {
      ...{ provider: this.#member.id, connection: this.#connection, store, calls, clock },
      keep: async (records: readonly ProviderRecord[]) => this.#count(await this.#keep(records)),
      sought: (missing: number, place: number) => this.#sought(missing, place),
    };
    const place = seen ? await seekMissing({ ...parts, seen }, soughtTo) : 0;
    await this.#journal.save(() => ({ soughtTo: place, whole: { ...whole, isSought: place === 0 } }));
  }

  /** While the store keeps some pages, the next one is made ready. */
  async #keepPages(pages: AsyncIterable<ListedPage>, stop: AbortSignal): Promise<void> {
    const noting: Promise<number>[] = [Promise.resolve(0)];
    try {
      for await (const page of pages) {
        const noted = this.#noteKept(page, this.#keep(page.records, this.#areNews), noting.at(-1));
        // Whoever waits for the page before may fail first, and then nobody waits for this one.
        noted.catch(() => undefined);
        noting.push(noted);
        if (noting.length > AHEAD) await noting.shift();
        if (stop.aborted && page.next !== null) break;
      }
      await noting.at(-1);
      if (stop.aborted && this.#journal.state.run?.mark !== null) throw new Stopped();
    } finally {
      await Promise.allSettled(noting);
    }
  }

  /**
   * Notes a page down when it is kept, and all before it.
   * @param before how many pages in a row had no record that was not there before
   * @returns the same with this one
   */
  async #noteKept(
    { next, total }: ListedPage,
    keeping: Promise<readonly KeptCopy[]>,
    before: Promise<number> | undefined,
  ): Promise<number> {
    const [ended, barren] = await Promise.allSettled([keeping, before]);
    if (barren.status === 'rejected') throw barren.reason;
    if (ended.status === 'rejected') throw ended.reason;
    const kept = ended.value;
    this.#areNews = kept.length > 0 && kept.every(({ became }) => became === 'ADDED' || became === 'CHANGED');
    const isNews = kept.some(({ sequence }) => !this.#places.has(sequence));
    for (const { sequence } of kept) this.#places.add(sequence);
    this.#total = total;
    this.#count(kept);
    const pages = (this.#journal.state.run?.pages ?? 0) + 1;
    await this.#note({ mark: next, pages });
    this.#unsaved += kept.length;
    await this.#saveSeen(UNSAVED);
    if (isNews) return 0;
    const inRow = (barren.value ?? 0) + 1;
    if (inRow >= MOST_BARREN_PAGES) throw badResponse(this.#member.id, 'a listing that goes on without anything new');
    return inRow;
  }

  #keep(records: readonly ProviderRecord[], areNews = false): Promise<readonly KeptCopy[]> {
    return this.#parts.directory.keep(records, { asked: false, told: this.#told }, areNews);
  }

  #count(kept: readonly KeptCopy[]): void {
    this.#tell(sum(this.#counts, countOf(kept)));
  }

  async #sought(missing: number, soughtTo: number): Promise<void> {
    this.#tell({ ...this.#counts, missing: this.#counts.missing + missing });
    this.#journal.note({ soughtTo });
    await this.#note({});
  }

  #tell(counts: Counts): void {
    this.#counts = counts;
    this.#counted(counts);
    this.#parts.watcher.kept(this.#member.id, counts, this.#total);
  }

  /** What the runs that this one goes on from have counted, and this one. */
  get #allCounts(): Counts {
    return sum(this.#run.counts, this.#counts);
  }

  #note(change: Partial<Run>): Promise<void> {
    const counts = this.#allCounts;
    return this.#journal.save(({ run }) => ({ run: { ...(run ?? this.#run), ...change, counts } }));
  }
}
