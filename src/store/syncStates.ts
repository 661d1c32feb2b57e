import type { Statement } from './script.ts';

/** The table `sync`: how far the copying of each provider's listing has come, and who is at it. */

export interface SyncStates {
  /** As `saveSync` was given it; null: nothing was ever copied. */
  syncState(provider: string): Promise<unknown>;
  saveSync(provider: string, state: unknown): Promise<void>;
  /**
   * Takes or keeps the right to copy a provider's listing. One that would last for more than twice as long was taken by a clock
   * that was ahead, and is none.
   * @returns false where somebody else has it
   */
  holdSync(provider: string, holder: string, now: Date, until: Date): Promise<boolean>;
  releaseSync(provider: string, holder: string): Promise<void>;
}

export const syncState = (provider: string): Statement => ['SELECT state FROM sync WHERE provider = ?', provider];

export const savedSync = (provider: string, state: unknown): Statement => [
  `INSERT INTO sync (provider, state) VALUES (?, ?) ON CONFLICT (provider) DO UPDATE SET state = excluded.state`,
  ...[provider, JSON.stringify(state)],
];

export const heldSync = (provider: string, holder: string, now: Date, until: Date): Statement => [
  `INSERT INTO sync (provider, state, holder, held_until) VALUES (?, 'null', ?, ?)
   ON CONFLICT (provider) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
   WHERE sync.holder IS NULL OR sync.holder = excluded.holder OR sync.held_until < ? OR sync.held_until > ?
   RETURNING provider`,
  ...[provider, holder, until.getTime(), now.getTime(), 2 * until.getTime() - now.getTime()],
];

export const releasedSync = (provider: string, holder: string): Statement => [
  'UPDATE sync SET holder = NULL, held_until = NULL WHERE provider = ? AND holder = ?',
  ...[provider, holder],
];
