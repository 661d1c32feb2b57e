import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageFile from '../package.json' with { type: 'json' };
import { readConfig } from '../src/config.ts';
import { type Provider, providerNames, type Setting } from '../src/contract/provider.ts';
import { loadProviders } from '../src/providers/index.ts';
import { OWN_SETTINGS } from '../src/settings.ts';
import { deadPort } from './support/origin.ts';
import { startWorld } from './support/world.ts';

/** What deploy/ says of the rest of the project, and its files of one another. */

interface Service {
  readonly environment: Readonly<Record<string, string | number | null>>;
  readonly stop_grace_period: string;
}

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const isThere = (path: string): boolean => existsSync(new URL(`../${path}`, import.meta.url));

const dockerfile = read('deploy/Dockerfile').replaceAll(/\\\n\s*/g, '');
const compose = parse(read('deploy/compose.yaml'), { merge: true }) as { services: Record<string, Service> };
const gateways = Object.entries(compose.services).filter(([name]) => name.startsWith('gateway-'));
const [, first] = gateways[0] ?? [];
if (!first) throw new Error('deploy/compose.yaml has no gateway');

/** What stands behind an instruction, wherever it does. */
const instructions = (name: string): string[] =>
  [...dockerfile.matchAll(new RegExp(`^\\s*${name} (.+)$`, 'gm'))].map(([, rest]) => rest ?? '');

/** `NAME=value NAME=value` */
const imageEnvironment = Object.fromEntries(
  instructions('ENV').flatMap((line) => line.split(' ').map((pair) => pair.split('='))),
) as Record<string, string>;

/** As compose fills it in, where whoever starts it has given what must be there. */
const environment = (): Record<string, string> => ({
  ...imageEnvironment,
  ...Object.fromEntries(
    Object.entries(first.environment).flatMap(([name, value]) =>
      value === null ? [] : [[name, String(value).replaceAll(/\$\{\w+:\?[^}]*\}/g, 'x'.repeat(20))]],
    ),
  ),
});

let providers: readonly Provider[];
beforeAll(async () => {
  providers = await loadProviders();
});

describe('the image', () => {
  it('copies what is there, and of that nothing that .dockerignore keeps back', () => {
    const copied = instructions('COPY').flatMap((line) => {
      const words = line.split(' ').filter((word) => !word.startsWith('--'));
      return words.slice(0, -1).map((path) => path.replace(/^\/app\//, ''));
    });
    expect(copied).toContain('src');
    const wanted = [...new Set(copied)].filter((path) => path !== 'node_modules');
    expect(wanted.filter((path) => !isThere(path))).toEqual([]);
    const ignored = read('.dockerignore').split('\n');
    expect(ignored[1]).toBe('*');
    const sent = ignored.flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    expect(sent.sort()).toEqual([...wanted.filter((path) => path !== 'schema')].sort());
  });

  it('is of a Node that the project runs on, and starts as npm start does', () => {
    const least = Number(/\d+/.exec(packageFile.engines.node)?.[0]);
    for (const line of instructions('FROM')) expect(line).toMatch(new RegExp(`^node:${least}-`));
    const [command] = instructions('CMD').slice(-1);
    expect(JSON.parse(command ?? '').join(' ')).toBe(packageFile.scripts.start);
  });

  it('is healthy while the gateway is ready, and not while nobody is there', async () => {
    const [check = ''] = instructions('HEALTHCHECK');
    const [, ...argv] = JSON.parse(/CMD (.*)$/.exec(check)?.[1] ?? '') as string[];
    const exitCode = async (port: string | number): Promise<number> => {
      const child = spawn(process.execPath, argv, { env: { PORT: String(port) } });
      return (await once(child, 'exit'))[0];
    };
    const world = await startWorld();
    expect(await exitCode(new URL(world.gateway.url).port)).toBe(0);
    await world.close();
    expect(await exitCode(await deadPort())).toBe(1);
  });
});

describe('the gateways of compose.yaml', () => {
  it('are three, and alike', () => {
    expect(gateways).toHaveLength(3);
    expect(first.environment.GATEWAYS).toBe(gateways.length);
    for (const [, each] of gateways) expect(each).toEqual(first);
  });

  it('are given settings that there are', () => {
    const known = [
      ...Object.keys(OWN_SETTINGS),
      ...providers.flatMap(({ id, settings }) =>
        Object.entries<Setting>(settings).flatMap(([name, { secret }]) => {
          const whole = `${providerNames(id).constant}_${name}`;
          return secret ? [whole, `${whole}_FILE`] : [whole];
        }),
      ),
    ];
    expect(Object.keys(first.environment).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('start with them and one provider: on every address, callers asked for their key', () => {
    expect(readConfig({ ...environment(), OCTOBAT_API_KEY: 'key' }, providers)).toMatchObject({
      HOST: '0.0.0.0',
      PORT: 4000,
      AUTH: 'required',
      API_KEYS_FILE: '/keys/keys.json',
    });
  });

  it('are not killed while they stop', () => {
    const { STOP_DELAY_MS, OPERATION_DEADLINE_MS } = readConfig(
      { ...environment(), OCTOBAT_API_KEY: 'key' },
      providers,
    );
    expect(STOP_DELAY_MS).toBeGreaterThan(0);
    expect(STOP_DELAY_MS + OPERATION_DEADLINE_MS).toBeLessThan(1_000 * Number.parseInt(first.stop_grace_period, 10));
  });

  it('may have the providers’ secrets in files as well', () => {
    for (const { id, settings } of providers)
      for (const [name, { secret }] of Object.entries<Setting>(settings))
        if (secret) expect(first.environment).toHaveProperty(`${providerNames(id).constant}_${name}_FILE`, null);
  });

  it('get no secret from the file: each is asked for, or left to the environment', () => {
    const secret = /SECRET|PASSWORD|TOKEN|KEY$|USERNAME|GUID/;
    for (const [name, value] of Object.entries(first.environment))
      if (secret.test(name))
        expect([name, value === null || /^\$\{\w+:\?[^}]+\}$/.test(String(value))]).toEqual([name, true]);
    expect(first.environment.DATABASE_URL).toMatch(/^postgres:\/\/clientele:\$\{POSTGRES_PASSWORD:\?[^}]+\}@postgres:/);
  });
});

describe('haproxy.cfg', () => {
  const config = read('deploy/haproxy.cfg');

  it('leads to the gateways of compose.yaml, at the image’s port', () => {
    const servers = [...config.matchAll(/^\s*server (\S+) (\S+)$/gm)].map(([, name, address]) => [name, address]);
    expect(servers).toEqual(gateways.map(([name]) => [name, `${name}:${imageEnvironment.PORT}`]));
  });

  it('notices that a gateway is about to stop long before it does', () => {
    const interval = Number(/check inter (\d+)ms fall 1 /.exec(config)?.[1]);
    expect(interval * 3).toBeLessThan(Number(first.environment.STOP_DELAY_MS));
  });

  it('shows the world /graphql alone, and of metrics nothing', () => {
    const frontend = /^frontend callers\n((?: .*\n)+)/m.exec(config)?.[1] ?? '';
    const rules = [...frontend.matchAll(/^\s*(http-request|use_backend|default_backend) (.*)$/gm)].map(([line]) =>
      line.trim(),
    );
    expect(rules).toEqual(['http-request deny deny_status 404 unless { path /graphql }', 'default_backend gateways']);
  });

  it('sends nothing twice: only where no connection came about', () => {
    expect([...config.matchAll(/^\s*retry-on (.*)$/gm)].map(([, when]) => when)).toEqual(['conn-failure']);
  });
});
