import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { type RunningSandbox, type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';

/** A sandbox that ends with the test. */
export async function sandboxFor(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** One provider with nothing but its document's examples, unless said otherwise. */
export async function providerFor(id: string, options: SandboxOptions = {}): Promise<RunningSandbox> {
  const sandbox = await sandboxFor({ customers: 0, providers: [id], ...options });
  return sandbox.provider(id);
}

/** A clock that stands still until it is turned. */
export function clockAt(start: string | number): { now: () => number; turn: (ms: number) => void } {
  let now = new Date(start).getTime();
  return {
    now: () => now,
    turn(ms) {
      now += ms;
    },
  };
}

/** The JSON of a document's example. */
export function documented(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`documents/${name}.json`, import.meta.url), 'utf8'));
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

/** One request, as curl would send it; redirects are not followed. */
export function send(
  provider: { url: string },
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const sent = request(`${provider.url}${path}`, { method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whatever comes back on a bare socket, and how it ended. */
export function bare(
  provider: { url: string },
  lines: readonly string[],
): Promise<{ text: string; bytes: Buffer; end: 'end' | 'reset' }> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let end: 'end' | 'reset' = 'end';
    const socket = connect({ port: Number(new URL(provider.url).port), host: '127.0.0.1' });
    socket.on('data', (part) => parts.push(part));
    socket.on('error', () => {
      end = 'reset';
    });
    socket.on('close', () => resolve({ text: Buffer.concat(parts).toString(), bytes: Buffer.concat(parts), end }));
    socket.write(lines.join('\r\n'));
  });
}

/** A property deep inside JSON; undefined where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.entries(found).find(([name]) => name === String(key))?.[1];
  }
  return found;
}

/** Text of an array property. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
