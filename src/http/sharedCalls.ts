/**
 * The calls to one provider that all gateways have made, where they can be counted together. Who can't ask for that, or finds
 * that the count is younger than the window, keeps to a part: see `Budget`.
 */
export interface SharedCalls {
  /** What the provider grants of each window, as far as any gateway has been told. @throws Error where nobody can be asked */
  limits(): Promise<ReadonlyMap<string, number>>;
  /**
   * Counts a call in each window, or in none where one is full.
   * @param asks in the order in which what was taken is told
   * @throws Error where nobody can be asked; the call may be counted, and this gateway known, within `LATE_MS` from then
   */
  take(taking: Taking, asks: readonly Ask[]): Promise<Taken>;
  /** It was not made. @param windows that it was counted in */
  giveBack(call: SharedCall, windows: readonly string[]): void;
  /** This gateway makes no call any more: its place is free for another. */
  leave(): void;
  /** Calls whenever nobody can be asked any more, though nothing is asked. */
  onLost(lost: () => void): void;
}

/** What is asked for later than that after it was sent, is not done; and so little may clocks differ. */
export const LATE_MS = 1_000;

/** For so long whoever goes by the count is known to, from when it was last heard of. */
export const KNOWN_MS = 10_000;

/** Calls that could not be counted are told of so many at a time. */
export const MOST_MISSED = 500;

export interface SharedCall {
  /** That no other call of this gateway has. */
  readonly number: number;
  /** null: nobody's but the gateway's. */
  readonly caller: string | null;
}

export interface Taking {
  /** null: none, it is only heard of. */
  readonly call: SharedCall | null;
  /** Other gateways that there may be. */
  readonly others: number;
  /** Whether this one goes by the count from now on, so that the others need not keep its part for it. */
  readonly isKnown: boolean;
  /** One that had its place until right before may be known still. */
  readonly isNew: boolean;
  /** It is no gateway. */
  readonly isGuest: boolean;
}

/** What of one window a call needs. */
export interface Ask {
  readonly window: string;
  readonly limit: number;
  /** How far back calls count, in milliseconds. */
  readonly spanMs: number;
  /** How long calls are remembered. */
  readonly lengthMs: number;
  /** The call is refused where as many have been made within the span, by all or by its caller; null: by them any number. */
  readonly most: number;
  readonly mostOfCaller: number | null;
  /** So much less it is for each of the others that is known, and for each that is not. */
  readonly keptForKnown: number;
  readonly keptForUnknown: number;
  /** Whether this gateway is known only while every call of this window is counted. */
  readonly isShort: boolean;
  /** Calls of this gateway that could not be counted when they were made. */
  readonly missed: readonly Missed[];
}

export interface Missed {
  readonly call: SharedCall;
  readonly agoMs: number;
}

export interface Taken {
  /** How many other gateways are known. */
  readonly known: number;
  /** By ask. */
  readonly windows: readonly Counted[];
  /** null: it is counted. */
  readonly refused: Refused | null;
}

export interface Counted {
  /** Since when every call was counted of whoever is known, in milliseconds before now. */
  readonly countedForMs: number;
  /** Calls within the span, this one as well where it was counted. */
  readonly calls: number;
}

/** The first ask that was too much, and how long ago the oldest of the calls was made that stood against it. */
export interface Refused {
  readonly place: number;
  readonly oldestMs: number;
}
