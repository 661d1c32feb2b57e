import {
  type Call,
  connectToServer,
  type Reply,
  parseSettings as settingsOf,
} from '../../../test/support/providerServer.ts';
import { systemClock } from '../../clock.ts';
import type { FindCriteria } from '../../contract/provider.ts';
import type { ProviderRequest } from '../../http/transport.ts';
import type { CycleSoftwareWire } from './api.ts';
import { provider } from './index.ts';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  /** Parsed. */
  readonly body: unknown;
  /** As it came. */
  readonly sent: string;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** In place of `json`, as it is. */
  readonly text?: string;
}

export { closeAll } from '../../../test/support/providerServer.ts';

/** A real server on a free port, written from the document alone, and the provider connected to it. */
export async function serve(answer: (seen: Seen) => Answer, env: Readonly<Record<string, string>> = {}) {
  const seen: Seen[] = [];
  const reply = ({ method, url, headers, body: sent }: Call): Reply => {
    const { pathname: path, searchParams } = new URL(url, 'http://provider');
    const body = sent === '' ? undefined : JSON.parse(sent);
    const query = Object.fromEntries(searchParams);
    const call = { method, path, query, authorization: headers.authorization, body, sent };
    seen.push(call);
    const { json = {}, text = JSON.stringify(json), ...rest } = answer(call);
    return { ...rest, headers: { 'content-type': 'application/json; charset=utf-8', ...rest.headers }, body: text };
  };
  const { connection } = await connectToServer(provider, reply, {
    env: { USERNAME: 'Username', PASSWORD: 'Password', ...env },
  });
  const limits = () => ({ deadlineAt: systemClock.elapsed() + 5000 });
  return {
    seen,
    connection,
    read: (id: string) => connection.read?.(id, limits()),
    list: (mark: string | null = null, changedSince: Date | null = null) =>
      connection.list?.({ mark, changedSince }, limits()),
    find: (criteria: FindCriteria) => connection.find?.(criteria, limits()),
    create: (request: ProviderRequest) => connection.create?.send(request, limits()),
    update: (request: ProviderRequest, id: string) => connection.update?.send(request, id, limits()),
  };
}

export const parseSettings = (values: Readonly<Record<string, string>>) => settingsOf(provider, values);

/** What the gateway would hold of a customer whose time of creation is not told. */
export const wireOf = (
  customer: CycleSoftwareWire['customer'],
  createdAt: string | null = null,
): CycleSoftwareWire => ({
  customer,
  createdAt,
});
