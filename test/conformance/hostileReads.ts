import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Provider } from '../../src/contract/provider.ts';
import { providerNames } from '../../src/contract/provider.ts';
import { type Origin, startOrigin } from '../support/origin.ts';
import type { Answer } from '../support/world.ts';
import { HARMLESS, hostileAnswers, LATE } from './answers.ts';
import { createOne, someRecords } from './reading.ts';
import { expectDiscreet, isNative, type Subject, TIMEOUT_MS } from './subject.ts';

/** What comes of every hostile answer in every field that is answered from it, all in one operation. */
export function testHostileReads(provider: Provider, providers: readonly Provider[], subject: () => Subject): void {
  const others = providers.filter((each) => each.id !== provider.id && isNative(each, 'CREATE'));
  const linked = isNative(provider, 'CREATE') && others.length > 0;
  let faces: Faces;
  let elsewhere: Origin;
  beforeAll(async () => {
    elsewhere = await startOrigin((_, response) => response.end('{}'));
    faces = await prepare(subject(), linked ? [provider, ...others] : []);
  });
  afterAll(() => elsewhere.close());

  const ask = async () => {
    // Faces are many calls, and some of them are made again.
    subject().goOn(10_000);
    subject().received();
    return subject().ask(faces.query, faces.variables);
  };

  /** One that has failed very often is left alone, until one call has found out that it is back. */
  const isBack = async () => {
    const found = `query ($id: String!) { customerByProviderId(provider: ${faces.constant}, providerId: $id) { id } }`;
    subject().goOn(10_000);
    await subject().ask(found, { id: faces.variables.providerId ?? '' });
  };

  it('shows every face of a provider that is well', async () => {
    const answer = await ask();
    expect(answer.errors).toEqual([]);
    expectWell(answer, faces);
    expect(subject().received()).toEqual({ reads: expect.any(Array), writes: [] });
  });

  it.each(HARMLESS.map((fault) => [fault.kind, fault] as const))(
    'takes an answer for what it is: %s',
    async (_, fault) => {
      subject().sandbox.fault(fault);
      for (let time = 0; time < 3; time++) {
        const answer = await ask();
        expect(answer.errors).toEqual([]);
        expectWell(answer, faces);
      }
    },
  );

  it.each(hostileAnswers('http://elsewhere.invalid', 0).map(({ name }, index) => [name, index] as const))(
    'never believes %s, asks for nothing more often than may help, and loses nobody else’s data',
    async (_, index) => {
      await ask();
      const { reads } = subject().received();
      const [hostile] = hostileAnswers(elsewhere.url, subject().clock.now()).slice(index);
      if (!hostile) throw new Error('there is no such answer');
      subject().sandbox.fault(hostile.fault);
      const answer = await ask();
      expectFailed(answer, faces, hostile.codes, hostile.retryAfterMs);
      expectNoMore(subject().received().reads, reads, hostile.goesAgain ? 3 : 1);
      expect(elsewhere.connections).toBe(0);
      expect({}).not.toHaveProperty('polluted');
      subject().sandbox.clearFaults();
      await isBack();
      expectWell(await ask(), faces);
    },
  );

  it('waits for nobody longer than it may, however they are late, and leaves no call behind', async () => {
    for (const fault of LATE) subject().sandbox.fault({ ...fault, times: 6 });
    subject().sandbox.fault({ kind: 'silent' });
    const startedAt = performance.now();
    const answers = await Promise.all(Array.from({ length: 4 }, ask));
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + 3_000);
    for (const answer of answers) expectFailed(answer, faces, ['PROVIDER_TIMEOUT', 'PROVIDER_UNAVAILABLE']);
    await expect.poll(() => subject().sandbox.inFlight, { timeout: 5_000 }).toBe(0);
  });

  it('fails at once while connections are refused, and is well again when they are not', async () => {
    await subject().sandbox.down();
    expectFailed(await ask(), faces, ['PROVIDER_UNAVAILABLE']);
    await subject().sandbox.up();
    await isBack();
    expectWell(await ask(), faces);
  });

  it('refuses the record of another id than was asked for', async () => {
    subject().sandbox.fault({ kind: 'wrongId' });
    const { data, errors } = await ask();
    expect(data.alone).toBeNull();
    expect(data.record).toMatchObject({ servedFrom: 'UNAVAILABLE', problem: { code: 'PROVIDER_BAD_RESPONSE' } });
    expect(data.extension).toBeNull();
    if (linked) expect(data.linked).toMatchObject({ [faces.field]: null, email: faces.email });
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['PROVIDER_BAD_RESPONSE']));
  });

  it('takes a 404 for nobody, without an error, and keeps the record’s place', async () => {
    subject().sandbox.fault({ kind: 'status', status: 404, body: '<h1>hunter2</h1>' });
    const answer = await subject().ask(faces.recordsQuery, faces.variables);
    expect(answer.errors).toEqual([]);
    expect(answer.data).toMatchObject({ alone: null, record: null, extension: null });
    if (!linked) return;
    const { records, email, ...customer } = answer.data.linked;
    expect([email, customer[faces.field]]).toEqual([faces.email, null]);
    const own = records.find(({ provider: name }: { provider: string }) => name === faces.constant);
    expect(own).toMatchObject({
      servedFrom: 'DIRECTORY',
      missingSince: expect.any(String),
      displayName: expect.any(String),
    });
    expect(own.problem).not.toBeNull();
    expectDiscreet(answer);
  });
}

/** Each as often as where all is well, or so many times as often; fewer where the provider is left alone by then. */
function expectNoMore(reads: readonly string[], well: readonly string[], times: number): void {
  expect(reads.length).toBeGreaterThan(0);
  const count = (all: readonly string[], one: string): number => all.filter((each) => each === one).length;
  for (const read of new Set(reads)) expect(count(reads, read)).toBeLessThanOrEqual(times * count(well, read));
}

/** One operation that looks at the provider from every side, and what it must be asked with. */
interface Faces {
  readonly query: string;
  /** The same without lists. */
  readonly recordsQuery: string;
  readonly variables: Readonly<Record<string, string | null>>;
  readonly constant: string;
  readonly field: string;
  readonly title: string;
  /** Of the linked customer, which other providers know too. */
  readonly email: string;
  readonly otherFields: readonly string[];
  readonly searches: boolean;
}

const PROBLEM = 'problem { code message provider retryable retryAfterMs }';
const RECORD = `id provider servedFrom fetchedAt missingSince displayName email raw extension { id } ${PROBLEM}`;
const COVERED = 'nodes { id } coverage { provider extent records reason }';

async function prepare(subject: Subject, linkedAt: readonly Provider[]): Promise<Faces> {
  const { constant, field, provider } = subject;
  const known = await someoneWithEmail(subject);
  const input = linkedAt.length > 0 ? await subject.createInput(linkedAt) : null;
  const created =
    input &&
    (await subject.ask(
      'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id } errors { code message } } }',
      { input },
    ));
  if (created) expect([created.errors, created.data.createCustomer.errors]).toEqual([[], []]);
  const fields = linkedAt.map(({ id }) => providerNames(id).field);
  const searches = isNative(provider, 'SEARCH');
  const records = `
    alone: customerByProviderId(provider: ${constant}, providerId: $providerId) { id email }
    record: node(id: $record) { ... on CustomerRecord { ${RECORD} } }
    extension: node(id: $extension) { id }
    ${input ? `linked: customer(id: $linked) { id displayName email problems { code provider message retryAfterMs } records { ${RECORD} } ${fields.map((name) => `${name} { id }`).join(' ')} }` : ''}`;
  const lists = `
    page: provider(name: ${constant}) { records(first: 5) { nodes { id } } }
    list: customers(first: 1, filter: { providers: [${constant}] }) { ${COVERED} }
    ${searches ? `found: customers(first: 1, filter: { providers: [${constant}], email: ${JSON.stringify(known.email)} }) { ${COVERED} }` : ''}`;
  const variables = `($providerId: String!, $record: ID!, $extension: ID!${input ? ', $linked: ID!' : ''})`;
  return {
    query: `query ${variables} { ${records} ${lists} }`,
    recordsQuery: `query ${variables} { ${records} }`,
    variables: {
      ...{ providerId: known.providerId, record: known.record, extension: known.extension },
      ...(created && { linked: created.data.createCustomer.customer.id }),
    },
    ...{ constant, field, title: provider.title, searches },
    email: String(input?.email ?? ''),
    otherFields: fields.filter((name) => name !== field),
  };
}

interface Someone {
  readonly providerId: string;
  readonly record: string;
  readonly extension: string;
  readonly email: string;
}

/** Whom the provider knows by an email address, so that a search finds them. */
async function someoneWithEmail(subject: Subject): Promise<Someone> {
  const known = isNative(subject.provider, 'LIST')
    ? await someRecords(subject)
    : [(await createOne(subject)).providerId];
  for (const providerId of known) {
    const { data } = await subject.ask(
      `query ($id: String!) { customerByProviderId(provider: ${subject.constant}, providerId: $id) {
        email records { id extension { id } } } }`,
      { id: providerId },
    );
    const { email, records } = data.customerByProviderId;
    if (email) return { providerId, email, record: records[0].id, extension: records[0].extension.id };
  }
  throw new Error('nobody there has an email address');
}

function expectWell({ data, errors }: Answer, { constant, field, otherFields, email, searches }: Faces): void {
  expect(errors).toEqual([]);
  expect(data).toMatchObject({
    alone: { id: expect.any(String) },
    record: { provider: constant, servedFrom: 'LIVE', problem: null, extension: { id: expect.any(String) } },
    extension: { id: expect.any(String) },
    page: { records: { nodes: expect.any(Array) } },
    list: { coverage: [{ provider: constant, extent: expect.not.stringMatching('FAILED') }] },
    ...(searches && { found: { coverage: [{ provider: constant, extent: 'COMPLETE' }] } }),
  });
  if (otherFields.length === 0) return;
  expect(data?.linked).toMatchObject({ email, problems: [] });
  for (const name of [field, ...otherFields]) expect(data?.linked).toHaveProperty([name, 'id']);
}

/** The contract's "How reads fail", face by face. */
function expectFailed(
  answer: Answer,
  faces: Faces,
  codes: readonly string[],
  retryAfterMs?: readonly [number, number],
): void {
  const { data, errors } = answer;
  const { constant, field, otherFields, searches } = faces;
  expectDiscreet(answer);
  expect(answer.status).toBe(200);

  const isLinked = otherFields.length > 0;
  const paths = ['alone', 'extension', 'page.records', ...(isLinked ? [`linked.${field}`] : [])];
  expect(errors.map(({ path }) => path?.join('.')).sort()).toEqual([...paths].sort());
  for (const { extensions } of errors) {
    expect(codes).toContain(extensions.code);
    expect(extensions.provider).toBe(constant);
    expectRetry(extensions, retryAfterMs);
  }

  expect(data).toMatchObject({ alone: null, extension: null, page: { records: null } });
  const unavailable = {
    ...{ provider: constant, servedFrom: 'UNAVAILABLE', fetchedAt: null, displayName: null, email: null },
    ...{ raw: null, extension: null, problem: { code: expect.any(String), provider: constant } },
  };
  const record = data?.record as RecordFace;
  expect(record).toMatchObject(unavailable);
  expect(codes).toContain(record.problem?.code);
  expectRetry(record.problem, retryAfterMs);

  // A list comes from the directory; only the provider's own search has failed.
  for (const [face, extents] of [
    ['list', /PARTIAL|KNOWN_ONLY/],
    ...(searches ? ([['found', /PARTIAL|FAILED/]] as const) : []),
  ] as const) {
    expect(data?.[face]).toMatchObject({
      nodes: expect.any(Array),
      coverage: [
        { provider: constant, extent: expect.stringMatching(extents), reason: expect.stringMatching(/\w.*\.$/) },
      ],
    });
  }
  if (!isLinked) return;

  const linked = data?.linked as { readonly records: readonly RecordFace[]; readonly problems: readonly object[] };
  expect(linked).toMatchObject({ [field]: null, email: faces.email, displayName: expect.any(String) });
  for (const name of otherFields) expect(linked).toHaveProperty([name, 'id']);
  expect(linked.problems).toMatchObject([{ provider: constant }]);
  expect(linked.records).toHaveLength(otherFields.length + 1);
  for (const each of linked.records) {
    if (each.provider === constant) expect(each).toMatchObject(unavailable);
    else expect(each).toMatchObject({ servedFrom: expect.stringMatching(/^LIVE$|^LAST_SENT$/), problem: null });
  }
}

interface RecordFace {
  readonly provider: string;
  readonly problem: { readonly code: string; readonly retryAfterMs: number | null } | null;
}

interface Told {
  readonly code: string;
  readonly retryAfterMs?: number | null;
}

function expectRetry(problem: Told | null, bounds: readonly [number, number] | undefined): void {
  const told = problem?.retryAfterMs ?? null;
  // One that is left alone by now is so for two seconds.
  const [least, most] = bounds ?? (problem?.code === 'PROVIDER_UNAVAILABLE' ? [0, 2_000] : [0, 0]);
  if (problem?.code !== 'PROVIDER_UNAVAILABLE') expect(told === null).toBe(!bounds);
  expect(told ?? 0).toBeGreaterThanOrEqual(least);
  expect(told ?? 0).toBeLessThanOrEqual(most);
}
