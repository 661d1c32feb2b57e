import type { SharedCalls } from './sharedCalls.ts';

/** Who else makes calls with the same credentials. */
export interface Together {
  /** How many gateways there are at the most, this one as well. */
  readonly gateways: number;
  /** Where they count their calls together; null: nowhere. */
  readonly calls: SharedCalls | null;
  /** None of them: it makes no call that can't be counted. */
  readonly isGuest?: true;
}

export const ALONE: Together = { gateways: 1, calls: null };
