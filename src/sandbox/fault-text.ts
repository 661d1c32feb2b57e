import type { Fault, FaultKind } from './faults.ts';
import { isObject } from './wire.ts';

type Field = 'number' | 'text' | 'flag' | 'json' | 'headers' | 'changes' | readonly string[];
type Fields = Readonly<Record<string, Field>>;

const strikes: Fields = {
  method: 'text',
  path: 'text',
  route: 'text',
  id: 'text',
  times: 'number',
  skip: 'number',
  percent: 'number',
  afterCommit: 'flag',
};

/** What can be said of each kind from outside; the first is meant by `kind=value`. `mutate` takes a function, so it can't. */
const kinds: { readonly [Kind in Exclude<FaultKind, 'mutate'>]: Fields } = {
  status: { status: 'number', body: 'json', headers: 'headers' },
  html: { status: 'number' },
  empty: { status: 'number' },
  redirect: { to: 'text', status: 'number' },
  json: { body: 'json' },
  wrongId: { as: 'text' },
  error200: { message: 'text' },
  invalidJson: {},
  nan: {},
  bom: {},
  nested: { depth: 'number' },
  proto: {},
  headers: { headers: 'changes' },
  bigHeaders: { count: 'number', size: 'number' },
  huge: { megabytes: 'number' },
  gzip: { megabytes: 'number' },
  truncated: { how: ['length', 'chunk', 'close'] },
  silent: {},
  stallAfterHeaders: {},
  drip: { ms: 'number' },
  delay: { ms: 'number' },
  reset: { when: ['reading', 'answer', 'headers', 'body'] },
  dropAfter: {},
};
const needed: Readonly<Record<string, string>> = {
  status: 'status',
  redirect: 'to',
  json: 'body',
  delay: 'ms',
  headers: 'headers',
};
const byName: Readonly<Record<string, Fields>> = kinds;

/** The kinds that can be ordered from outside. */
export const faultKinds: readonly string[] = Object.keys(kinds);

/** A fault from JSON; throws, saying what is wrong with it. */
export function readFault(value: unknown): Fault {
  checkFault(value);
  return value;
}

/** `status=503,method=GET,times=2`, as it is written on a command line; throws, saying what is wrong with it. */
export function parseFault(text: string): Fault {
  const [first = '', ...rest] = text.split(',');
  const [kind, value] = cut(first);
  const own = fieldsOf(kind);
  const fault: Record<string, unknown> = { kind };
  const [main] = Object.keys(own);
  if (value !== undefined) {
    if (main === undefined) throw new Error(`The fault ${kind} takes no value`);
    fault[main] = convert(value, own[main]);
  }
  for (const part of rest) {
    const [name, given = 'true'] = cut(part);
    fault[name] = convert(given, own[name] ?? strikes[name]);
  }
  return readFault(fault);
}

function checkFault(value: unknown): asserts value is Fault {
  if (!isObject(value)) throw new Error('A fault is an object with a kind');
  const { kind, ...given } = value;
  const own = fieldsOf(kind);
  for (const [name, one] of Object.entries(given)) {
    const field = own[name] ?? strikes[name];
    const known = [...Object.keys(own), ...Object.keys(strikes)].join(', ');
    if (field === undefined) throw new Error(`The fault ${kind} has no ${name}, but ${known}`);
    if (!isOf(one, field)) throw new Error(`${name} of the fault ${kind} must be ${describe(field)}`);
  }
  const missing = needed[String(kind)];
  if (missing !== undefined && given[missing] === undefined) throw new Error(`The fault ${kind} needs ${missing}`);
}

function fieldsOf(kind: unknown): Fields {
  const fields = typeof kind === 'string' && Object.hasOwn(byName, kind) ? byName[kind] : undefined;
  if (fields === undefined) throw new Error(`No fault is called ${kind}; there are ${faultKinds.join(', ')}`);
  return fields;
}

function isOf(value: unknown, field: Field): boolean {
  if (field === 'json') return true;
  if (field === 'number') return typeof value === 'number' && Number.isFinite(value) && value >= 0;
  if (field === 'text') return typeof value === 'string';
  if (field === 'flag') return typeof value === 'boolean';
  if (field === 'headers') return isObject(value) && Object.values(value).every((one) => typeof one === 'string');
  if (field === 'changes')
    return isObject(value) && Object.values(value).every((one) => one === null || typeof one === 'string');
  return typeof value === 'string' && field.includes(value);
}

function describe(field: Field): string {
  if (field === 'flag') return 'true or false';
  if (field === 'headers') return 'an object of texts';
  if (field === 'changes') return 'an object of texts, or null to take one away';
  return typeof field === 'string' ? `a ${field}` : `one of ${field.join(', ')}`;
}

function convert(text: string, field: Field | undefined): unknown {
  if (field === 'number') return Number(text);
  if (field === 'flag') return text === 'true';
  if (field !== 'json' && field !== 'headers' && field !== 'changes') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** At the first `=`. */
function cut(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
