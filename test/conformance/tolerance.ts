import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Provider } from '../../src/contract/provider.ts';
import type { Answer } from '../support/world.ts';
import { readWhole, someRecords } from './reading.ts';
import { expectDiscreet, isNative, type Subject } from './subject.ts';
import { create } from './writing.ts';

/**
 * What comes of answers that are JSON and almost right: fields missing, retyped, added or full of nonsense. Each is read
 * as far as it can be, or refused as PROVIDER_BAD_RESPONSE; nothing breaks here, and nothing is told of another customer.
 */
export function testTolerance(provider: Provider, subject: () => Subject): void {
  const spoilt = async (edits: readonly Edit[], ask: () => Promise<void>, method: string) => {
    const change = (json: unknown) => edits.reduce(edited, json);
    const fault = subject().sandbox.fault({
      kind: 'mutate',
      change,
      ...(method === 'GET' ? { method } : { times: 1 }),
    });
    try {
      await ask();
    } finally {
      fault.remove();
    }
  };

  if (isNative(provider, 'READ')) {
    it('reads a record that is not as documented, or refuses it', async () => {
      const [providerId = ''] = await someRecords(subject());
      const property = fc.asyncProperty(someEdits, (edits) =>
        spoilt(
          edits,
          async () => {
            const answer = await readWhole(subject(), providerId);
            expectReadOrRefused(answer);
            const records = answer.data.customerByProviderId?.records ?? [];
            for (const record of records) expect(record.providerId).toBe(providerId);
          },
          'GET',
        ),
      );
      await fc.assert(property, { numRuns: RUNS });
    });
  }

  if (isNative(provider, 'LIST')) {
    it('lists records that are not as documented, or refuses the page', async () => {
      const query = `{ provider(name: ${subject().constant}) { records(first: 3) {
        totalCount nodes { ${subject().everything('CustomerRecord')} } } } }`;
      const property = fc.asyncProperty(someEdits, (edits) =>
        spoilt(edits, async () => expectReadOrRefused(await subject().ask(query)), 'GET'),
      );
      await fc.assert(property, { numRuns: RUNS });
    });
  }

  if (isNative(provider, 'CREATE')) {
    it('believes an answer to a create that is not as documented, or does not know', async () => {
      const property = fc.asyncProperty(someEdits, async (edits) => {
        const input = await subject().createInput();
        await spoilt(
          edits,
          async () => {
            const { outcomes } = await create(subject(), input);
            expect(['SUCCEEDED', 'OUTCOME_UNKNOWN', 'FAILED']).toContain(outcomes[0]?.status);
            if (outcomes[0]?.status === 'FAILED') expect(outcomes[0].error?.code).toBe('PROVIDER_REJECTED');
            const made = outcomes[0]?.record?.providerId;
            if (made) expectReadOrRefused(await readWhole(subject(), made));
          },
          'any',
        );
      });
      await fc.assert(property, { numRuns: RUNS });
    });
  }
}

/** The long form asks for more. */
export const RUNS = Number(process.env.RUNS ?? 120);

function expectReadOrRefused(answer: Answer): void {
  expect(answer.status).toBe(200);
  expect(answer.errors.map(({ extensions, message }) => `${extensions.code}: ${message}`)).toEqual(
    answer.errors.map(() => expect.stringMatching(/^PROVIDER_(?:BAD_RESPONSE|REJECTED): /)),
  );
  expectDiscreet(answer);
}

/** What is done to one value of an answer, counted round over all that it holds. */
export interface Edit {
  readonly at: number;
  readonly value: unknown;
}

const GONE = Symbol('gone');
const NONSENSE: readonly unknown[] = [
  ...[GONE, null, '', ' ', '\u0000', '\ud800', 'x'.repeat(5_000), 'null', 'true', 'NaN', '[object Object]'],
  ...[
    '<script>hunter2</script>',
    '\u001b[31mhunter2\r\nX-Evil: 1',
    'javascript:hunter2',
    'https://evil.example/hunter2',
  ],
  ...['2023-13-45 99:99:99', '0000-00-00 00:00:00', '9999-12-31T23:59:60Z', '99999999999999999999', '-0', '1e3'],
  ...[0, -1, 1.5, 1e308, 2 ** 53, -(2 ** 31) - 1, 8.64e15 + 1, true, false],
  ...[[], {}, [null], [[]], [{}], { hunter2: { deep: [1] } }, ['hunter2'], { constructor: { prototype: 1 } }],
];
export const someEdits = fc.array(fc.record({ at: fc.nat(500), value: fc.constantFrom(...NONSENSE) }), {
  minLength: 1,
  maxLength: 3,
});

/** The same JSON with one value replaced, or taken away. */
export function edited(json: unknown, { at, value }: Edit): unknown {
  const places = placesOf(json);
  const place = places[at % places.length];
  if (!place) return value === GONE ? {} : value;
  const copy = structuredClone(json);
  let holder = copy as Record<string, unknown>;
  for (const step of place.slice(0, -1)) holder = holder[step] as Record<string, unknown>;
  const key = place.at(-1) ?? '';
  if (value !== GONE) holder[key] = value;
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
  return copy;
}

export function placesOf(json: unknown): string[][] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([key, value]) => [[key], ...placesOf(value).map((place) => [key, ...place])]);
}
