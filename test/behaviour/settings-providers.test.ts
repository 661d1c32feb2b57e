import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { providerNames } from '../../src/contract/provider.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { problemsOf } from '../support/settings.ts';

/** The providers' groups of settings: a group is whole, or not there. */

const providers = await loadProviders();

describe.each(providers.map((provider) => [provider.id, provider] as const))('the settings of %s', (id, provider) => {
  const prefix = `${providerNames(id).constant}_`;
  const names = Object.keys(provider.settings).map((name) => prefix + name);
  const needed = Object.entries(provider.settings)
    .filter(([, { schema }]) => !schema.safeParse(undefined).success)
    .map(([name]) => prefix + name);
  const all = Object.fromEntries(needed.map((name) => [name, name.endsWith('GUID') ? crypto.randomUUID() : 'hunter2']));
  const alone = { AUTH: 'none' };

  it('make it a provider that can be asked, when all are there that have no default', () => {
    const config = readConfig({ ...alone, ...all }, providers);
    expect([...config.providers.keys()]).toEqual([id]);
    expect(needed.length).toBeGreaterThan(0);
  });

  it('leave it out when there is none, or nothing but empty ones', () => {
    const other =
      id === 'octobat'
        ? { NUTCACHE_TOKEN: 'x', NUTCACHE_ORGANIZATION_GUID: crypto.randomUUID() }
        : { OCTOBAT_API_KEY: 'x' };
    for (const empty of [{}, Object.fromEntries(names.map((name) => [name, '']))])
      expect([...readConfig({ ...alone, ...other, ...empty }, providers).providers.keys()]).not.toContain(id);
  });

  it('are an error that names each missing one, when only some are there', () => {
    for (const name of names.filter((each) => !/(COUNTRIES|PATH|METHOD|ZONE)$/.test(each))) {
      const value = name.endsWith('_URL') ? 'http://127.0.0.1:1' : all[name];
      const missing = needed.filter((each) => each !== name);
      expect(problemsOf({ [name]: value }, alone)).toEqual(missing.map((each) => `${each} is missing`));
    }
  });

  it('are refused by name, without the value', () => {
    const url = `${prefix}URL`;
    for (const value of [
      'hunter2',
      'ftp://hunter2.example',
      'https://user:hunter2@x.example',
      'https://x.example/?hunter2',
      'https://x.example/#hunter2',
    ]) {
      const problems = problemsOf({ ...all, [url]: value }, alone);
      expect(problems).toEqual([expect.stringMatching(new RegExp(`^${url} `))]);
      expect(problems.join()).not.toContain('hunter2');
    }
    for (const name of needed) {
      const problems = problemsOf({ ...all, [name]: 'hunter2\r\nx-evil: 1' }, alone);
      expect(problems.every((problem) => problem.startsWith(`${name} `))).toBe(true);
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.join()).not.toContain('hunter2');
    }
  });
});

it('no provider at all is a problem that tells which settings there are, and of the demo', () => {
  const [problem = '', second] = problemsOf({}, { AUTH: 'none' });
  expect(second).toBeUndefined();
  expect(problem).toContain('npm run demo');
  for (const provider of providers) {
    expect(problem).toContain(provider.title);
    for (const [name, { schema }] of Object.entries(provider.settings))
      if (!schema.safeParse(undefined).success)
        expect(problem).toContain(`${providerNames(provider.id).constant}_${name}`);
  }
});
