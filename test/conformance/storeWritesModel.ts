import fc from 'fast-check';
import type { Due } from '../../src/store/leftMutations.ts';
import type { Settlement } from '../../src/store/settling.ts';
import type { Begun, MutationToKeep, WriteState } from '../../src/store/writes.ts';

/** The write journal as plainly as it can be written: arrays, and a clock that stands still between two actions. */

export interface ModelWrite {
  readonly id: number;
  readonly provider: string;
  providerId: string | null;
  state: WriteState;
  noted: string | null;
  result: string | null;
  readonly begunAt: Date;
  settledAt: Date | null;
  hasContent: boolean;
}

interface ModelMutation extends Omit<MutationToKeep, 'at' | 'heldUntil' | 'latestHold' | 'key'> {
  readonly id: number;
  readonly begunAt: Date;
  key: string | null;
  heldUntil: number;
  lookAt: number;
  rest: string | null;
  readonly writes: ModelWrite[];
}

const IN_DOUBT: readonly WriteState[] = ['INTENT', 'SENT'];
const LEFT: readonly WriteState[] = ['SENT', 'DONE', 'UNKNOWN'];

const isWithin = (time: number, now: Date, latest: Date): boolean => time > now.getTime() && time <= latest.getTime();

export class Journal {
  mutations: ModelMutation[] = [];

  mutation = (id: number): ModelMutation | undefined => this.mutations.find((each) => each.id === id);
  write = (id: number): ModelWrite | undefined =>
    this.mutations.flatMap(({ writes }) => writes).find((each) => each.id === id);

  /** @param id what the store calls it, where it is new */
  begin({ at, heldUntil, latestHold, ...mutation }: MutationToKeep, id: number): Begun {
    const found = this.mutations.find(
      ({ caller, key }) => key !== null && key === mutation.key && caller === mutation.caller,
    );
    if (!found) {
      this.mutations.push({
        ...mutation,
        ...{ id, begunAt: at, heldUntil: heldUntil.getTime(), lookAt: 0, rest: null, writes: [] },
      });
      return { state: 'NEW', mutation: id, begunAt: at, heldUntil };
    }
    if (found.kind !== mutation.kind || found.input !== mutation.input) return { state: 'OTHER_INPUT' };
    if (isWithin(found.heldUntil, at, latestHold)) return { state: 'HELD', until: new Date(found.heldUntil) };
    found.heldUntil = heldUntil.getTime();
    return { state: 'LEFT', mutation: found.id, begunAt: found.begunAt, heldUntil };
  }

  isHeld = (id: number, until: Date): boolean => this.mutation(id)?.heldUntil === until.getTime();

  intend(id: number, writes: readonly { readonly id: number; readonly provider: string }[], begunAt: Date): void {
    const nothing = {
      providerId: null,
      state: 'INTENT' as const,
      noted: null,
      result: null,
      settledAt: null,
      hasContent: true,
    };
    this.mutation(id)?.writes.push(...writes.map((write) => ({ ...nothing, ...write, begunAt })));
  }

  take(id: number): boolean {
    const write = this.write(id);
    if (write?.state !== 'INTENT') return false;
    write.state = 'SENT';
    return true;
  }

  note(id: number, noted: string): void {
    const write = this.write(id);
    if (write?.state === 'SENT') write.noted = noted;
  }

  settle({ writes, at, freesKey, rest }: Settlement): void {
    const touched = new Set<ModelMutation>();
    for (const { id, from, state, providerId, result } of writes) {
      const write = this.write(id);
      if (!write || (from && !from.includes(write.state))) continue;
      Object.assign(write, { state, result, settledAt: at, noted: null });
      if (providerId !== null) write.providerId = providerId;
      for (const mutation of this.mutations) if (mutation.writes.includes(write)) touched.add(mutation);
    }
    for (const mutation of touched) {
      if (rest !== undefined) mutation.rest = rest;
      if (freesKey && !mutation.writes.some(({ state }) => LEFT.includes(state))) mutation.key = null;
    }
  }

  letGo(id: number, heldUntil: Date, lookAt: Date): void {
    const mutation = this.mutation(id);
    if (mutation?.heldUntil !== heldUntil.getTime()) return;
    if (mutation.writes.some(({ state }) => state !== 'INTENT'))
      Object.assign(mutation, { heldUntil: 0, lookAt: lookAt.getTime() });
    else this.#drop([mutation]);
  }

  left({ now, latestHold, latestLook, unknownSince }: Due): readonly number[] {
    const isOpen = ({ state, begunAt }: ModelWrite): boolean =>
      IN_DOUBT.includes(state) || (state === 'UNKNOWN' && begunAt >= unknownSince);
    return this.mutations
      .filter(
        ({ heldUntil, lookAt, writes }) =>
          !isWithin(heldUntil, now, latestHold) && !isWithin(lookAt, now, latestLook) && writes.some(isOpen),
      )
      .map(({ id }) => id);
  }

  takeLeft(id: number, due: Due, until: Date): boolean {
    const mutation = this.left(due).includes(id) ? this.mutation(id) : undefined;
    if (mutation) mutation.heldUntil = until.getTime();
    return mutation !== undefined;
  }

  forgetBefore(at: Date): number {
    const old = this.mutations.filter(
      ({ begunAt, heldUntil, writes }) =>
        begunAt < at && heldUntil < at.getTime() && writes.every(({ state }) => state === 'DONE' || state === 'FAILED'),
    );
    this.#drop(old);
    const unknown = this.mutations
      .flatMap(({ writes }) => writes)
      .filter(({ state, begunAt, hasContent }) => state === 'UNKNOWN' && begunAt < at && hasContent);
    for (const write of unknown) write.hasContent = false;
    return old.length + unknown.length;
  }

  #drop(gone: readonly ModelMutation[]): void {
    this.mutations = this.mutations.filter((each) => !gone.includes(each));
  }
}

/** One of those that there have been, the newest first; one that is gone, too. */
const nth = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(6));
const hold = fc.integer({ min: 1, max: 8 });
/** How far in the future a hold may end: as far as any, or not as far as some do after the clock was set back. */
const latest = fc.constantFrom(8, 8, 8, 3);

/** What one of two processes does. `held`: which of the holds that were ever given out it believes to have. */
const act = <Does extends string, Rest extends object>(
  does: Does,
  rest: { [K in keyof Rest]: fc.Arbitrary<Rest[K]> },
) =>
  fc.record({ does: fc.constant(does), who: fc.nat(1), ...rest }) as unknown as fc.Arbitrary<
    { readonly does: Does; readonly who: number } & Rest
  >;

export const CALLERS = ['shop', 'office'] as const;
export const KEYS = ['k', 'l'] as const;

const begins = act('begin', {
  latest,
  caller: fc.constantFrom(...CALLERS),
  kind: fc.constantFrom('CREATE' as const, 'UPDATE' as const),
  key: fc.constantFrom(...KEYS, 'k', null),
  input: fc.constantFrom('x', 'x', 'x', 'y'),
  hold,
});
const intends = act('intend', { nth, held: nth, providers: fc.subarray(['octobat', 'nutcache'], { minLength: 1 }) });
const takes = act('take', { nth });
const notes = act('note', { nth });
const settles = act('settle', {
  nths: fc.uniqueArray(nth, { minLength: 1, maxLength: 3 }),
  state: fc.constantFrom('DONE' as const, 'FAILED' as const, 'UNKNOWN' as const),
  from: fc.option(fc.subarray(['INTENT' as const, 'SENT' as const, 'UNKNOWN' as const], { minLength: 1 }), {
    nil: undefined,
  }),
  freesKey: fc.boolean(),
  rest: fc.constantFrom(undefined, '[]'),
});
const letsGo = act('letGo', { nth, held: nth, lookIn: fc.nat(4) });
const takesLeft = act('takeLeft', {
  ...{ latest, hold, nth, unknownFor: fc.nat(6), most: fc.integer({ min: 1, max: 3 }) },
});
const forgets = act('forget', { ago: fc.nat(4) });
const passes = act('pass', { ms: fc.nat(6) });

export const action = fc.oneof(
  ...([
    { weight: 5, arbitrary: begins },
    { weight: 5, arbitrary: intends },
    { weight: 5, arbitrary: takes },
    { weight: 3, arbitrary: notes },
    { weight: 4, arbitrary: settles },
    { weight: 3, arbitrary: letsGo },
    { weight: 2, arbitrary: takesLeft },
    { weight: 3, arbitrary: forgets },
    { weight: 3, arbitrary: passes },
  ] as const),
);
export type Action = typeof action extends fc.Arbitrary<infer Each> ? Each : never;
