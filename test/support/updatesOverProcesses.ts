import { expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Place } from './place.ts';
import { startTwo } from './twoProcesses.ts';
import { ask } from './world.ts';

const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  outcomes { status } errors { code retryable } } }`;
const ID = '{ customerByProviderId(provider: CYCLE_SOFTWARE, providerId: "8") { id } }';

/** Nothing that the gateway knows of, in whatever the provider gives. */
const UNKNOWN = { loyalty_points: 7, flags: { vip: true, tags: ['a', 'b'] } };

type Row = Readonly<Record<string, unknown>> & {
  readonly phone_numbers: readonly { readonly phone_number_id: string; readonly phone_number: string }[];
};

/** What each update names, and what the provider calls it: no two the same. */
const NAMED = [
  [{ email: 'new@example.com' }, { email: 'new@example.com' }],
  [{ companyName: 'New Company' }, { company_name: 'New Company' }],
  [{ address: { city: 'Utrecht' } }, { city: 'Utrecht' }],
  ...Object.entries({
    ...{ attn: 'attn', cocNumber: 'coc_number', customerReference: 'customer_reference', initials: 'initials' },
    ...{ houseNumberPostfix: 'house_number_postfix', title: 'title' },
  }).map(
    ([field, wire]) => [{ cycleSoftware: { [field]: `N${field.length}` } }, { [wire]: `N${field.length}` }] as const,
  ),
] as const;

const UPDATES = 50;
const numberOf = (index: number): string => `06 5555 ${1_000 + index}`;

/** As the provider itself would show it. */
async function rowOf({ env }: Sandbox): Promise<Row> {
  const user = Buffer.from(`${env.CYCLE_SOFTWARE_USERNAME}:${env.CYCLE_SOFTWARE_PASSWORD}`).toString('base64');
  const url = new URL('/api/v1/customers/8.json', env.CYCLE_SOFTWARE_URL);
  return (await (await fetch(url, { headers: { authorization: `Basic ${user}` } })).json()) as Row;
}

/** A provider that takes customers whole loses nothing of what two processes change of one at once. */
export function testUpdatesOverProcesses(name: string, newPlace: () => Promise<Place>): void {
  it(`loses none of ${UPDATES} updates of other fields of one customer at once over two processes, on ${name}`, async () => {
    const { sandbox, urls } = await startTwo(newPlace, { OPERATION_DEADLINE_MS: '60000' });
    const provider = sandbox.provider('cycle-software');
    provider.fault({ kind: 'mutate', method: 'GET', id: '8', change: (json) => ({ ...(json as object), ...UNKNOWN }) });
    const before = await rowOf(sandbox);
    const { data } = await ask(urls[0], ID);
    const found = data?.customerByProviderId as { readonly id: string } | undefined;
    const id = found?.id;
    provider.clearCalls();
    const update = async (index: number): Promise<void> => {
      const said = NAMED[index]?.[0] ?? {
        cycleSoftware: { phoneNumbers: [{ phoneNumber: numberOf(index), name: 'Extra' }] },
      };
      for (;;) {
        const answer = await ask(urls[index % 2] ?? '', UPDATE, { input: { id, ...said } });
        const payload = answer.data?.updateCustomer as {
          readonly outcomes: readonly unknown[];
          readonly errors: readonly { readonly retryable: boolean }[];
        };
        // Who had to wait for too long has sent nothing.
        if (payload.errors.length > 0 && payload.errors.every(({ retryable }) => retryable)) continue;
        expect(payload).toEqual({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
        return;
      }
    };
    await Promise.all(Array.from({ length: UPDATES }, (_, index) => update(index)));

    const after = await rowOf(sandbox);
    const { phone_numbers: _, ...rest } = before;
    expect(after).toMatchObject({ ...rest, ...Object.assign({}, ...NAMED.map(([, wire]) => wire)) });
    const numbers = after.phone_numbers.map(({ phone_number }) => phone_number);
    const old = before.phone_numbers.map(({ phone_number }) => phone_number);
    const added = Array.from({ length: UPDATES - NAMED.length }, (_, index) => numberOf(NAMED.length + index));
    expect(numbers.toSorted()).toEqual([...old, ...added].toSorted());
    const sent = provider.calls.filter(({ method }) => method === 'PUT').map(({ body }) => JSON.parse(body));
    expect(sent).toHaveLength(UPDATES);
    for (const body of sent) expect(body).toMatchObject(UNKNOWN);
    console.log(`${name}: ${UPDATES} updates of one customer at once over two processes, 0 lost`);
  }, 120_000);
}
