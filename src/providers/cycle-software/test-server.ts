import { createServer, type Server } from 'node:http';
import { systemClock } from '../../clock.ts';
import type { Connection, FindCriteria } from '../../contract/provider.ts';
import { createTransport, type ProviderRequest } from '../../http/transport.ts';
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

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** In place of `json`, as it is. */
  readonly text?: string;
}

const open: (Server | Connection)[] = [];

/** Ends what `serve` began; for `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const item of open.splice(0)) {
    if ('listen' in item) item.closeAllConnections();
    await item.close();
  }
}

/** A real server on a free port, written from the document alone, and the provider connected to it. */
export async function serve(answer: (seen: Seen) => Reply, env: Readonly<Record<string, string>> = {}) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://provider');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const sent = Buffer.concat(chunks).toString();
    const body = sent === '' ? undefined : JSON.parse(sent);
    const { method = '', headers } = request;
    const query = Object.fromEntries(url.searchParams);
    const call = { method, path: url.pathname, query, authorization: headers.authorization, body, sent };
    seen.push(call);
    const reply = answer(call);
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json; charset=utf-8', ...reply.headers });
    response.end(reply.text ?? JSON.stringify(reply.json ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const connection = provider.connect(
    parseSettings({ URL: `http://127.0.0.1:${port}`, USERNAME: 'Username', PASSWORD: 'Password', ...env }),
    {
      clock: systemClock,
      transport: (options) =>
        createTransport({ ...options, provider: provider.id, timeoutMs: 5000, clock: systemClock, report: () => {} }),
    },
  );
  open.push(connection, server);
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

/** As the configuration does it. */
export function parseSettings(values: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(provider.settings).map(([name, setting]) => [name, setting.schema.parse(values[name])]),
  );
}

/** What the gateway would hold of a customer whose time of creation is not told. */
export const wireOf = (
  customer: CycleSoftwareWire['customer'],
  createdAt: string | null = null,
): CycleSoftwareWire => ({
  customer,
  createdAt,
});
