import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadProviders } from '../providers/index.ts';
import { createIds, type NodeKind, type NodeRef } from './ids.ts';
import { createSealer } from './seal.ts';

const sealer = createSealer('a secret of at least sixteen characters');
const ids = createIds(sealer);
const KINDS: readonly NodeKind[] = ['customer', 'record', 'extension', 'provider'];
const providers = await loadProviders();

/** Ids as the providers make them, by their own grammars. */
const providerId = fc.oneof(
  ...providers.map(({ id, idGrammar }) =>
    fc.stringMatching(idGrammar).map((each) => ({ provider: id, providerId: each })),
  ),
);
const ref = fc.tuple(fc.constantFrom(...KINDS), providerId).map(([kind, key]): NodeRef => ({ kind, ...key }));
const refused = expect.objectContaining({ code: 'BAD_USER_INPUT' });

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (thrown) {
    return thrown;
  }
}

describe('an id', () => {
  it('opens to what it was made of', () => {
    fc.assert(
      fc.property(ref, (each) => {
        expect(ids.open(ids.seal(each))).toEqual(each);
      }),
    );
  });

  it('coincides with no id of another kind, provider or record, and with no cursor', () => {
    fc.assert(
      fc.property(ref, ref, (one, other) => {
        const same = one.kind === other.kind && one.provider === other.provider && one.providerId === other.providerId;
        expect(ids.seal(one) === ids.seal(other)).toBe(same);
        expect(ids.seal(one)).not.toBe(ids.sealCursor([one.provider, one.providerId]));
      }),
    );
  });

  it('opens only as its own kind', () => {
    fc.assert(
      fc.property(ref, fc.constantFrom(...KINDS), (each, kind) => {
        const opened = thrownBy(() => ids.openAs(kind, ids.seal(each)));
        if (kind === each.kind) expect(opened).toEqual(each);
        else expect(opened).toEqual(refused);
      }),
    );
  });

  it('keeps a provider id with a colon whole', () => {
    const key: NodeRef = { kind: 'record', provider: 'onboard-flow', providerId: 'a:b::c' };
    expect(ids.open(ids.seal(key))).toEqual(key);
  });

  it('is as long for one provider as for another, though their own ids are not', () => {
    const own = [
      'oc_cu_1421878635hksc26e4de79',
      '1006',
      '143222',
      '3d60b8ab-7c5d-4d0c-9d30-7c8c4ea72bf5',
      'cus_123XYZ',
    ];
    const lengths = providers.flatMap(({ id, idGrammar }) =>
      own
        .filter((providerId) => idGrammar.test(providerId))
        .map((providerId) => ids.seal({ kind: 'customer', provider: id, providerId }).length),
    );
    expect(lengths.length).toBeGreaterThan(providers.length);
    expect(new Set(lengths).size).toBe(1);
  });

  it('never shows the provider or its id', () => {
    fc.assert(
      fc.property(ref, (each) => {
        const sealed = ids.seal(each);
        for (const shown of [sealed, Buffer.from(sealed, 'base64url').toString('latin1')]) {
          expect(shown).not.toContain(each.provider);
          if (each.providerId.length > 4) expect(shown).not.toContain(each.providerId);
        }
      }),
    );
  });

  it.each([
    ['a cursor', ids.sealCursor(['customers'])],
    ['a seal of nothing', sealer.seal('')],
    ['a seal of an unknown kind', sealer.seal('xoctobat:1')],
    ['a seal without a provider', sealer.seal('c')],
    ['text', 'oc_cu_1421878635hksc26e4de79'],
  ])('is not %s', (_, id) => {
    expect(thrownBy(() => ids.open(id))).toEqual(refused);
  });
});

describe('a fingerprint', () => {
  const changed = createIds(
    createSealer('another secret, as long as the first', 'a secret of at least sixteen characters'),
  );

  it('is another one with another secret, and the former one stays known where the previous secret is given', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (content) => {
        const [old] = ids.fingerprints(content);
        const [now, ...former] = changed.fingerprints(content);
        expect(now).not.toBe(old);
        expect(former).toEqual([old]);
        expect(ids.fingerprints(content)).toEqual([old]);
      }),
    );
  });

  it('is the same in whatever order names stand, and another one for anything else', () => {
    expect(changed.fingerprints({ a: 1, b: [2] })).toEqual(changed.fingerprints({ b: [2], a: 1 }));
    const all = [{ a: 1 }, { a: 2 }, { b: 1 }, [1, 2], [2, 1]].flatMap((each) => changed.fingerprints(each));
    expect(new Set(all).size).toBe(10);
  });
});

describe('a cursor', () => {
  it('opens to what it was made of, whatever that is', () => {
    const content = fc.array(
      fc.oneof(fc.string(), fc.constantFrom('é', '\0', '\ud800', '\u{1F600}'), fc.integer(), fc.constant(null)),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(content, (each) => {
        expect(ids.openCursor(ids.sealCursor(each))).toEqual(each);
      }),
    );
  });

  it('is no id, and no id is a cursor', () => {
    fc.assert(
      fc.property(ref, (each) => {
        expect(thrownBy(() => ids.openCursor(ids.seal(each)))).toEqual(refused);
      }),
    );
    expect(thrownBy(() => ids.openCursor('WyJjdXN0b21lcnMiXQ'))).toEqual(refused);
  });
});
