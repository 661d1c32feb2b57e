import type { Clock } from './clock.ts';
import type { ProviderOperation } from './contract/capabilities.ts';
import type { Connection, Page, Provider } from './contract/provider.ts';
import { GatewayError } from './errors.ts';
import type { CallLimits } from './http/transport.ts';

/** What became of trying one operation of a provider. Nothing of a customer is told. */
export interface Probe {
  readonly operation: ProviderOperation;
  /** What came, where it works; null: it could not be tried. */
  readonly works: string | null;
  readonly problem: GatewayError | null;
  readonly ms: number;
}

export interface Probing {
  readonly provider: Provider;
  readonly connection: Connection;
  readonly clock: Clock;
  /** How long one operation may take. */
  readonly deadlineMs: number;
}

/** Nobody's: the domain is kept for such (RFC 6761). */
const NOBODY = 'nobody@clientele.invalid';

const LATELY_MS = 60_000;

/** @returns what came, null where there was nothing to ask for */
type Question = (limits: CallLimits) => Promise<string | null>;

/**
 * Asks a provider for whatever it can be asked for without writing to it, one after the other.
 * @returns nothing where it can only be written to
 */
export async function probe({ provider, connection, clock, deadlineMs }: Probing): Promise<readonly Probe[]> {
  const probes: Probe[] = [];
  for (const [operation, ask] of questionsTo(provider, connection, clock)) {
    const startedAt = clock.elapsed();
    const told = await ask({ deadlineAt: startedAt + deadlineMs }).catch(problemOf);
    const [works, problem] = told instanceof GatewayError ? [null, told] : [told, null];
    probes.push({ operation, works, problem, ms: Math.round(clock.elapsed() - startedAt) });
  }
  return probes;
}

function questionsTo(
  { unusedId, capabilities }: Provider,
  { list, read, find }: Connection,
  clock: Clock,
): readonly (readonly [ProviderOperation, Question])[] {
  const questions: [ProviderOperation, Question][] = [];
  let id = unusedId;
  if (list) {
    questions.push([
      'LIST',
      async (limits) => {
        const page = await list({ mark: null, changedSince: null }, limits);
        id = page.records[0]?.providerId ?? id;
        return `${customers(page.records.length)} on the first page${restOf(page)}`;
      },
    ]);
  }
  if (read) {
    questions.push([
      'READ',
      async (limits) => {
        if (id === undefined) return null;
        return (await read(id, limits)) ? 'the first of them' : 'knows that there is no such customer';
      },
    ]);
  }
  if (find && capabilities.SEARCH.support === 'NATIVE') {
    questions.push([
      'SEARCH',
      async (limits) => `${customers((await find({ email: NOBODY }, limits)).length)} of ${NOBODY}`,
    ]);
  }
  if (list && capabilities.CHANGED_SINCE.support === 'NATIVE') {
    questions.push([
      'CHANGED_SINCE',
      async (limits) => {
        const page = await list({ mark: null, changedSince: new Date(clock.now() - LATELY_MS) }, limits);
        return `${customers(page.records.length)} within a minute`;
      },
    ]);
  }
  return questions;
}

const customers = (count: number): string => (count === 1 ? '1 customer' : `${count} customers`);

function restOf({ total, next }: Page<unknown>): string {
  if (total !== null) return ` of ${total}`;
  return next === null ? ', and no other' : ', and there are more';
}

function problemOf(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  throw thrown;
}
