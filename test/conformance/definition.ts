import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { INPUT_FIELDS } from '../../src/contract/capabilities.ts';
import { type Connection, type Provider, providerNames } from '../../src/contract/provider.ts';
import { NEVER_AN_ID } from '../support/hostileIds.ts';
import type { Subject } from './subject.ts';

const OPERATIONS = [
  ...(['READ', 'LIST', 'SEARCH', 'CHANGED_SINCE', 'CREATE', 'UPDATE'] as const),
  ...(['CONFIRM', 'REQUEST_CONFIRMATION', 'SELF_SERVICE_LINK'] as const),
];

/** What a provider says of itself: that it is whole, and that it is true. */
export function testDefinition(provider: Provider, subject: () => Subject, connection: () => Connection): void {
  const { id, capabilities, settings, idGrammar } = provider;
  const { constant, field, type } = providerNames(id);

  it('has an id from which all its names come', () => {
    expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(provider.title.trim()).toBe(provider.title);
    expect(provider.title).not.toBe('');
    const { schema } = subject();
    expect(schema.getType('ProviderName')?.toString()).toBe('ProviderName');
    expect(JSON.stringify(schema.getType('ProviderName')?.toConfig())).toContain(`"${constant}"`);
    expect(schema.getType('Customer')?.toConfig()).toHaveProperty(['fields', field]);
    expect(schema.getType(`${type}Customer`)).toBeDefined();
    for (const name of Object.keys(subject().sandbox.env)) expect(name.startsWith(`${constant}_`)).toBe(true);
  });

  it('speaks of every operation, with a reason where it has none', () => {
    expect(Object.keys(capabilities).sort()).toEqual([...OPERATIONS].sort());
    for (const [operation, { support, note, fields = [], linkKinds = [] }] of Object.entries(capabilities)) {
      const native = support === 'NATIVE';
      if (!native) expect([operation, note]).toEqual([operation, expect.stringMatching(/\w/)]);
      if (note !== undefined) expect(note).toMatch(/^\P{Ll}.*\.$/su);
      expect(INPUT_FIELDS).toEqual(expect.arrayContaining([...fields]));
      expect([operation, fields.length > 0]).toEqual([operation, native && ['CREATE', 'UPDATE'].includes(operation)]);
      expect([operation, linkKinds.length > 0]).toEqual([operation, native && operation === 'SELF_SERVICE_LINK']);
    }
  });

  it('can do just what it says, and nothing that it does not', () => {
    const can = connection();
    expect({
      READ: can.read !== undefined,
      LIST: can.list !== undefined,
      SEARCH: can.find !== undefined,
      CREATE: can.create !== undefined,
      UPDATE: can.update !== undefined,
      CONFIRM: can.confirm !== undefined,
      REQUEST_CONFIRMATION: can.requestConfirmation !== undefined,
      SELF_SERVICE_LINK: can.selfServiceLink !== undefined,
    }).toEqual(
      Object.fromEntries(
        OPERATIONS.filter((operation) => operation !== 'CHANGED_SINCE').map((operation) => [
          operation,
          capabilities[operation].support === 'NATIVE',
        ]),
      ),
    );
    expect(can.verification !== undefined).toBe(capabilities.CONFIRM.support === 'NATIVE');
    if (capabilities.CHANGED_SINCE.support === 'NATIVE') expect(can.list).toBeDefined();
    // Without a read, a record is what was last sent: there must be a write that leaves it, and a way to read it back.
    if (!can.read) expect(can.create ?? can.update).toBeDefined();
  });

  it('has ids that nothing else could have, where it says so', () => {
    if (!provider.idsAreUnmistakable) return;
    const others = subject()
      .world.sandbox.truth()
      .flatMap(({ records }) => records.filter((each) => each.provider !== id));
    const counted = fc.sample(fc.nat(), 50).map(String);
    for (const each of [...others.map((record) => record.id), ...counted, ...fc.sample(fc.emailAddress(), 50)])
      expect([each, idGrammar.test(each)]).toEqual([each, false]);
  });

  it('says the same to callers', async () => {
    const { data } = await subject().ask(
      `{ provider(name: ${constant}) { name title configured capabilities { operation support note fields linkKinds } } }`,
    );
    expect(data.provider).toEqual({
      ...{ name: constant, title: provider.title, configured: true },
      capabilities: Object.entries(capabilities).map(([operation, { support, note, fields, linkKinds }]) => ({
        ...{ operation, support, note: note ?? null, fields: fields ?? null, linkKinds: linkKinds ?? null },
      })),
    });
  });

  it('explains its settings, and knows which of them are secrets', () => {
    expect(settings).toHaveProperty('URL');
    for (const [name, { about, secret }] of Object.entries(settings)) {
      expect(name).toMatch(/^[A-Z][A-Z0-9_]*$/);
      expect([name, about]).toEqual([name, expect.stringMatching(/\w.*\.$/s)]);
      if (/TOKEN|KEY|PASSWORD|SECRET/.test(name)) expect([name, secret]).toEqual([name, true]);
    }
  });

  it('names every setting that is missing or wrong, at once and without its value', () => {
    const environment = { AUTH: 'none', TRUST_ORDER: id, [`${constant}_URL`]: 'ftp://hunter2.example' };
    const needed = Object.entries(settings)
      .filter(([, { schema }]) => !schema.safeParse(undefined).success)
      .map(([name]) => `${constant}_${name}`);
    let problems: readonly string[] = [];
    try {
      readConfig(environment, [provider]);
    } catch (thrown) {
      problems = (thrown as { problems: readonly string[] }).problems;
    }
    expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([`${constant}_URL`, ...needed].sort());
    expect(problems.join()).not.toContain('hunter2');
  });

  it('has a grammar of ids that is anchored and refuses whatever means something elsewhere', () => {
    expect(idGrammar.flags).not.toMatch(/[gmy]/);
    const known = [...subject().sandbox.examples, subject().sandbox.idOf(1)];
    for (const each of known) expect([each, idGrammar.test(each)]).toEqual([each, true]);
    const strangers = ['/', '\\', '\n', '\r\n', ' ', '\t', '%', '?', '#', '\0', 'é', '\u2028', '..', '/..', '\ud800'];
    for (const each of [...known, ...fc.sample(fc.stringMatching(idGrammar), 50)]) {
      expect(each).toMatch(/^[\x21-\x7e]{1,255}$/);
      expect(each).not.toMatch(/[/\\%?#"'<>]/);
      if (!known.includes(each)) continue;
      for (const stranger of strangers.filter((other) => other !== '..')) {
        for (const spoilt of [each + stranger, stranger + each, each.slice(0, 1) + stranger + each.slice(1)])
          expect([spoilt, idGrammar.test(spoilt)]).toEqual([spoilt, false]);
      }
    }
    for (const each of NEVER_AN_ID)
      expect([each.slice(0, 40), idGrammar.test(each)]).toEqual([each.slice(0, 40), false]);
  });
}
