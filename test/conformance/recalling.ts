import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { INPUT_FIELDS, type InputField } from '../../src/contract/capabilities.ts';
import { type Connection, type Provider, providerNames } from '../../src/contract/provider.ts';
import type { Patch } from '../../src/contract/write.ts';
import { GatewayError } from '../../src/errors.ts';
import { badResponse } from '../../src/http/answer.ts';
import { parseExact } from '../../src/http/exactJson.ts';
import { text } from '../../src/model/text.ts';
import { type Edit, edited, placesOf, someEdits } from '../support/hostile/values.ts';
import { type Extension, extensionOf } from './extension.ts';
import { expectNoSecrets, someRecords, withSecrets } from './reading.ts';
import type { Subject } from './subject.ts';
import { RUNS } from './tolerance.ts';

/** A record, and what is kept of it: JSON, as text. */
interface Kept {
  readonly wire: unknown;
  readonly copy: string;
}

/** What comes of a record that was kept as JSON and is read back: the same answers, and never half a record. */
export function testRecalling(provider: Provider, subject: () => Subject, connection: () => Connection): void {
  let extension: Extension;
  let known: readonly string[];
  beforeAll(async () => {
    extension = extensionOf(provider);
    known = connection().read ? await someRecords(subject()) : [''];
  });

  /** A record as it is read, or as it is told where there is no read. */
  async function keep(providerId = known[0] ?? ''): Promise<Kept> {
    const { read, raw } = connection();
    subject().goOn();
    const wire = read ? await read(providerId, limitsOf(subject())) : await told(subject(), connection());
    if (wire === null) throw badResponse(provider.id, 'nobody where there is somebody');
    return { wire, copy: JSON.stringify(read ? raw(wire) : wire) };
  }

  /** The same while the provider's answers are changed; null where they are refused, or tell of nobody. */
  async function keepChanged(change: (json: unknown) => unknown): Promise<Kept | null> {
    const fault = subject().sandbox.fault({ kind: 'mutate', change });
    try {
      return await keep();
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(GatewayError);
      return null;
    } finally {
      fault.remove();
    }
  }

  /** @returns whether there was something to compare */
  async function expectTheSame(kept: Kept | null): Promise<boolean> {
    if (kept === null) return false;
    const { profile, quality, verification, searched, sharedId, raw, recall } = connection();
    const wire = recall(parseExact(kept.copy));
    for (const [field, reader] of Object.entries(profile))
      expect([field, reader(wire)]).toEqual([field, reader(kept.wire)]);
    for (const read of [quality, verification, searched, sharedId]) expect(read?.(wire)).toEqual(read?.(kept.wire));
    expect(JSON.stringify(raw(wire))).toBe(JSON.stringify(raw(kept.wire)));
    const [own, before] = [await extension.resolve(wire), await extension.resolve(kept.wire)];
    for (const [field, value] of Object.entries(own)) {
      const isLeftOut = value === null && extension.scoped.has(field);
      if (!isLeftOut) expect([field, value]).toEqual([field, before[field]]);
    }
    return true;
  }

  it('is told from a copy as it was, each of the documents’ own examples and others', async () => {
    for (const providerId of known) {
      const kept = await keep(providerId);
      expect(await expectTheSame(kept)).toBe(true);
      expectNoSecrets(subject(), parseExact(kept.copy));
    }
  });

  it('is told from a copy as it was, however odd the answer that was read', async () => {
    let readable = 0;
    const property = fc.asyncProperty(someEdits, async (edits) => {
      readable += Number(await expectTheSame(await keepChanged((json) => edits.reduce(edited, json))));
    });
    await fc.assert(property, { numRuns: RUNS });
    expect(readable).toBeGreaterThan(RUNS / 10);
  });

  it('keeps a number that JavaScript can’t hold, wherever it stands', async () => {
    const value = JSON.rawJSON('12345678901234567890.12345');
    let [places, readable] = [1, 0];
    for (let at = 0; at < places; at++) {
      const kept = await keepChanged((json) => {
        places = placesOf(json).length;
        return edited(json, { at, value });
      });
      readable += Number(await expectTheSame(kept));
    }
    expect(readable).toBeGreaterThan(0);
  });

  it('is read from a copy that is not what it was, as far as it can be, or refused', async () => {
    const { copy } = await keep();
    let readable = 0;
    const property = fc.asyncProperty(someEdits, async (edits: readonly Edit[]) => {
      const wire = recalled(connection(), edits.reduce(edited, parseExact(copy)));
      if (wire === null) return;
      readable += 1;
      await expectTotal(connection(), extension, wire);
    });
    await fc.assert(property, { numRuns: RUNS });
    expect(readable).toBeGreaterThan(0);
  });

  it('gives away no secret that a copy holds', async () => {
    const { copy } = await keep();
    const wire = connection().recall(withSecrets(parseExact(copy)));
    expect(JSON.stringify(connection().raw(wire))).not.toContain('hunter2');
  });

  it('is never half a record: what is none is refused', () => {
    for (const json of [null, undefined, [], [{}], 'x', '', 42, true, {}, { id: null }, { customer: {} }])
      expect(() => connection().recall(json)).toThrow();
  });
}

const limitsOf = ({ clock }: Subject) => ({ deadlineAt: clock.elapsed() + 10_000 });

/** What is remembered of a customer that the provider was told of. */
async function told(subject: Subject, { create }: Connection): Promise<unknown> {
  const { provider } = subject;
  const input = await subject.createInput();
  const own = provider.inputs.create?.parse(input[providerNames(provider.id).field]);
  const draft = create?.draft({ patch: patchOf(input), own, decidedAt: new Date() });
  if (!create || !draft?.request) throw new Error('a provider without a read must have a create to remember');
  return (await create.send(draft.request, limitsOf(subject))).remembered;
}

function patchOf(input: Readonly<Record<string, unknown>>): Patch {
  const named = (field: InputField): unknown => {
    const [name = '', part] = field.split('.');
    return part === undefined ? input[name] : (input[name] as Record<string, unknown> | undefined)?.[part];
  };
  const values = INPUT_FIELDS.map((field) => [field, named(field)]).filter(([, value]) => value !== undefined);
  return Object.fromEntries(values);
}

function recalled({ recall }: Connection, json: unknown): unknown {
  try {
    return recall(json);
  } catch {
    return null;
  }
}

/** Nothing that is asked of a wire value ever throws, and what it is found by is text. */
async function expectTotal(connection: Connection, extension: Extension, wire: unknown): Promise<void> {
  const { profile, quality, verification, searched, sharedId, raw } = connection;
  for (const reader of Object.values(profile)) reader(wire);
  for (const read of [quality, verification, raw]) read?.(wire);
  const { phones, words } = searched?.(wire) ?? { phones: [], words: [] };
  for (const found of [...phones, ...words]) expect(text(found)).toBe(found);
  for (const found of [phones, words]) expect(new Set(found).size).toBe(found.length);
  const shared = sharedId?.(wire) ?? null;
  if (shared !== null) expect(shared).not.toBe('');
  await extension.resolve(wire);
}
