import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { type Asked, markOfCall } from '../../test/support/roundMutations.ts';
import type { Payload, Way } from './way.ts';

interface Entry extends Asked {
  /** The last answer; null: there was none. */
  readonly answer: Payload | null;
}

export interface Findings {
  readonly asked: number;
  readonly acknowledged: number;
  readonly unanswered: number;
  readonly unknown: number;
  /** Acknowledged, and its provider has not done it or does not show it. */
  readonly lost: readonly string[];
  /** Done more than once. */
  readonly doubled: readonly string[];
}

const FIND = 'query ($email: String!) { customers(filter: { email: $email }) { nodes { id } } }';
const READ = 'query ($id: ID!) { customer(id: $id) { verification { state } records { provider email } } }';

interface Read {
  readonly verification: { readonly state: string } | null;
  readonly records: readonly { readonly provider: string; readonly email: string | null }[];
}

/** What callers were told of their writes, to be held against what the providers have done. */
export class Ledger {
  readonly #entries: Entry[] = [];

  add(asked: Asked, answer: Payload | null): void {
    this.#entries.push({ ...asked, answer });
  }

  get size(): number {
    return this.#entries.length;
  }

  /** When nothing fails any more. */
  async compare(sandbox: Sandbox, way: Way): Promise<Findings> {
    const done = doneBy(sandbox);
    const lost: string[] = [];
    let acknowledged = 0;
    for (const entry of this.#entries) {
      const told = entry.answer?.outcomes.filter(({ status }) => status === 'SUCCEEDED') ?? [];
      if (told.length === 0) continue;
      acknowledged += told.length;
      const read = await readOf(entry, way);
      for (const { provider } of told) {
        const mark = `${provider.toLowerCase().replaceAll('_', '-')} ${entry.mark}`;
        if (!done.has(mark)) lost.push(`${mark}: not done`);
        else if (!shows(read, entry, provider)) lost.push(`${mark}: not shown`);
      }
    }
    const statuses = this.#entries.flatMap(({ answer }) => answer?.outcomes ?? []).map(({ status }) => status);
    return {
      asked: this.#entries.length,
      acknowledged,
      unanswered: this.#entries.filter(({ answer }) => answer === null).length,
      unknown: statuses.filter((status) => status === 'OUTCOME_UNKNOWN').length,
      lost,
      doubled: [...done].flatMap(([mark, times]) => (times > 1 ? [mark] : [])),
    };
  }
}

/** What is there of whom it was about. An answer may come without him, where he could not be read just then. */
async function readOf({ answer, input, email }: Entry, way: Way): Promise<Read | null> {
  const found = async (): Promise<unknown> => {
    const data = await way.ask(FIND, { email });
    return (data?.customers as { readonly nodes: readonly { readonly id: string }[] } | undefined)?.nodes[0]?.id;
  };
  const id = answer?.customer?.id ?? input.id ?? (await found());
  const data = await way.ask(READ, { id }, 'no-cache');
  return (data?.customer as Read | undefined) ?? null;
}

function shows(read: Read | null, { email, mark }: Entry, provider: string): boolean {
  if (email !== null) return read?.records.some((each) => each.provider === provider && each.email === email) ?? false;
  return !mark.endsWith('/confirm') || read?.verification?.state === 'VERIFIED';
}

/** How often each provider has done each thing, not how often it was asked for: it may have refused, or failed before. */
function doneBy(sandbox: Sandbox): ReadonlyMap<string, number> {
  const done = new Map<string, number>();
  for (const { id, calls } of sandbox.providers)
    for (const call of calls) {
      const { method, status, fault } = call;
      // Connections are reset here only behind what was done, by weather.ts.
      const isDone = (status !== null && status < 300) || fault === 'reset';
      if (method === 'GET' || !isDone) continue;
      const mark = markOfCall(id, call);
      done.set(mark, (done.get(mark) ?? 0) + 1);
    }
  return done;
}
