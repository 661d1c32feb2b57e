import { createServer, type IncomingHttpHeaders } from 'node:http';
import { readFault } from './fault-text.ts';
import type { Sandbox } from './sandbox.ts';
import { listen, readBody, stop } from './server.ts';
import type { RunningSandbox } from './simulation.ts';
import { isObject } from './wire.ts';

/** The sandbox's steering wheel, for a person with curl and for other processes. Never a part of any provider. */
export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

/** What can be asked of it, for people. */
export const controlHelp = [
  'GET    /                          providers, URLs, faults and views',
  'POST   /faults                    {"provider":"octobat","kind":"status","status":503,"times":2}',
  'DELETE /faults[?provider=ID]      answer properly again',
  'GET    /calls[?provider=ID]       what was received',
  'DELETE /calls[?provider=ID]       forget it',
  'POST   /reset[?provider=ID]       records, calls, messages and faults as at the start',
  'GET    /messages                  what was sent to phones',
  'GET    /truth                     who is who',
  'GET    /PROVIDER/VIEW             such as /dirty-lemon/tokens',
];

type Reply = readonly [status: number, body: unknown];

/** Serves the controls on loopback; port 0 takes a free one. */
export async function startControl(sandbox: Sandbox, port = 0): Promise<ControlServer> {
  const server = createServer((request, response) => {
    readBody(request, (text) => {
      const { method = 'GET', url = '/', headers } = request;
      const [status, body] = reply(sandbox, method, url, headers, text);
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
      response.end(`${JSON.stringify(body, null, 2)}\n`);
    });
  });
  return { url: `http://127.0.0.1:${await listen(server, port)}`, close: () => stop(server) };
}

function reply(sandbox: Sandbox, method: string, url: string, headers: IncomingHttpHeaders, body: string): Reply {
  // A web page that somebody has open must not steer it, nor one whose name was made to point here.
  const foreign = headers.origin !== undefined || !/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '');
  if (foreign) return [403, { error: 'Not from a web page' }];
  try {
    return route(sandbox, method, new URL(url, 'http://127.0.0.1'), body);
  } catch (error) {
    return [400, { error: error instanceof Error ? error.message : 'Bad request' }];
  }
}

function route(sandbox: Sandbox, method: string, { pathname, searchParams }: URL, body: string): Reply {
  const named = searchParams.get('provider');
  const meant = named === null ? sandbox.providers : [sandbox.provider(named)];
  const each = (change: (one: RunningSandbox) => void): Reply => {
    meant.forEach(change);
    return [200, meant.map(({ id }) => id)];
  };
  switch (`${method} ${pathname}`) {
    case 'GET /':
      return [
        200,
        {
          help: controlHelp,
          providers: sandbox.providers.map(({ id, url, faults, views }) => ({ id, url, faults, views })),
        },
      ];
    case 'POST /faults':
      return order(sandbox, body);
    case 'DELETE /faults':
      return each((one) => one.clearFaults());
    case 'GET /calls':
      return [200, Object.fromEntries(meant.map(({ id, calls }) => [id, calls]))];
    case 'DELETE /calls':
      return each((one) => one.clearCalls());
    case 'POST /reset':
      return each((one) => one.reset());
    case 'GET /messages':
      return [200, meant.flatMap(({ messages }) => messages)];
    case 'GET /truth':
      return [200, sandbox.truth()];
    default:
      return view(sandbox, method, pathname);
  }
}

function order(sandbox: Sandbox, body: string): Reply {
  const value: unknown = JSON.parse(body);
  if (!isObject(value) || typeof value.provider !== 'string') return [400, { error: 'A fault needs its provider' }];
  const { provider, ...fault } = value;
  sandbox.provider(provider).fault(readFault(fault));
  return [201, sandbox.provider(provider).faults];
}

function view(sandbox: Sandbox, method: string, path: string): Reply {
  const [, id = '', name = ''] = path.split('/');
  const provider = sandbox.providers.find((one) => one.id === id);
  if (method !== 'GET' || provider === undefined || !provider.views.includes(name)) return [404, { help: controlHelp }];
  return [200, provider.view(name)];
}
