import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Provider } from '../../src/contract/provider.ts';
import { type Edit, edited, someEdits } from '../support/hostile/values.ts';
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
