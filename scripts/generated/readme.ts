import type { Capability, ProviderOperation } from '../../src/contract/capabilities.ts';
import { type Provider, providerNames, type Setting } from '../../src/contract/provider.ts';
import { membersOf } from '../../src/gateway/gateway.ts';
import { DEFAULT_TRUST_ORDER, OWN_SETTINGS } from '../../src/settings.ts';

/** What a README has before anybody wrote one. */
export const EMPTY_README = `# Clientele

<!-- generated: capabilities -->
<!-- /generated -->

<!-- generated: settings -->
<!-- /generated -->
`;

const OPERATIONS = [
  'READ',
  'LIST',
  'SEARCH',
  'CHANGED_SINCE',
  'CREATE',
  'UPDATE',
  'CONFIRM',
  'REQUEST_CONFIRMATION',
  'SELF_SERVICE_LINK',
] as const satisfies readonly ProviderOperation[];

/**
 * Puts the tables that come from the code between their markers; the prose around them is whoever's wrote it.
 * @throws Error naming a marker that is missing
 */
export function withTables(readme: string, providers: readonly Provider[]): string {
  const sorted = [...membersOf(providers, new Map(), DEFAULT_TRUST_ORDER)].map(({ provider }) => provider);
  const tables = { capabilities: capabilities(sorted), settings: settings(sorted) };
  return Object.entries(tables).reduce((text, [name, table]) => between(text, name, table), readme);
}

function between(text: string, name: string, table: string): string {
  const opening = `<!-- generated: ${name} -->`;
  const closing = '<!-- /generated -->';
  const start = text.indexOf(opening);
  const end = text.indexOf(closing, start);
  if (start < 0 || end < 0) throw new Error(`README.md has lost the markers ${opening} … ${closing}`);
  return `${text.slice(0, start + opening.length)}\n${table}${text.slice(end)}`;
}

const capabilities = (providers: readonly Provider[]): string =>
  table(
    ['', ...providers.map(({ id }) => `[${id}](src/providers/${id}/README.md)`)],
    OPERATIONS.map((name) => [name, ...providers.map((provider) => support(provider.capabilities[name]))]),
  );

function support({ support, linkKinds = [], note }: Capability): string {
  const kinds = linkKinds.length > 0 ? ` (${linkKinds.join(', ')})` : '';
  return `${support.toLowerCase()}${kinds}${note === undefined ? '' : `: ${note}`}`;
}

const settings = (providers: readonly Provider[]): string =>
  table(
    ['Setting', 'Default', 'About'],
    [
      ...settingRows('', OWN_SETTINGS),
      ...providers.flatMap(({ id, settings }) => settingRows(`${providerNames(id).constant}_`, settings)),
    ],
  );

const settingRows = (prefix: string, settings: Readonly<Record<string, Setting>>): string[][] =>
  Object.entries(settings).map(([name, setting]) => [
    `\`${prefix}${name}\`${setting.secret ? ' or `…_FILE`' : ''}`,
    fallback(setting),
    setting.about,
  ]);

/** A value that can be set as it stands is shown as code, words about one are not. */
function fallback({ schema, fallback }: Setting): string {
  if (fallback === undefined) return schema.safeParse(undefined).success ? '–' : 'must be set';
  const isValue = /^[\x21-\x7e]+$/.test(fallback) && schema.safeParse(fallback).success;
  return isValue ? `\`${fallback}\`` : fallback;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('');
}
