import { readdirSync, readFileSync } from 'node:fs';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

const OPERATIONS = new URL('../../schema/operations/', import.meta.url);

/**
 * The GraphiQL page, whole: its script and style are in it, so a browser asks no other host. Its tabs are the operations of
 * `schema/operations`, in the order of their file names.
 * @param auth whether callers need a key: the header editor then starts with its place
 */
export function graphiqlPage(auth: boolean): string {
  const headers = auth ? JSON.stringify({ Authorization: 'Bearer <key>' }, null, 2) : undefined;
  const tabs = readdirSync(OPERATIONS)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => ({ ...tabOf(readFileSync(new URL(name, OPERATIONS), 'utf8')), ...(headers && { headers }) }));
  return String(renderGraphiQL({ title: 'Clientele', endpoint: '/graphql', defaultTabs: tabs }));
}

/** An operation's file may say its variables in comments: `# variables: {…}` on one line. */
function tabOf(text: string): { query: string; variables?: string } {
  const variables = /^# variables: (\{.*\})\s*$/m.exec(text)?.[1];
  const query = text.replace(/^# variables: .*\n/m, '').trim();
  return variables === undefined ? { query } : { query, variables: JSON.stringify(JSON.parse(variables), null, 2) };
}
