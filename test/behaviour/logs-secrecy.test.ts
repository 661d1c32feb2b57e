import { request } from 'undici';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type Fault, type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { bearer } from '../support/callers.ts';
import { CANARY, found, handlesIn, live, PERSON, SILENT_ONES } from '../support/canaries.ts';
import { ATTRIBUTES, startCollector } from '../support/collector.ts';
import { KEY, linesOf, startLogging } from '../support/logging.ts';
import { type Answer, ask } from '../support/world.ts';

/**
 * What leaves the process besides answers: log lines, metrics, traces and the database. Everything personal or secret that goes
 * through it here says "canary", or is collected on the way.
 */

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ customers: 20 });
});
afterAll(() => sandbox.close());

it('at debug, nothing personal is in a log line, a metric or a trace, and nothing secret there or in the database', async () => {
  const collector = await startCollector();
  onTestFinished(() => collector.close());
  const { program, command, stored, store } = startLogging('debug', sandbox, {
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
  const { id, codes, links, read, create, link } = await live(run, sandbox, store);

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

  // Whoever sits at the machine is told by the commands who did what, and nothing of whom it was done to.
  const commands = [['doctor'], ['audit'], ['audit', '--json'], ['writes', 'list', '--all']].map((argv) =>
    command(...argv),
  );
  await Promise.all(commands.map(({ ended }) => ended));
  const printed = commands.map((each) => each.stdout() + each.stderr()).join('\n');

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
  expect(printed).toMatch(/support-desk.*CREATE/);
  expect(printed.match(CANARY)).toBeNull();
  expect(printed.match(SILENT_ONES)).toBeNull();
  expect(found(printed, secrets)).toEqual([]);
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
