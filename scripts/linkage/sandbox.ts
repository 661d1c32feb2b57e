import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import type { Connection } from '../../src/contract/provider.ts';
import { createTransport } from '../../src/http/transport.ts';
import type { Comparing } from '../../src/linkage/comparable.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { createPopulation } from '../../src/sandbox/people.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { LabelledRecord } from './labelled.ts';

const UNLIMITED = 1_000_000_000;
const AT_ONCE = 16;

/** A record as its provider's connection gave it. */
interface Asked {
  readonly id: string;
  readonly wire: unknown;
}

/**
 * Every record of the simulated providers' people, read through the connections that the gateway reads through: from lists
 * where there are any, one by one where there are only reads. OnboardFlow takes events and gives nothing back: its records
 * are what would have been sent.
 */
export async function readSandbox(customers: number, seed: number): Promise<readonly LabelledRecord[]> {
  const settings = { 'cycle-software': { minutelyLimit: UNLIMITED, dailyLimit: UNLIMITED } };
  const sandbox = await startSandbox({ customers, seed, maxCalls: 0, settings });
  const connections = await connect(sandbox);
  try {
    const people = peopleOf(sandbox);
    const records: LabelledRecord[] = [];
    for (const [provider, connection] of connections) {
      const ids = sandbox.truth().flatMap((truth) => truth.records.filter((record) => record.provider === provider));
      const asked = await ask(
        provider,
        connection,
        ids.map(({ id }) => id),
        createPopulation(customers, seed),
      );
      for (const { id, wire } of asked) {
        const name = `${provider} ${id}`;
        const person = people.get(name) ?? name;
        records.push({ id: name, provider, person, profile: profileOf(connection, wire) });
      }
    }
    return records;
  } finally {
    await Promise.all([...connections.values()].map((connection) => connection.close()));
    await sandbox.close();
  }
}

async function connect(sandbox: Sandbox): Promise<ReadonlyMap<string, Connection>> {
  const providers = await loadProviders();
  const config = readConfig({ AUTH: 'none', ...sandbox.env }, providers);
  return new Map(
    providers.flatMap((provider) => {
      const settings = config.providers.get(provider.id);
      if (!settings) return [];
      const connection = provider.connect(settings, {
        clock: systemClock,
        transport: (options) =>
          createTransport({
            ...options,
            provider: provider.id,
            timeoutMs: 60_000,
            clock: systemClock,
            report: () => undefined,
          }),
      });
      return [[provider.id, connection] as const];
    }),
  );
}

/** Whose a record is, as the simulation knows: provider and id → the person. */
function peopleOf(sandbox: Sandbox): ReadonlyMap<string, string> {
  return new Map(
    sandbox
      .truth()
      .flatMap(({ person, records }) =>
        records.map(({ provider, id }) => [`${provider} ${id}`, person === null ? id : `person ${person.number}`]),
      ),
  );
}

type People = ReturnType<typeof createPopulation>;

async function ask(
  provider: string,
  connection: Connection,
  ids: readonly string[],
  people: People,
): Promise<readonly Asked[]> {
  if (connection.list !== undefined) return askForAll(connection);
  if (connection.read !== undefined) return askForEach(connection, ids);
  return [...people.heldBy(provider)].map((number) => {
    const { email, firstName, insertion, lastName } = people.spelled(number, provider);
    const sent = {
      event_date: 0,
      user_id: `user_${number}`,
      customer_id: `cus_${number}`,
      customer_email: email ?? '',
      customer_first_name: firstName,
      customer_last_name: [insertion, lastName].filter(Boolean).join(' '),
      customer_has_payment_method: false,
    };
    return {
      id: `cus_${String(number).padStart(6, '0')}`,
      wire: connection.recall?.({ sent, event: EVENT, acceptedAt: ACCEPTED_AT }),
    };
  });
}

const ACCEPTED_AT = '2026-01-01T00:00:00Z';
const EVENT = {
  id: 1,
  event_provider: 'API',
  session_id: null,
  event_date: null,
  event_value: null,
  event_type: null,
  event_meta: { type: 'CUSTOMER_CREATED', created: null },
  created: null,
  updated: null,
};

async function askForAll(connection: Connection): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  let mark: string | null = null;
  do {
    const page: Awaited<ReturnType<NonNullable<Connection['list']>>> | undefined = await connection.list?.(
      { mark, changedSince: null },
      limits(),
    );
    for (const { providerId, wire } of page?.records ?? []) asked.push({ id: providerId, wire });
    mark = page?.next ?? null;
  } while (mark !== null);
  return asked;
}

async function askForEach(connection: Connection, ids: readonly string[]): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const some = ids.slice(start, start + AT_ONCE);
    const wires = await Promise.all(some.map((id) => connection.read?.(id, limits())));
    wires.forEach((wire, index) => {
      if (wire !== null && wire !== undefined) asked.push({ id: some[index] ?? '', wire });
    });
  }
  return asked;
}

const limits = () => ({ deadlineAt: systemClock.elapsed() + 60_000 });

function profileOf({ profile }: Connection, wire: unknown): Comparing {
  return {
    kind: profile.kind?.(wire) ?? null,
    displayName: profile.displayName?.(wire) ?? null,
    firstName: profile.firstName?.(wire) ?? null,
    lastName: profile.lastName?.(wire) ?? null,
    companyName: profile.companyName?.(wire) ?? null,
    email: profile.email?.(wire) ?? null,
    phone: profile.phone?.(wire) ?? null,
    address: profile.address?.(wire) ?? null,
    taxId: profile.taxId?.(wire) ?? null,
  };
}
