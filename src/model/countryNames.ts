import { createRequire } from 'node:module';
import type { CountryCode } from './customer.ts';

// Read with require, on first use: together the six lists cost about 15 ms, and a process that only meets codes
// never pays them.
const require = createRequire(import.meta.url);

/** Names people write that the lists lack; the lists' own names are in i18n-iso-countries. */
const ALIASES: Readonly<Record<string, CountryCode>> = {
  // The European Union's own code, kept in VAT numbers.
  el: 'GR',
  england: 'GB',
  engeland: 'GB',
  angleterre: 'GB',
  inglaterra: 'GB',
  inghilterra: 'GB',
  scotland: 'GB',
  schotland: 'GB',
  ecosse: 'GB',
  schottland: 'GB',
  escocia: 'GB',
  scozia: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  'noord ierland': 'GB',
  nordirland: 'GB',
  britain: 'GB',
  'groot brittannie': 'GB',
  'grande bretagne': 'GB',
  'gran bretana': 'GB',
  'gran bretagna': 'GB',
  'united kingdom of great britain and northern ireland': 'GB',
  vk: 'GB',
  holland: 'NL',
  hollande: 'NL',
  holanda: 'NL',
  olanda: 'NL',
  niederland: 'NL',
  'kingdom of the netherlands': 'NL',
  vs: 'US',
  'etats unis': 'US',
  'estados unidos de america': 'US',
  'ee uu': 'US',
  'stati uniti': 'US',
  vae: 'AE',
  'federal republic of germany': 'DE',
  bundesrepublik: 'DE',
  'bundesrepublik deutschland': 'DE',
  eire: 'IE',
  'republic of ireland': 'IE',
  vatican: 'VA',
  vatikan: 'VA',
  vaticaan: 'VA',
  vaticano: 'VA',
  macedonia: 'MK',
  macedonie: 'MK',
  mazedonien: 'MK',
  burma: 'MM',
  birma: 'MM',
  birmanie: 'MM',
  birmania: 'MM',
};

const LANGUAGES = ['en', 'nl', 'fr', 'de', 'es', 'it'] as const;

let byName: ReadonlyMap<string, CountryCode> | undefined;
let english: ReadonlyMap<CountryCode, string> | undefined;

/**
 * ISO 3166-1 alpha-2 and alpha-3 codes in upper case, both to alpha-2 (i18n-iso-countries, which adds XK for Kosovo).
 */
export function readCodes(): Map<string, CountryCode> {
  const codes = new Map<string, CountryCode>();
  const rows: unknown = require('i18n-iso-countries/codes.json');
  for (const row of Array.isArray(rows) ? rows : []) {
    const [alpha2, alpha3]: unknown[] = Array.isArray(row) ? row : [];
    if (typeof alpha2 !== 'string' || typeof alpha3 !== 'string') continue;
    codes.set(alpha2, alpha2);
    codes.set(alpha3, alpha2);
  }
  return codes;
}

/**
 * The country a name says in English, Dutch, French, German, Spanish or Italian, or null. Case, accents, punctuation,
 * articles and "and" don't matter, and "Korea, Republic of" is turned round. A name that two countries carry is null:
 * "Congo" is both Brazzaville's and Kinshasa's.
 */
export function countryByName(name: string): CountryCode | null {
  byName ??= readNames();
  const found = byName.get(name) ?? byName.get(fold(name));
  if (found !== undefined) return found;
  const turned = /^([^,(]+)[,(]([^,()]+)\)?$/.exec(name);
  return turned === null ? null : (byName.get(fold(`${turned[2]} ${turned[1]}`)) ?? null);
}

/** The English short name, or undefined when the list has no such code. */
export function englishName(code: CountryCode): string | undefined {
  english ??= new Map([...namesIn('en')].map(([alpha2, names]) => [alpha2, names[0] ?? alpha2]));
  return english.get(code);
}

function readNames(): Map<string, CountryCode> {
  const names = new Map<string, CountryCode>();
  const ambiguous = new Set<string>();
  const add = (name: string, code: CountryCode): void => {
    for (const key of [name, fold(name), fold(germanAscii(name))]) {
      if ((names.get(key) ?? code) !== code) ambiguous.add(key);
      names.set(key, code);
    }
  };
  for (const language of LANGUAGES) {
    for (const [code, spellings] of namesIn(language)) for (const spelling of spellings) add(spelling, code);
  }
  for (const [alias, code] of Object.entries(ALIASES)) add(alias, code);
  for (const key of ambiguous) names.delete(key);
  names.delete('');
  return names;
}

function* namesIn(language: (typeof LANGUAGES)[number]): Generator<[CountryCode, string[]]> {
  const list: unknown = require(`i18n-iso-countries/langs/${language}.json`);
  if (typeof list !== 'object' || list === null || !('countries' in list)) return;
  if (typeof list.countries !== 'object' || list.countries === null) return;
  for (const [code, names] of Object.entries(list.countries)) {
    yield [code, [names].flat().filter((name: unknown) => typeof name === 'string')];
  }
}

const ARTICLE = /^(?:the|de|het|le|la|les|l|der|die|das|el|los|las|il|lo|i|gli) | (?:the)$/g;
const AND = / (?:and|en|et|und|y|e) /g;

function fold(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('æ', 'ae')
    .replaceAll('ø', 'o')
    .replaceAll('&', ' and ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(AND, ' ')
    .replace(ARTICLE, '')
    .replace(/\bst\b/g, 'saint')
    .replaceAll(' ', '');
}

/** "Österreich" is also written "Oesterreich". */
function germanAscii(name: string): string {
  return name.replace(/[äöü]/gi, (letter) => `${letter}e`);
}
