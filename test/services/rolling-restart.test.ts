import { expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { restartEach, startCluster } from '../support/cluster/cluster.ts';
import { type Answer, ask } from '../support/world.ts';
import { postgresPlace } from './place.ts';
import { REDIS } from './redis.ts';

/** A new version comes, as deploy/README.md says, while callers go on as if nothing were. */

/** Few, so that gateways that start have a processor, too. */
const READERS = 3;
const WRITERS = 1;
/** Of each kind, before anything is restarted and after everything was. */
const ENOUGH = 20;
const PROVIDERS = ['octobat', 'cycle-software'] as const;

const READ = `query ($octobat: String!, $cycle: String!) {
  octobat: customerByProviderId(provider: OCTOBAT, providerId: $octobat) { displayName octobat { name } problems { code } }
  cycle: customerByProviderId(provider: CYCLE_SOFTWARE, providerId: $cycle) { displayName problems { code } } }`;
const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  outcomes { writeId provider status } errors { code } } }`;
const FIND = `query ($email: String!) { customers(filter: { email: $email }) { nodes { records { provider } } } }`;

/** @returns what is wrong with an answer, null where nothing is: with it come as many outcomes as it should have */
async function wrongOf(asked: Promise<Answer>, outcomes = 0): Promise<string | null> {
  try {
    const { status, errors, text } = await asked;
    const done = text.match(/"status":"SUCCEEDED"/g) ?? [];
    const isGood = status === 200 && errors.length === 0 && !text.includes('"code"') && done.length === outcomes;
    return isGood ? null : `${status} ${text}`;
  } catch (error) {
    return String(error);
  }
}

it('a rolling restart of three gateways behind a proxy fails no read, and leaves no write without a record', async () => {
  const place = await postgresPlace();
  onTestFinished(() => place.drop());
  const settings = { 'cycle-software': { minutelyLimit: 1_000_000, dailyLimit: 100_000_000 } };
  const sandbox = await startSandbox({ customers: 0, settings, maxCalls: 1_000_000 });
  onTestFinished(() => sandbox.close());
  const cluster = await startCluster({
    environment: {
      ...{ ...sandbox.env, ...place.settings, REDIS_URL: REDIS, SYNC_INTERVAL: '0', CACHE_MAX_AGE: '0' },
    },
  });
  onTestFinished(() => cluster.close());
  const [octobat, cycle] = PROVIDERS.map((id) => sandbox.provider(id).examples[0]);

  let isOver = false;
  const counted = { reads: 0, writes: 0 };
  let look: () => void = () => undefined;
  /** Resolves when so many more of each have been answered. */
  const more = (): Promise<void> => {
    const { reads, writes } = counted;
    return new Promise((resolve) => {
      look = () => {
        if (counted.reads >= reads + ENOUGH && counted.writes >= writes + ENOUGH) resolve();
      };
    });
  };
  const failed: string[] = [];
  const count = (what: 'reads' | 'writes', wrong: string | null): void => {
    if (wrong !== null) failed.push(`${what}: ${wrong}`);
    counted[what] += 1;
    look();
  };
  const read = async (): Promise<void> => {
    while (!isOver) {
      count('reads', await wrongOf(ask(cluster.url, READ, { octobat, cycle })));
    }
  };
  const emails: string[] = [];
  const write = async (): Promise<void> => {
    while (!isOver) {
      const email = `rolling.${emails.length}@example.com`;
      emails.push(email);
      const input = {
        ...{ firstName: 'Ada', lastName: 'Lovelace', email, address: { country: 'NL' } },
        ...{ providers: ['OCTOBAT', 'CYCLE_SOFTWARE'], idempotencyKey: email },
      };
      count('writes', await wrongOf(ask(cluster.url, CREATE, { input }), PROVIDERS.length));
    }
  };
  const callers = Promise.all([...Array.from({ length: READERS }, read), ...Array.from({ length: WRITERS }, write)]);
  await more();
  const ended = await restartEach(cluster);
  await more();
  isOver = true;
  await callers;

  expect(failed).toEqual([]);
  expect(ended).toEqual([{ code: 0 }, { code: 0 }, { code: 0 }]);
  const store = await place.open();
  onTestFinished(() => store.close());
  expect(await store.writesIn(['INTENT', 'SENT', 'FAILED', 'UNKNOWN'], 1)).toEqual([]);
  for (const id of PROVIDERS)
    expect(sandbox.provider(id).calls.filter(({ method }) => method === 'POST')).toHaveLength(emails.length);
  for (const email of emails) {
    const { data } = await ask(cluster.url, FIND, { email });
    expect(data?.customers).toEqual({
      nodes: [{ records: [{ provider: 'OCTOBAT' }, { provider: 'CYCLE_SOFTWARE' }] }],
    });
  }
}, 60_000);
