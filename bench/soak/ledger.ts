import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { type Asked, markOfCall } from '../../test/support/roundMutations.ts';
import { isOpen, type Payload, type Way } from './way.ts';

interface Entry extends Asked {
  /** The last answer; null: there was none. */
  readonly answer: Payload | null;
}

export interface Findings {
  readonly asked: number;
  readonly acknowledged: number;
  /** As long as things failed. */
  readonly unanswered: number;
  readonly unknown: number;
  /** Acknowledged, and its provider has not done it or does not show it. */
  readonly lost: readonly string[];
  /** Told that it failed, and its provider has done it. */
  readonly denied: readonly string[];
  /** Done more than once. */
  readonly doubled: readonly string[];
  /** Done when everything was over, and once more when it was asked for again by its key. */
  readonly repeated: readonly string[];
  /** Not answered for good even then, though it has a key and nothing fails any more. */
  readonly open: readonly string[];
}

type Call = Sandbox['providers'][number]['calls'][number];

/** The providers, by what they were asked and have done. */
interface Watched {
  readonly providers: readonly {
    readonly id: string;
    readonly calls: readonly Pick<Call, 'method' | 'path' | 'body' | 'status' | 'fault'>[];
  }[];
}

type Asking = Pick<Way, 'ask' | 'told'>;

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
  async compare(sandbox: Watched, way: Asking): Promise<Findings> {
    const before = doneBy(sandbox);
    const unanswered = this.#entries.filter(({ answer }) => answer === null).length;
    const entries = await Promise.all(this.#entries.map((entry) => settled(entry, way)));
    const done = doneBy(sandbox);
    const told = (status: string) =>
      entries.flatMap((entry) => {
        const outcomes = entry.answer?.outcomes.filter((outcome) => outcome.status === status) ?? [];
        return outcomes.map(({ provider }) => ({ entry, provider, mark: markOf(provider, entry) }));
      });
    const acknowledged = told('SUCCEEDED');
    const more = [...done].flatMap(([mark, times]) => (times > 1 ? [mark] : []));
    const isRepeated = (mark: string): boolean => before.has(mark) && before.get(mark) !== done.get(mark);
    return {
      asked: entries.length,
      acknowledged: acknowledged.length,
      unanswered,
      unknown: told('OUTCOME_UNKNOWN').length,
      lost: await lostOf(acknowledged, done, way),
      denied: told('FAILED').flatMap(({ mark }) => (done.has(mark) ? [`${mark}: said to have failed`] : [])),
      doubled: more.filter((mark) => !isRepeated(mark)),
      repeated: more.filter(isRepeated),
      open: entries.flatMap(({ answer, input, mark }) =>
        'idempotencyKey' in input && isOpen(answer) ? [`${mark}: no answer for good`] : [],
      ),
    };
  }
}

/** By the same key, whatever was not answered for good. */
async function settled(entry: Entry, way: Asking): Promise<Entry> {
  if (!('idempotencyKey' in entry.input) || !isOpen(entry.answer)) return entry;
  return { ...entry, answer: (await way.told(entry.mutation, entry.input)) ?? entry.answer };
}

const markOf = (provider: string, { mark }: Entry): string => `${provider.toLowerCase().replaceAll('_', '-')} ${mark}`;

async function lostOf(
  acknowledged: readonly { readonly entry: Entry; readonly provider: string; readonly mark: string }[],
  done: ReadonlyMap<string, number>,
  way: Asking,
): Promise<string[]> {
  const lost: string[] = [];
  const reads = new Map<Entry, Read | null>();
  for (const { entry, provider, mark } of acknowledged) {
    if (!reads.has(entry)) reads.set(entry, await readOf(entry, way));
    if (!done.has(mark)) lost.push(`${mark}: not done`);
    else if (!shows(reads.get(entry) ?? null, entry, provider)) lost.push(`${mark}: not shown`);
  }
  return lost;
}

/** What is there of whom it was about. An answer may come without him, where he could not be read just then. */
async function readOf({ answer, input, email }: Entry, way: Asking): Promise<Read | null> {
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
function doneBy(sandbox: Watched): ReadonlyMap<string, number> {
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
