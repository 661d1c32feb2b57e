import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { merge } from './store.ts';

/** A store that is empty at first, for several gateways. */
export interface Place {
  /** What a gateway finds it by. */
  readonly settings: Readonly<Record<string, string>>;
  /** Looks into it from beside. */
  open(): Promise<Store>;
  drop(): Promise<void>;
}

export async function embeddedPlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-place-'));
  const path = join(folder, 'clientele.db');
  return {
    settings: { DATABASE_URL: `file:${path}` },
    open: async () => openSqliteStore(path, merge),
    drop: async () => rmSync(folder, { recursive: true }),
  };
}
