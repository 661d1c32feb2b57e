import { createDice } from './random.ts';
import type { Call } from './wire.ts';

/** Which calls a fault strikes: every condition given must hold. */
interface Strikes {
  readonly method?: string;
  /** The path as it is sent. */
  readonly path?: string;
  /** The route as the definition writes it, without the method: `/customers/:id`. */
  readonly route?: string;
  /** The provider's id of the record that is asked for. */
  readonly id?: string;
  /** How often it strikes; without it, until it is removed. */
  readonly times?: number;
  /** How many calls go through unharmed first. */
  readonly skip?: number;
  /** How many in a hundred are struck; without it, all. */
  readonly percent?: number;
  /** The provider does what it was asked, and only then goes wrong: a write whose answer is lost. */
  readonly afterCommit?: boolean;
}

/** Every way to go wrong, with what can be said about it. */
interface FaultKinds {
  /** Any status, with a body of JSON or text. */
  status: { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> };
  /** 200 and a web page. */
  html: { readonly status?: number };
  /** 200 and nothing. */
  empty: { readonly status?: number };
  redirect: { readonly to: string; readonly status?: number };
  /** This JSON instead of the right one. */
  json: { readonly body: unknown };
  /** The right JSON, changed by a function (in code only). */
  mutate: { readonly change: (json: unknown) => unknown };
  /** The right record under another id. */
  wrongId: { readonly as?: string };
  /** 200 with the provider's own way of saying that it failed. */
  error200: { readonly message?: string };
  invalidJson: unknown;
  /** `NaN` where a value should stand. */
  nan: unknown;
  /** A byte order mark before the right JSON. */
  bom: unknown;
  nested: { readonly depth?: number };
  /** The right JSON with `__proto__` and `constructor` among its keys. */
  proto: unknown;
  /** The right answer with other headers; null takes one away. */
  headers: { readonly headers: Readonly<Record<string, string | null>> };
  bigHeaders: { readonly count?: number; readonly size?: number };
  huge: { readonly megabytes?: number };
  /** A small compressed body that unpacks to a large one. */
  gzip: { readonly megabytes?: number };
  /** Half the body: by a length that promises more, a chunk that never ends, or a close without either. */
  truncated: { readonly how?: 'length' | 'chunk' | 'close' };
  /** Takes the request and never answers. */
  silent: unknown;
  stallAfterHeaders: unknown;
  /** A byte every `ms`. */
  drip: { readonly ms?: number };
  /** The right answer, `ms` late. */
  delay: { readonly ms: number };
  /** The connection is reset: before the body is read, instead of an answer, after its headers or in its middle. */
  reset: { readonly when?: 'reading' | 'answer' | 'headers' | 'body' };
  /** The right answer, and the connection is dropped behind it without a word. */
  dropAfter: unknown;
}

export type FaultKind = keyof FaultKinds;

/** `{ kind: 'status', status: 503, method: 'GET', times: 2 }` */
export type Fault<Kind extends FaultKind = FaultKind> = {
  [K in Kind]: { readonly kind: K } & Strikes & FaultKinds[K];
}[Kind];

/** A fault that was ordered. */
export interface FaultHandle {
  /** How often it has struck. */
  readonly hits: number;
  remove(): void;
}

interface Ordered extends FaultHandle {
  readonly fault: Fault;
  seen: number;
  hits: number;
}

export interface FaultList {
  add(fault: Fault): FaultHandle;
  clear(): void;
  readonly list: readonly Fault[];
  /** The fault that strikes this call, counted; the oldest that fits. */
  take(call: Call, id: string | undefined, when: 'reading' | 'answering'): Fault | undefined;
}

/** The faults a provider has been told to show. */
export function createFaults(seed: number): FaultList {
  let ordered: Ordered[] = [];
  const dice = createDice(seed);

  const strikes = (entry: Ordered): boolean => {
    entry.seen += 1;
    if (entry.seen <= (entry.fault.skip ?? 0)) return false;
    if (entry.fault.percent !== undefined && !dice.percent(entry.fault.percent)) return false;
    entry.hits += 1;
    if (entry.hits >= (entry.fault.times ?? Number.POSITIVE_INFINITY))
      ordered = ordered.filter((other) => other !== entry);
    return true;
  };

  return {
    add(fault) {
      const entry: Ordered = {
        fault,
        seen: 0,
        hits: 0,
        remove() {
          ordered = ordered.filter((other) => other !== entry);
        },
      };
      if ((fault.times ?? 1) > 0) ordered.push(entry);
      return entry;
    },
    clear() {
      ordered = [];
    },
    get list() {
      return ordered.map((entry) => entry.fault);
    },
    take(call, id, when) {
      return ordered.find(
        (entry) => isReading(entry.fault) === (when === 'reading') && fits(entry.fault, call, id) && strikes(entry),
      )?.fault;
    },
  };
}

function isReading(fault: Fault): boolean {
  return fault.kind === 'reset' && fault.when === 'reading';
}

function fits(fault: Strikes, call: Call, id: string | undefined): boolean {
  return (
    (fault.method === undefined || fault.method.toUpperCase() === call.method) &&
    (fault.path === undefined || fault.path === call.path) &&
    (fault.route === undefined || fault.route === call.route?.split(' ')[1]) &&
    (fault.id === undefined || fault.id === id)
  );
}
