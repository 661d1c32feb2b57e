import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { bearer } from '../support/callers.ts';
import { KEY, linesOf, startLogging } from '../support/logging.ts';
import { ask } from '../support/world.ts';

/** What is noted down of who did what, whatever else is logged. */

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ customers: 20 });
});
afterAll(() => sandbox.close());

it('who makes a link is noted down even where only errors are logged', async () => {
  const { program } = startLogging('error', sandbox);
  const { url } = await program.ready();
  const { data } = await ask(
    url,
    '{ customerByProviderId(provider: OCTOBAT, providerId: "oc_cu_1421878635hksc26e4de79") { id } }',
    {},
    bearer(KEY),
  );
  const { id } = (data as { customerByProviderId: { id: string } }).customerByProviderId;
  await ask(
    url,
    'mutation ($id: ID!) { createSelfServiceLink(input: { id: $id, kind: BILLING_PAGE }) { url } }',
    { id },
    { ...bearer(KEY), 'x-request-id': 'mine' },
  );
  program.child.kill('SIGTERM');
  await program.ended;
  expect(linesOf(program.stderr())).toMatchObject([
    {
      msg: 'audit',
      caller: 'support-desk',
      provider: 'octobat',
      kind: 'BILLING_PAGE',
      requestId: 'mine',
      outcome: 'SUCCEEDED',
    },
  ]);
});
