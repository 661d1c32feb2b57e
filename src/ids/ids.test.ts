import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadProviders } from '../providers/index.ts';
import { createIds, keyText, type NodeKind, type NodeRef, sameKey } from './ids.ts';
import { createSealer } from './seal.ts';

const sealer = createSealer('a secret of at least sixteen characters');
const ids = createIds(sealer);
const KINDS: readonly NodeKind[] = ['customer', 'record', 'extension', 'provider', 'write'];
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

/** Ids, cursors and fingerprints are kept by callers and in the store: a new version must make and open the same ones. */
describe('what was given out by an earlier version', () => {
  const octobat = { provider: 'octobat', providerId: 'oc_cu_1421878635hksc26e4de79' };
  const IDS: Readonly<Record<NodeKind, string>> = {
    customer:
      'iopIT5KQOTibu7qzCEh4-KMvhTxKK-BRIbSz4165drD_JCGyEcYgTFQ2gu7QWV7ReMFXn72wwtNnPMh9odyui_-LQkPyKEl3w9tasVSGOhI',
    record:
      'q8tXq-ocLDpHnXDn2ftrLJ2rE3t8IPzaiNNnPXlvIGsBLfHIayG47ZsBp_f8Beb2bGUdoFCh45ffdoCTM4YYwgow7xWpKOdYmVJxfBBM9_c',
    extension:
      'bNLdvpFr5gndUP_gYd7POFU4F8XdhWHVwx_2nEJyVe1tnEvxnMXK3bvtH1GeCn5_gqD3aHxhb3WQEYzVuvFUjk6WU74-G3I6iMV0BO2yWnU',
    provider:
      'vasFvZZzse8h7d6GWiUjGdXWPHdbrhCGyTCCf1urkDf2ZP0AH5mCL7_EEyEllq8YXjmQ9dXuwcBB1WEWnPJBWsDNrl1TgwTtPi05KOliRtQ',
    write:
      'q_fTAeYwqkTUkEK_kOVGanEP7lzvEP_JRHctZVkeEnOryNTDZI6a75_RXhp2JM-WH9LJbUe4pklWzyGajFKd-HW4EFKq4wk5KmBRAG1fx78',
  };
  const CURSOR =
    '5dY29FSVhbkucgJBB3fp4K53fslhHnxVdXM6ZH2QRXJyEBat0Yn8XLBRNu4M0JbskafuR-j614FGeM9SpBuQydZBRTj1MMrKwc5-ph8dqWY';

  it.each(KINDS)('the id of a %s is made and opens as it was', (kind) => {
    expect(ids.open(IDS[kind])).toEqual({ kind, ...octobat });
    expect(ids.seal({ kind, ...octobat })).toBe(IDS[kind]);
  });

  it('a cursor is made and opens as it was', () => {
    const content = ['records', 'octobat', null, 'mark', 7];
    expect(ids.openCursor(CURSOR)).toEqual(content);
    expect(ids.sealCursor(content)).toBe(CURSOR);
  });

  it('a fingerprint is the same as it was', () => {
    expect(ids.fingerprints({ b: [2, { d: 1, c: 2 }], a: null })).toEqual([
      'jy3I5aZv_CQrjvScIiJlBmock0E02Jz4IqlXvfSoU66kL93cF5jP533DgRTPgzXUIu-YiQmPXPtZiD3QwBGSjMz9pLbR4gROUSj2_FhILejGcEToRghkYHuGSYucEt5lBgEEYEsBa9L0g0koC1QGp44GVhAbIpxNUhGsbRlIaNgFjZAaM1tKEQPQKENVW8H8',
    ]);
  });
});

describe('a record’s key', () => {
  it('is equal where provider and id are, and so is its text', () => {
    fc.assert(
      fc.property(providerId, providerId, (one, other) => {
        const same = one.provider === other.provider && one.providerId === other.providerId;
        expect(sameKey(one, { ...one })).toBe(true);
        expect(sameKey(one, other)).toBe(same);
        expect(sameKey(one, { ...one, provider: 'other' })).toBe(false);
        expect(keyText(one) === keyText(other)).toBe(same);
        expect(keyText(one)).toBe(`${one.provider}:${one.providerId}`);
      }),
    );
  });
});

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
        const { kind: own, ...key } = each;
        if (kind === own) expect(opened).toEqual(key);
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
    expect(thrownBy(() => ids.open(id))).toMatchObject({
      message: 'This is not an id that this gateway made. Ids are opaque: use them as they were given.',
    });
  });

  it('of another kind is refused in words that name both', () => {
    const id = ids.seal({ kind: 'record', provider: 'octobat', providerId: 'oc_cu_1' });
    expect(thrownBy(() => ids.openAs('customer', id))).toMatchObject({
      message: 'This is the id of a record, where the id of a customer is needed.',
    });
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
    expect(thrownBy(() => ids.openCursor('WyJjdXN0b21lcnMiXQ'))).toMatchObject({
      message: 'This is not a cursor that this gateway made.',
    });
  });
});
