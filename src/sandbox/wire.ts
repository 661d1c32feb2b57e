import type { IncomingHttpHeaders } from 'node:http';

/** One request as a route sees it. */
export interface Call {
  readonly method: string;
  /** As it came, without the query. */
  readonly path: string;
  /** The route that matched, as it is written in the definition; null where none did. */
  readonly route: string | null;
  /** What stood for the `:names` of the route. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Empty where nothing was sent. */
  readonly body: string;
}

/** What goes back: `body` as JSON, or `text` as it stands. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly text?: string;
}

/** An answer of JSON, or without a body where none is given. */
export function answer(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return body === undefined ? { status, headers } : { status, headers, body };
}

/** The text of an answer and its headers, as they are about to be sent. */
export function render(given: Answer): { text: string; headers: Record<string, string> } {
  const text = given.text ?? (given.body === undefined ? '' : JSON.stringify(given.body));
  const type = given.text === undefined ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8';
  return { text, headers: text === '' ? { ...given.headers } : { 'content-type': type, ...given.headers } };
}

/** True for what `JSON.parse` makes of `{…}`. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function contentType(call: Call): string {
  return (call.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** The body's JSON object; the answer to refuse with where it is something else. */
export function jsonBody(
  call: Call,
  refuse: (status: number, problem: string) => Answer,
): BodyOf<Readonly<Record<string, unknown>>> {
  if (contentType(call) !== 'application/json')
    return { refusal: refuse(415, 'Content-Type must be application/json') };
  try {
    const value: unknown = JSON.parse(call.body);
    if (isObject(value)) return { body: value };
  } catch {
    // Told below, like any other body that is not an object.
  }
  return { refusal: refuse(400, 'The body is not a JSON object') };
}

/** What was read of a body, or the answer that refuses it. */
export type BodyOf<Read> =
  | { readonly body: Read; readonly refusal?: never }
  | { readonly body?: never; readonly refusal: Answer };

/** The body's form fields; undefined where the body is not form-encoded. */
export function formBody(call: Call): URLSearchParams | undefined {
  return contentType(call) === 'application/x-www-form-urlencoded' ? new URLSearchParams(call.body) : undefined;
}

/** True when the call is signed by HTTP Basic with exactly this user and password. */
export function isBasic(call: Call, user: string, password: string): boolean {
  return call.headers.authorization === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** `GET /customers/:id.json` as something to match a request by. */
export interface Pattern {
  readonly route: string;
  readonly method: string;
  readonly expression: RegExp;
  readonly names: readonly string[];
}

/** Reads a route as it is written in a definition. */
export function readRoute(route: string): Pattern {
  const [method = '', path = ''] = route.split(' ');
  const names: string[] = [];
  const source = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:([A-Za-z]+)/g, (_, name: string) => {
    names.push(name);
    return '([^/]+?)';
  });
  return { route, method, names, expression: new RegExp(`^${source}$`) };
}

/** The values for a route's `:names`; undefined when the path is not of this route or badly encoded. */
export function matchPath(pattern: Pattern, path: string): Record<string, string> | undefined {
  const found = pattern.expression.exec(path);
  if (found === null) return undefined;
  try {
    return Object.fromEntries(pattern.names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]));
  } catch {
    return undefined;
  }
}
