import { expect, it } from 'vitest';
import type { Place } from './place.ts';
import { startTwo } from './twoProcesses.ts';
import { ask } from './world.ts';

const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id } } }`;
const CONFIRM = 'confirmCustomer(input: $input) { errors { code } }';
/** As one may ask, and as one may try to ask more often at once. */
const DOCUMENTS = [
  `mutation ($input: ConfirmCustomerInput!) { ${CONFIRM} }`,
  `mutation ($input: ConfirmCustomerInput!) { a: ${CONFIRM} b: ${CONFIRM} c: ${CONFIRM} }`,
  `mutation ($input: ConfirmCustomerInput!) { ...F ...G } fragment F on Mutation { a: ${CONFIRM} } fragment G on Mutation { b: ${CONFIRM} }`,
];
const MOST = 5;
const AT_ONCE = 50;

/** A code can’t be guessed: so few guesses of one reach the provider, whichever of two processes is asked in whatever way. */
export function testGuessesOverProcesses(name: string, newPlace: () => Promise<Place>, guesses: number): void {
  it(`lets ${MOST} of ${guesses} guesses of a code through, over two processes, on ${name}`, async () => {
    const { sandbox, urls } = await startTwo(newPlace);
    const lemon = sandbox.provider('dirty-lemon');
    const customer = { firstName: 'Ada', lastName: 'Lovelace', phone: '+31612345678', providers: ['DIRTY_LEMON'] };
    const { data } = await ask(urls[0], CREATE, { input: customer });
    const created = data?.createCustomer as { readonly customer: { readonly id: string } } | undefined;
    const id = created?.customer.id;
    const right = lemon.messages.at(-1)?.text ?? '';
    const guess = (index: number, code: string, document = DOCUMENTS[0] ?? '') =>
      ask(urls[index % 2] ?? '', document, { input: { id, confirmationToken: code } });
    const calls = () => lemon.calls.filter(({ path }) => path.endsWith('/confirm')).length;
    for (let first = 0; first < guesses; first += AT_ONCE) {
      const wrong = Array.from({ length: AT_ONCE }, (_, index) =>
        String((Number(right) + 1 + first + index) % 1_000_000),
      );
      await Promise.all(
        wrong.map((code, index) =>
          guess(index, code.padStart(6, '0'), DOCUMENTS[Math.floor(index / 2) % DOCUMENTS.length]),
        ),
      );
    }
    expect(calls()).toBe(MOST);
    // Nor is the right one tried any more, at either.
    for (const index of [0, 1])
      expect((await guess(index, right)).data?.confirmCustomer).toMatchObject({
        errors: [{ code: 'TOO_MANY_ATTEMPTS' }],
      });
    expect(calls()).toBe(MOST);
    console.log(`${name}: ${guesses} guesses of a code over two processes, ${calls()} reached the provider`);
  }, 120_000);
}
