import { request } from 'undici';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type Fault, type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { bearer } from '../support/callers.ts';
import { ATTRIBUTES, startCollector } from '../support/collector.ts';
import { KEY, linesOf, startLogging } from '../support/logging.ts';
import { restIn } from '../support/verification.ts';
import { type Answer, ask } from '../support/world.ts';

/**
 * What leaves the process besides answers: log lines, metrics, traces and the database. Everything personal or secret that goes
 * through it here says "canary", or is collected on the way.
 */

const PERSON = {
  ...{ kind: 'BUSINESS', firstName: 'Canaryfirst', lastName: 'Canarylast', companyName: 'Canary & Sons' },
  ...{ email: 'canary@canary.example', phone: '+31612347777', taxId: 'NL859967110B01' },
  address: {
    line1: 'Canarystraat 7a',
    line2: 'Canary floor',
    city: 'Canaryville',
    postalCode: '1987 CN',
    country: 'NL',
  },
};
/** Of the canaries, what doesn't say so. */
const SILENT_ONES = /612347777|859967110|1987\s?CN/i;
const CANARY = /canar/i;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ customers: 20 });
});
afterAll(() => sandbox.close());

/** Whatever an answer holds under a key that names an id, a cursor or a link. */
function handlesIn(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (typeof value !== 'object' || value === null) return found;
  for (const [name, inner] of Object.entries(value)) {
    if (
      typeof inner === 'string' &&
      /^(?!requestId$)(id|.*Id|.*_id|.*[cC]ursor|url|.*Url|.*_url|.*[tT]oken)$/.test(name)
    )
      found.add(inner);
    else handlesIn(inner, found);
  }
  return found;
}

it('at debug, nothing personal is in a log line, a metric or a trace, and nothing secret there or in the database', async () => {
  const collector = await startCollector();
  onTestFinished(() => collector.close());
  const { program, stored, store } = startLogging('debug', sandbox, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace('//', '//canary:canary-password@'),
    OTEL_EXPORTER_OTLP_HEADERS: 'x-canary=canary-header',
  });
  const { url } = await program.ready();
  const handles = new Set<string>();
  let asked = 0;
  const run = async (query: string, variables: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> => {
    const answer = await ask(url, `# canary comment\n${query}`, variables, {
      ...bearer(KEY),
      'user-agent': 'canary/1.0',
      cookie: 'canary=1',
      ...headers,
    });
    asked += 1;
    handlesIn(JSON.parse(answer.text), handles);
    return answer;
  };
  const first = (answer: Answer) => Object.values(answer.data ?? {})[0] as Record<string, unknown>;
  const faultless = (answer: Answer) => {
    expect(answer.errors).toEqual([]);
    expect(first(answer).errors ?? []).toEqual([]);
    return answer;
  };

  // Writes, and reads of everything that was written.
  const onboardFlow = {
    customerId: 'cus_canary',
    userId: 'user_canary',
    hasPaymentMethod: true,
    imageUrl: 'https://canary.example/face.png',
  };
  const own = {
    onboardFlow,
    octobat: { name: 'Canary Billing' },
    cycleSoftware: {
      attn: 'Canary attn',
      title: 'Canary title',
      initials: 'C.',
      customerReference: 'canary-ref',
      phoneNumbers: [{ phoneNumber: '0612347777', name: 'canary phone' }],
    },
    dirtyLemon: { phoneCountry: 'NL' },
  };
  const providers = ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON', 'ONBOARD_FLOW'];
  const everything = `id displayName firstName lastName companyName email phone taxId address { lines rawCountry }
    octobat { id name email paymentSources { id } } cycleSoftware { attn phoneNumbers { phoneNumberId phoneNumber } } onboardFlow { customerId imageUrl }
    dirtyLemon { phoneNumber unconfirmedPhoneNumber } verification { phone } problems { message } dataQuality { message }
    records { id provider providerId raw extension { id } problem { message } }`;
  const create = `mutation Create($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { ${everything} }
    outcomes { request changes { before after } record { id } } errors { code message field } } }`;
  const input = { ...PERSON, ...own, providers };
  faultless(await run(create, { input: { ...input, dryRun: true } }));
  const created = faultless(await run(create, { input }));
  const { id, records } = first(created).customer as {
    id: string;
    records: { provider: string; providerId: string }[];
  };
  const read = `query Read($id: ID!) { canaryAlias: customer(id: $id) { ${everything} } }`;
  expect((await run(read, { id })).text).toMatch(/Canaryfirst/);
  faultless(await run('query List { customers(first: 5) { edges { cursor node { id } } pageInfo { endCursor } } }'));
  const find = 'query Find($f: CustomerFilter!) { customers(filter: $f) { nodes { id email } } }';
  faultless(await run(find, { f: { providers: ['CYCLE_SOFTWARE'], email: PERSON.email } }));
  faultless(
    await run(find, {
      f: { providers: ['CYCLE_SOFTWARE'], phone: '0612347777', phoneCountry: 'NL', postalCode: '1987CN' },
    }),
  );
  faultless(
    await run(
      'mutation Update($input: UpdateCustomerInput!) { updateCustomer(input: $input) { outcomes { changes { before after } } errors { code } } }',
      {
        input: {
          id,
          companyName: 'Canary & Daughters',
          cycleSoftware: { title: 'Canary title 2' },
          providers: ['OCTOBAT', 'CYCLE_SOFTWARE'],
        },
      },
    ),
  );
  await run('query Lookup($id: String!) { customerByProviderId(provider: ONBOARD_FLOW, providerId: $id) { id } }', {
    id: 'cus_canary',
  });

  // Codes and links.
  const codes = ['canary-code'];
  const confirm =
    'mutation Confirm($input: ConfirmCustomerInput!) { confirmCustomer(input: $input) { customer { id } errors { code message } } }';
  await run(confirm, { input: { id, confirmationToken: 'canary-code' } });
  await restIn(store(), records);
  faultless(
    await run(
      'mutation Again($input: RequestCustomerConfirmationInput!) { requestCustomerConfirmation(input: $input) { errors { code } } }',
      { input: { id } },
    ),
  );
  for (const { text } of sandbox.provider('dirty-lemon').messages) codes.push(/\d{4,}/.exec(text)?.[0] ?? '');
  faultless(await run(confirm, { input: { id, confirmationToken: codes.at(-1) } }));
  const link =
    'mutation Link($input: CreateSelfServiceLinkInput!) { createSelfServiceLink(input: $input) { url errors { code } } }';
  const kinds = ['CARD', 'BILLING_ADDRESS', 'SHIPPING_ADDRESS', 'BILLING_PAGE'];
  const links: string[] = [];
  for (const kind of kinds)
    links.push(
      String(first(faultless(await run(link, { input: { id, kind } }, { 'x-request-id': `link-${kind}` }))).url),
    );
  expect(links.every((text) => URL.canParse(text))).toBe(true);

  // Everything that can go wrong, with something to say about it.
  for (const fault of [
    { kind: 'status', status: 500, body: 'canary at db-7.canary.internal' },
    { kind: 'status', status: 422, body: { errors: [{ message: 'canary', value: PERSON.email }] } },
    { kind: 'status', status: 429, headers: { 'retry-after': 'canary' } },
    { kind: 'status', status: 401, body: 'canary' },
    { kind: 'redirect', to: 'http://canary.example/' },
    { kind: 'html' },
    { kind: 'invalidJson' },
    { kind: 'truncated' },
    { kind: 'reset' },
    { kind: 'silent' },
    { kind: 'json', body: { canary: 'canary' } },
    { kind: 'mutate', change: renamed },
  ] as const) {
    await struck(fault, () => run(read, { id }));
    await struck({ ...fault, method: 'POST' }, () =>
      run(create, { input: { ...PERSON, providers: ['OCTOBAT', 'CYCLE_SOFTWARE'] } }),
    );
    await struck(fault, () =>
      run(link, { input: { id, kind: 'BILLING_PAGE' } }, { 'x-request-id': `fault-${fault.kind}` }),
    );
  }
  await run('{ canaryField }');
  await run('query canary {');
  await run('query V($n: DateTime) { provider(name: OCTOBAT) { records(changedSince: $n) { totalCount } } }', {
    n: 'canary',
  });
  await run('{ customer(id: "canary") { id } }');
  await run('{ provider(name: CANARY) { name } }');
  await run('{ __typename }', {}, bearer('canary-other-key'));
  await run(
    '{ __typename }',
    {},
    { 'x-request-id': '<canary>', 'x-canary': 'canary', 'cache-control': 'max-age=canary' },
  );
  await run('{ __typename }', {}, { accept: 'application/json;canary' });
  const get = (path: string) =>
    request(new URL(path, url), { headers: { ...bearer(KEY), accept: 'application/json' } }).then(({ body }) =>
      body.text(),
    );
  await get(`/graphql?query={canary}&access_token=${KEY}`);
  await get('/canary?canary=canary');
  await request(url, { method: 'POST', headers: { ...bearer(KEY), 'content-type': 'text/canary' }, body: 'canary' });
  await request(url, {
    method: 'POST',
    headers: { ...bearer(KEY), 'content-type': 'application/json' },
    body: '{"canary',
  });

  const metrics = await get('/metrics');
  const whileRunning = stored();
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual({ code: 0, signal: null });
  const said = program.stdout() + program.stderr();
  const lines = linesOf(program.stderr());

  // It was there to be seen.
  expect(asked).toBeGreaterThan(40);
  expect(lines.filter(({ msg }) => msg === 'operation').length).toBeGreaterThan(40);
  expect(lines.filter(({ msg }) => msg === 'provider call').length).toBeGreaterThan(40);
  expect(handles.size).toBeGreaterThan(30);
  expect(program.stdout().trimEnd().split('\n')).toHaveLength(1);

  // And nowhere else.
  const credentials = Object.entries(sandbox.env)
    .filter(([name]) => !name.endsWith('_URL'))
    .map(([, value]) => value);
  const encoded = credentials.flatMap((text) => [text, btoa(text), btoa(`${text}:`)]);
  const secrets = [...encoded, ...codes, ...links, KEY].filter((text) => text.length > 3);
  const traces = collector.texts.join('\n');
  for (const text of [said, metrics, traces]) {
    expect(text.match(CANARY)).toBeNull();
    expect(text.match(SILENT_ONES)).toBeNull();
    expect(found(text, [...secrets, ...[...handles].filter((each) => each.length > 3), 'createCustomer('])).toEqual([]);
  }
  for (const text of [whileRunning, stored()]) {
    expect(text).toContain('Canaryfirst');
    expect(found(text, secrets)).toEqual([]);
  }

  // What a trace says is what was decided to be, too: the names are in the code, and the words that a caller chose are few.
  const names = new Set(collector.spans.flatMap(({ attributes }) => Object.keys(attributes)));
  expect([...names].filter((name) => !ATTRIBUTES.includes(name))).toEqual([]);
  const operations = collector.spans.filter(({ kind }) => kind === 'SERVER');
  expect(operations.length).toBeGreaterThan(40);
  expect(collector.spans.filter(({ kind }) => kind === 'CLIENT').length).toBeGreaterThan(40);

  // What is logged is what was decided to be: nothing else has a name there.
  const known = [
    'level',
    'time',
    'msg',
    'requestId',
    'caller',
    'type',
    'name',
    'document',
    'outcome',
    'ms',
    'provider',
    'method',
    'route',
    'attempts',
    'durationMs',
    'queuedMs',
  ];
  expect([...new Set(lines.flatMap((line) => Object.keys(line)))].filter((name) => !known.includes(name))).toEqual([]);
  expect(lines.filter(({ msg }) => !['operation', 'provider call'].includes(msg))).toEqual([]);
});

/** Does something while every provider goes wrong once. */
async function struck(fault: Fault, work: () => Promise<unknown>): Promise<void> {
  for (const provider of sandbox.providers) provider.fault({ ...fault, times: 1 });
  await work();
  for (const provider of sandbox.providers) provider.clearFaults();
}

/** Which of these stand in a text; digits by themselves, as they would be found in any time or duration. */
const found = (text: string, needles: readonly string[]): string[] =>
  needles.filter((needle) =>
    /^\d+$/.test(needle) ? new RegExp(`(?<![\\w.:])${needle}(?![\\w.])`).test(text) : text.includes(needle),
  );

/** Line breaks and colours in every name. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      /name$/.test(name) && typeof inner === 'string'
        ? `Canary\n{"level":60,"msg":"forged"}\r\n\u001b[31mred`
        : renamed(inner),
    ]),
  );
}
