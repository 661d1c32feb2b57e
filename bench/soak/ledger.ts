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
    for (const { answer, mark, email } of this.#entries) {
      const told = answer?.outcomes.filter(({ status }) => status === 'SUCCEEDED') ?? [];
      if (told.length === 0) continue;
      acknowledged += told.length;
      const data = await way.ask(READ, { id: answer?.customer?.id }, 'no-cache');
      const read = data?.customer as Read | null | undefined;
      for (const { provider } of told) {
        const id = provider.toLowerCase().replaceAll('_', '-');
        const isShown =
          email === null
            ? !mark.endsWith('/confirm') || read?.verification?.state === 'VERIFIED'
            : read?.records.some((record) => record.provider === provider && record.email === email);
        if (!isShown || !done.has(`${id} ${mark}`)) lost.push(`${id} ${mark}`);
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
