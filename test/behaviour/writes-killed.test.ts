import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testKilledWrites } from '../support/killedWrites.ts';

/** Writes that are killed, on the embedded store. */

testKilledWrites(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-killed-'));
  return {
    settings: { DATABASE_URL: `file:${join(folder, 'clientele.db')}` },
    drop: async () => rmSync(folder, { recursive: true }),
  };
});
