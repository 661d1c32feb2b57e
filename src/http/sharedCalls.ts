/**
 * The calls to one provider that all gateways have made, where they can be counted together. Who can't ask for that, or finds
 * that the count is younger than the window, keeps to a part: see `Budget`.
 */
export interface SharedCalls {
  /**
   * Counts a call in each window, or in none where one is full.
   * @param asks in the order in which what was taken is told
   * @throws Error where nobody can be asked; the call may have been counted
   */
  take(call: SharedCall, asks: readonly Ask[]): Promise<Taken>;
  /** It was not made. */
  giveBack(call: SharedCall, asks: readonly Ask[]): void;
  /** Calls whenever nobody can be asked any more, though nothing is asked. */
  onLost(lost: () => void): void;
}

export interface SharedCall {
  /** That no other call of this gateway has. */
  readonly number: number;
  /** null: nobody's but the gateway's. */
  readonly caller: string | null;
}

/** What of one window a call needs. */
export interface Ask {
  readonly window: string;
  /** How far back calls count, in milliseconds. */
  readonly spanMs: number;
  /** How long calls are remembered. */
  readonly lengthMs: number;
  /** The call is refused where as many have been made within the span, by all or by its caller; null: by them any number. */
  readonly most: number;
  readonly mostOfCaller: number | null;
}

export interface Taken {
  /** Since when every call of every gateway was counted, in milliseconds before now. */
  readonly countedForMs: number;
  /** Calls within each ask's span, this one as well where it was counted. */
  readonly counts: readonly number[];
  /** null: it is counted. */
  readonly refused: Refused | null;
}

/** The first ask that was too much, and how long ago the oldest of the calls was made that stood against it. */
export interface Refused {
  readonly place: number;
  readonly oldestMs: number;
}
