import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const OPERATIONS = new URL('../../schema/operations/', import.meta.url);

/**
 * Every tab is in sight: they wrap. And a tab stays where it is when it is clicked: as it comes, GraphiQL leaves each with a
 * shift that shows while it has the focus, so that the button is let go beside it and the click is lost.
 */
const STYLE = `
  .graphiql-container .graphiql-session-header { height: auto }
  .graphiql-container .graphiql-tabs { flex-wrap: wrap; gap: 2px 8px; padding: 0 }
  .graphiql-container .graphiql-tab { transform: none !important }
`;

/** Answers a browser that asks for the page. */
export type GraphiqlPage = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * The GraphiQL page, whole: its script and style are in it, so a browser asks no other host. Its tabs are the operations of
 * `schema/operations`, in the order of their file names.
 * @param auth whether callers need a key: the header editor then is open, with the key's place in it
 */
export async function createGraphiqlPage(auth: boolean): Promise<GraphiqlPage> {
  // 9 MB, for which a gateway without the page has no use.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const tabs = readTabs();
  const rendered = renderGraphiQL({
    title: 'Clientele',
    logo: mark('currentColor'),
    favicon: `data:image/svg+xml,${encodeURIComponent(mark('#2563eb'))}`,
    defaultTabs: tabs,
    defaultEditorToolsVisibility: auth ? 'headers' : 'variables',
    ...(auth && { headers: JSON.stringify({ Authorization: 'Bearer <key>' }, null, 2) }),
    // A key that was typed is not written to the browser's storage.
    shouldPersistHeaders: false,
  });
  const html = String(rendered)
    .replace('</head>', (tag) => `<style>${STYLE}</style>${tag}`)
    .replace('<script>', (tag) => tag + firstVariables(tabs));
  const page = Buffer.from(html);
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentPolicy(html),
    'cache-control': 'no-cache',
    etag: `W/"${createHash('sha256').update(page).digest('base64url')}"`,
  };
  let zipped: Promise<Buffer> | undefined;

  return async (request, response) => {
    response.appendHeader('vary', 'accept, accept-encoding');
    if (request.headers['if-none-match'] === headers.etag) {
      response.writeHead(304, headers).end();
    } else if (takesGzip(request)) {
      zipped ??= promisify(gzip)(page);
      const body = await zipped;
      response.writeHead(200, { ...headers, 'content-encoding': 'gzip', 'content-length': body.length }).end(body);
    } else {
      response.writeHead(200, { ...headers, 'content-length': page.length }).end(page);
    }
  };
}

const takesGzip = (request: IncomingMessage): boolean =>
  /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(String(request.headers['accept-encoding'] ?? ''));

/** Only the script that is in the page runs, it talks to this gateway alone, and no other page may frame it. */
function contentPolicy(html: string): string {
  const script = html.slice(html.indexOf('<script>') + '<script>'.length, html.lastIndexOf('</script>'));
  return [
    "default-src 'none'",
    `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** GraphiQL opens its first tab with the variables that were edited last, and a new visitor has none: these are they. */
function firstVariables([first]: readonly Tab[]): string {
  const variables = JSON.stringify(first?.variables ?? '');
  return `localStorage.getItem('graphiql:tabState') ?? localStorage.setItem('graphiql:variables', ${variables});`;
}

interface Tab {
  readonly query: string;
  readonly variables?: string;
}

function readTabs(): Tab[] {
  return readdirSync(OPERATIONS)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => tabOf(readFileSync(new URL(name, OPERATIONS), 'utf8')));
}

/** An operation's file may say its variables in comments: `# variables: {…}` on one line. */
function tabOf(text: string): Tab {
  const variables = /^# variables: (\{.*\})\s*$/m.exec(text)?.[1];
  const query = text.replace(/^# variables: .*\n/m, '').trim();
  return variables === undefined ? { query } : { query, variables: JSON.stringify(JSON.parse(variables), null, 2) };
}

/** Five providers around one customer. */
function mark(colour: string): string {
  const spokes = [0, 72, 144, 216, 288]
    .map((angle) => `<g transform="rotate(${angle} 16 16)"><path d="M16 16V5"/><circle cx="16" cy="5" r="2"/></g>`)
    .join('');
  const drawn = `fill="${colour}" stroke="${colour}" stroke-width="2"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" ${drawn}>${spokes}<circle cx="16" cy="16" r="4"/></svg>`;
}
