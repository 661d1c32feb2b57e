import type { Comparing } from '../../src/linkage/comparable.ts';

/** A record, and whose it is. */
export interface LabelledRecord {
  readonly id: string;
  readonly provider: string;
  readonly person: string;
  readonly profile: Comparing;
}
