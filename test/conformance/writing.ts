import { expect, it } from 'vitest';
import type { Provider } from '../../src/contract/provider.ts';
import { letCodesRest } from '../support/verification.ts';
import { createOne, expectNoSecrets } from './reading.ts';
import { expectDiscreet, isNative, type Subject } from './subject.ts';

export const WRITES = ['CREATE', 'UPDATE', 'CONFIRM', 'REQUEST_CONFIRMATION'] as const;

export type Write = (typeof WRITES)[number];

/** What every mutation with outcomes answers with. */
export interface Payload {
  readonly customer: { readonly id: string } | null;
  readonly outcomes: readonly Outcome[];
  readonly errors: readonly WriteError[];
}

interface Outcome {
  readonly provider: string;
  readonly status: string;
  readonly record: { readonly id: string; readonly providerId: string } | null;
  readonly changes: readonly {
    readonly field: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
  readonly request: unknown;
  readonly error: { readonly code: string } | null;
}

interface WriteError {
  readonly code: string;
  readonly message: string;
  readonly field: readonly string[] | null;
  readonly provider: string | null;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
}

const PAYLOAD = `customer { id }
  outcomes { provider status record { id providerId } changes { field before after } ignoredFields request error { code } }
  errors { code message field provider retryable retryAfterMs }`;

async function run(subject: Subject, mutation: string, type: string, input: unknown): Promise<Payload> {
  const answer = await subject.ask(`mutation ($input: ${type}!) { ${mutation}(input: $input) { ${PAYLOAD} } }`, {
    input,
  });
  expect(answer.errors).toEqual([]);
  expectDiscreet(answer);
  return answer.data[mutation];
}

export const create = (subject: Subject, input: Record<string, unknown>): Promise<Payload> =>
  run(subject, 'createCustomer', 'CreateCustomerInput', input);

const update = (subject: Subject, input: Record<string, unknown>): Promise<Payload> =>
  run(subject, 'updateCustomer', 'UpdateCustomerInput', input);

/** The unified field that is changed when anything is: one that this provider can update. */
function change(
  provider: Provider,
  number: number,
): { readonly path: string; readonly input: object; readonly value: string } {
  const fields = provider.capabilities.UPDATE.fields ?? [];
  if (fields.includes('email')) {
    const value = `new.${number}@example.com`;
    return { path: 'email', input: { email: value }, value };
  }
  const [field = ''] = fields.filter((each) => !['kind', 'phone', 'taxId', 'address.country'].includes(each));
  const [name = '', part] = field.split('.');
  const value = `New ${number}`;
  return { path: field, input: { [name]: part === undefined ? value : { [part]: value } }, value };
}

let changes = 0;

/**
 * Prepares a write: what must be there is made, and the write itself comes when it is called, again with the same key. Any
 * other one is another write: nothing is said twice.
 */
export async function prepare(subject: Subject, write: Write): Promise<() => Promise<Payload>> {
  changes += 1;
  const idempotencyKey = `write ${changes}`;
  if (write === 'CREATE') {
    const input = { ...(await subject.createInput()), idempotencyKey };
    return () => create(subject, input);
  }
  const { customerId: id } = await createOne(subject);
  const about = { id, idempotencyKey };
  if (write === 'UPDATE') {
    const { input } = change(subject.provider, changes);
    return () => update(subject, { ...about, ...input });
  }
  if (write === 'REQUEST_CONFIRMATION') {
    await letCodesRest(subject.world, id);
    return () => run(subject, 'requestCustomerConfirmation', 'RequestCustomerConfirmationInput', about);
  }
  const confirmationToken = codeSentLast(subject);
  return () => run(subject, 'confirmCustomer', 'ConfirmCustomerInput', { ...about, confirmationToken });
}

/** The code that a person would read off their phone. */
function codeSentLast({ sandbox }: Subject): string {
  const code = sandbox.messages.at(-1)?.text;
  if (!code) throw new Error('nobody was sent a code');
  return code;
}

/** What is written of a provider whose answers are well. */
export function testWriting(provider: Provider, subject: () => Subject): void {
  if (isNative(provider, 'CREATE')) {
    it('creates what it is given, by one call, and can say at once what it holds', async () => {
      const input = await subject().createInput();
      subject().received();
      const { customer, outcomes, errors } = await create(subject(), input);
      expect(errors).toEqual([]);
      expect(outcomes).toMatchObject([
        { provider: subject().constant, status: 'SUCCEEDED', error: null, request: null },
      ]);
      expect(provider.idGrammar.test(outcomes[0]?.record?.providerId ?? '')).toBe(true);
      expect(subject().received().writes).toHaveLength(1);
      const { data } = await subject().ask(
        'query ($id: ID!) { customer(id: $id) { email phone address { city country } records { provider raw } } }',
        { id: customer?.id },
      );
      const { fields = [] } = provider.capabilities.CREATE;
      if (fields.includes('email')) expect(data.customer.email).toBe(input.email);
      if (fields.includes('phone')) expect(data.customer.phone).toBe(input.phone);
      if (fields.includes('address.city')) expect(data.customer.address).toMatchObject({ city: 'Amsterdam' });
      expectNoSecrets(subject(), data);
    });

    it('shows on a dry run what a create would send, without secrets, and sends nothing', async () => {
      const input = await subject().createInput();
      subject().received();
      const { customer, outcomes, errors } = await create(subject(), { ...input, dryRun: true });
      expect([customer, errors, subject().received()]).toEqual([null, [], { reads: [], writes: [] }]);
      expect(outcomes).toMatchObject([{ provider: subject().constant, status: 'PREVIEWED', record: null }]);
      expect(outcomes[0]?.request).toMatchObject({ method: expect.any(String), path: expect.stringMatching(/^\//) });
      const named = outcomes[0]?.changes.map(({ field }) => field);
      if (input.email) expect(named).toContain('email');
      expectNoSecrets(subject(), outcomes);
    });
  }

  if (isNative(provider, 'UPDATE')) {
    it('updates what it is given by one write, and nothing when it has it all', async () => {
      const { customerId: id } = await createOne(subject());
      const { path, input, value } = change(provider, 0);
      subject().received();
      const preview = await update(subject(), { id, ...input, dryRun: true });
      expect(preview.outcomes).toMatchObject([{ status: 'PREVIEWED', request: { path: expect.any(String) } }]);
      expectNoSecrets(subject(), preview);
      expect(subject().received().writes).toEqual([]);

      const { customer, outcomes, errors } = await update(subject(), { id, ...input });
      expect([customer, errors]).toEqual([{ id }, []]);
      expect(outcomes).toMatchObject([{ provider: subject().constant, status: 'SUCCEEDED', error: null }]);
      expect(outcomes[0]?.changes).toContainEqual(expect.objectContaining({ field: path, after: value }));
      expect(subject().received().writes).toHaveLength(1);

      const again = await update(subject(), { id, ...input });
      expect([again.errors, again.outcomes]).toMatchObject([[], [{ status: 'UNCHANGED', changes: [] }]]);
      expect(subject().received().writes).toEqual([]);
    });
  } else {
    it('refuses to be updated when it is named, with its reason, and is asked nothing', async () => {
      const known = subject().sandbox.examples[0];
      const { data } = await subject().ask(
        `query ($id: String!) { customerByProviderId(provider: ${subject().constant}, providerId: $id) { id } }`,
        { id: known },
      );
      subject().received();
      const { id } = data.customerByProviderId;
      const { errors } = await update(subject(), { id, providers: [subject().constant], lastName: 'X' });
      const note = provider.capabilities.UPDATE.note;
      expect(errors).toMatchObject([{ code: 'CAPABILITY_UNSUPPORTED', field: ['providers', '0'], message: note }]);
      expect(subject().received()).toEqual({ reads: [], writes: [] });
    });
  }

  if (!isNative(provider, 'CREATE')) {
    it('refuses a create, with its reason, and is asked nothing', async () => {
      const { errors } = await create(subject(), { providers: [subject().constant], lastName: 'X' });
      const note = provider.capabilities.CREATE.note;
      expect(errors).toContainEqual(
        expect.objectContaining({ code: 'CAPABILITY_UNSUPPORTED', field: ['providers', '0'], message: note }),
      );
      expect(subject().received()).toEqual({ reads: [], writes: [] });
    });
  }

  for (const kind of provider.capabilities.SELF_SERVICE_LINK.linkKinds ?? []) {
    it(`makes a ${kind} link of its own, and hands out no other`, async () => {
      const { customerId: id } = await createOne(subject());
      const link = async () => {
        const answer = await subject().ask(
          `mutation ($id: ID!) { createSelfServiceLink(input: { id: $id, kind: ${kind} }) {
            url expiresAt errors { code message provider } } }`,
          { id },
        );
        expect(answer.errors).toEqual([]);
        return answer.data.createSelfServiceLink;
      };
      const { url, errors } = await link();
      expect(errors).toEqual([]);
      expect(['http:', 'https:']).toContain(new URL(url).protocol);
      for (const wrong of FOREIGN_LINKS) {
        const fault = subject().sandbox.fault({ kind: 'mutate', change: (json) => withLinks(json, wrong) });
        expect([wrong, await link()]).toMatchObject([
          wrong,
          { url: null, expiresAt: null, errors: [{ code: 'PROVIDER_BAD_RESPONSE', provider: subject().constant }] },
        ]);
        fault.remove();
      }
    });
  }
}

const FOREIGN_LINKS = [
  ...[
    'javascript:alert(1)',
    'data:text/html,x',
    'https://evil.example/c/1',
    'http://evil.example/c/1',
    '//evil.example',
  ],
  ...['https://evil.example/octobat.com', 'https://octobat.com.evil.example/', 'ftp://octobat.com/', 'not a link', ''],
  ...['https://user:secret@127.0.0.1/', 'file:///etc/passwd', null, 7],
];

/** The same JSON with another link wherever one stands. */
function withLinks(json: unknown, link: unknown): unknown {
  if (Array.isArray(json)) return json.map((item) => withLinks(item, link));
  if (typeof json === 'object' && json !== null) {
    return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, withLinks(value, link)]));
  }
  return typeof json === 'string' && /^https?:/.test(json) ? link : json;
}
