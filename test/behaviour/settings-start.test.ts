import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../support/program.ts';
import { ENOUGH } from '../support/settings.ts';
import { ask } from '../support/world.ts';

/** `npm start` as an operator runs it: where its settings come from, and what it prints of them. */

const folder = mkdtempSync(join(tmpdir(), 'clientele-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm start', () => {
  const SECRETS = {
    ...{
      OCTOBAT_API_KEY: 'canary-octobat',
      CYCLE_SOFTWARE_USERNAME: 'canary-user',
      CYCLE_SOFTWARE_PASSWORD: 'canary-pass',
    },
    ...{ NUTCACHE_TOKEN: 'canary-nut', DIRTY_LEMON_TOKEN: 'canary-lemon', ONBOARD_FLOW_TOKEN: 'canary-flow' },
    ...{
      ONBOARD_FLOW_SITE_KEY: 'canary-site',
      ID_SECRET: 'canary-id-secret-canary',
      ID_SECRET_PREVIOUS: 'canary-former-secret',
    },
    NUTCACHE_ORGANIZATION_GUID: '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  };
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(folder, 'home-'));
  });

  it('with nothing configured ends with 1, and says which settings there are and that there is a demo', async () => {
    const program = runCommand(['start'], { folder: mkdtempSync(join(folder, 'bare-')) });
    expect(await program.ended).toEqual({ code: 1, signal: null });
    expect(program.stdout()).toBe('');
    for (const word of [
      'OCTOBAT_API_KEY',
      'NUTCACHE_TOKEN',
      'ONBOARD_FLOW_SITE_KEY',
      'API_KEYS_FILE',
      'AUTH=none',
      'npm run demo',
    ])
      expect(program.stderr()).toContain(word);
    expect(program.stderr()).not.toMatch(/\bat .*\.ts|Error:/);
  });

  it('tells every problem of the settings on stderr, none of their values, and ends with 1', async () => {
    const bad = {
      ...Object.fromEntries(Object.keys(SECRETS).map((name) => [name, 'canary with blanks'])),
      ...{
        PORT: 'canary',
        LOG_LEVEL: 'canary',
        DATABASE_URL: 'mysql://canary:canary@canary/canary',
        CORS_ORIGINS: 'canary',
      },
      ...{
        ID_SECRET: 'canary',
        TRUST_ORDER: 'canary',
        AUTH: 'canary',
        JWT_ISSUER: 'canary',
        NUTCACHE_COUNTRIES: './canary',
      },
      ...{ OCTOBAT_UPDATE_METHOD: 'canary', CYCLE_SOFTWARE_TIME_ZONE: 'canary', NUTCACHE_READ_PATH: 'canary' },
    };
    const program = runCommand(['start'], { environment: bad, folder: mkdtempSync(join(folder, 'bad-')) });
    expect(await program.ended).toEqual({ code: 1, signal: null });
    expect(program.stdout()).toBe('');
    for (const name of Object.keys(bad).filter((each) => !/PREVIOUS$|^CYCLE_SOFTWARE_(USERNAME|PASSWORD)$/.test(each)))
      expect(program.stderr()).toContain(name);
    expect(program.stderr()).not.toContain('canary');
  });

  it('reads .env, where the environment does not say otherwise, and says on one line of stdout when it is ready', async () => {
    const lines = { ...SECRETS, AUTH: 'none', PORT: '0', LOG_LEVEL: 'nonsense', DATABASE_URL: 'file:./a/b/c.db' };
    writeFileSync(
      join(home, '.env'),
      `# as npm run sandbox prints it\n${Object.entries(lines)
        .map(([name, value]) => `${name}=${value}\n`)
        .join('')}`,
    );
    const program = runCommand(['start'], { environment: { LOG_LEVEL: 'trace', SYNC_INTERVAL: '0' }, folder: home });
    const ready = await program.ready();
    expect(ready).toEqual({
      ready: true,
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/),
      providers: ['cycle-software', 'dirty-lemon', 'nutcache', 'octobat', 'onboard-flow'],
    });
    expect((await ask(ready.url, '{ providers { configured } }')).errors).toEqual([]);
    expect(readdirSync(join(home, 'a', 'b'))).toContain('c.db');
    program.child.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.stdout()).toBe(`${JSON.stringify(ready)}\n`);
    expect(program.stderr()).not.toContain('canary');
  });

  it('says so when .env is no file', async () => {
    const where = mkdtempSync(join(folder, 'dotenv-'));
    mkdirSync(join(where, '.env'));
    const program = runCommand(['start'], { folder: where, environment: ENOUGH });
    expect(await program.ended).toEqual({ code: 1, signal: null });
    expect(program.stderr()).toBe('The settings are not in order:\n  .env can’t be read as a file of settings\n');
  });
});
