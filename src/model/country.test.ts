import { createRequire } from 'node:module';
import fc from 'fast-check';
import { GraphQLCountryCode } from 'graphql-scalars';
import { describe, expect, test } from 'vitest';
import { country, countryName } from './country.ts';

const require = createRequire(import.meta.url);
const codes: string[][] = require('i18n-iso-countries/codes.json');

describe('country', () => {
  test.each([
    ['takes a code', 'FR', 'FR'],
    ['takes a code in lower case at its word: sr is Suriname', 'sr', 'SR'],
    ['takes a three-letter code', 'NLD', 'NL'],
    ['takes a three-letter code in any case', 'deu', 'DE'],
    ['trims a code', ' nl ', 'NL'],
    ['reads an English name', 'France', 'FR'],
    ['reads a Dutch name', 'Frankrijk', 'FR'],
    ['reads a German name', 'Frankreich', 'FR'],
    ['reads a Spanish name', 'Francia', 'FR'],
    ['reads a French name', 'Pays-Bas', 'NL'],
    ['reads an Italian name', 'Paesi Bassi', 'NL'],
    ['reads a name without its accents', 'Espana', 'ES'],
    ['reads a name in capitals', 'BELGIË', 'BE'],
    ['reads a name with an article', 'The Netherlands', 'NL'],
    ['reads a name with a French article', "l'Italie", 'IT'],
    ['reads a name with its article at the end', 'Netherlands (the)', 'NL'],
    ['reads a name without its article', 'Gambia', 'GM'],
    ['reads a name turned round', 'Korea, Republic of', 'KR'],
    ['reads a name with the rest in brackets', 'Iran (Islamic Republic of)', 'IR'],
    ['reads the Congo that is named whole', 'Congo, the Democratic Republic of the', 'CD'],
    ['reads a name whose first letter has lost its accent', 'Iles Caimans', 'KY'],
    ['reads a name that says no and', 'Antigua-Barbuda', 'AG'],
    ['reads & as and', 'Trinidad & Tobago', 'TT'],
    ['reads St. as Saint', 'St. Lucia', 'LC'],
    ['reads a typographic apostrophe', 'Côte d’Ivoire', 'CI'],
    ['reads ue as ü', 'Oesterreich', 'AT'],
    ['reads full stops in an abbreviation', 'U.S.A.', 'US'],
    ['reads the Spanish abbreviation', 'EE. UU.', 'US'],
    ['reads the Dutch abbreviation', 'VS', 'US'],
    ['reads UK', 'UK', 'GB'],
    ['reads the EU’s code of Greece', 'EL', 'GR'],
    ['reads USA', 'usa', 'US'],
    ['reads Holland', 'Holland', 'NL'],
    ['reads Great Britain', 'Great Britain', 'GB'],
    ['reads England', 'England', 'GB'],
    ['reads the German name of Great Britain', 'Großbritannien', 'GB'],
    ['reads Czechia in Dutch', 'Tsjechië', 'CZ'],
    ['does not choose between two Congos', 'Congo', null],
    ['does not choose between two Koreas', 'Korea', null],
    ['reads what tells two countries apart', 'Korea (South)', 'KR'],
    ['does not drop what it can’t read in brackets', 'Saint Martin (of some sort)', null],
    ['has no country for a provider’s number', '40', null],
    ['has no country for a number', 40, null],
    ['has no country for an unassigned code', 'ZZ', null],
    ['does not take the upper case of ß for South Sudan', 'ß', null],
    ['does not take the upper case of a ligature for Finland', 'ﬁ', null],
    ['has no country for a lone article', 'the', null],
    ['has no country for punctuation', '--', null],
    ['has no country for an inherited property', 'constructor', null],
    ['has no country for an empty string', '', null],
    ['has no country for a huge text', 'France'.repeat(1_000_000), null],
    ['has no country for null', null, null],
    ['has no country for an array', ['FR'], null],
  ])('%s', (_, raw, expected) => {
    expect(country(raw)).toBe(expected);
  });

  test.each([
    ['uk', 'GB'],
    ['el', 'GR'],
    ['england', 'GB'],
    ['engeland', 'GB'],
    ['angleterre', 'GB'],
    ['inglaterra', 'GB'],
    ['inghilterra', 'GB'],
    ['scotland', 'GB'],
    ['schotland', 'GB'],
    ['ecosse', 'GB'],
    ['schottland', 'GB'],
    ['escocia', 'GB'],
    ['scozia', 'GB'],
    ['wales', 'GB'],
    ['northern ireland', 'GB'],
    ['noord ierland', 'GB'],
    ['nordirland', 'GB'],
    ['britain', 'GB'],
    ['great britain', 'GB'],
    ['groot brittannie', 'GB'],
    ['grande bretagne', 'GB'],
    ['grossbritannien', 'GB'],
    ['gran bretana', 'GB'],
    ['gran bretagna', 'GB'],
    ['united kingdom of great britain and northern ireland', 'GB'],
    ['vk', 'GB'],
    ['verenigd koninkrijk', 'GB'],
    ['royaume uni', 'GB'],
    ['vereinigtes konigreich', 'GB'],
    ['reino unido', 'GB'],
    ['regno unito', 'GB'],
    ['holland', 'NL'],
    ['hollande', 'NL'],
    ['holanda', 'NL'],
    ['olanda', 'NL'],
    ['niederland', 'NL'],
    ['kingdom of the netherlands', 'NL'],
    ['us', 'US'],
    ['usa', 'US'],
    ['vs', 'US'],
    ['verenigde staten', 'US'],
    ['etats unis', 'US'],
    ['etats unis d amerique', 'US'],
    ['vereinigte staaten', 'US'],
    ['estados unidos', 'US'],
    ['estados unidos de america', 'US'],
    ['ee uu', 'US'],
    ['stati uniti', 'US'],
    ['stati uniti d america', 'US'],
    ['uae', 'AE'],
    ['vae', 'AE'],
    ['federal republic of germany', 'DE'],
    ['bundesrepublik', 'DE'],
    ['bundesrepublik deutschland', 'DE'],
    ['eire', 'IE'],
    ['republic of ireland', 'IE'],
    ['republica checa', 'CZ'],
    ['repubblica ceca', 'CZ'],
    ['republique tcheque', 'CZ'],
    ['tsjechie', 'CZ'],
    ['tschechische republik', 'CZ'],
    ['vatican', 'VA'],
    ['vatikan', 'VA'],
    ['vaticaan', 'VA'],
    ['vaticano', 'VA'],
    ['macedonia', 'MK'],
    ['macedonie', 'MK'],
    ['mazedonien', 'MK'],
    ['swaziland', 'SZ'],
    ['burma', 'MM'],
    ['birma', 'MM'],
    ['birmanie', 'MM'],
    ['birmania', 'MM'],
    ['cabo verde', 'CV'],
    ['cape verde', 'CV'],
  ])('reads %s as %s, which people write', (raw, code) => {
    expect([country(raw), country(raw.toUpperCase())]).toEqual([code, code]);
  });

  test('reads every code of ISO 3166-1 in any case', () => {
    expect(codes).toHaveLength(250);
    for (const [alpha2 = '', alpha3 = ''] of codes) {
      for (const raw of [alpha2, alpha2.toLowerCase(), alpha3, alpha3.toLowerCase()]) expect(country(raw)).toBe(alpha2);
    }
  });

  test.each(['en', 'nl', 'fr', 'de', 'es', 'it'])('reads every name of the list in %s, in capitals too', (language) => {
    const list: Record<string, string | string[]> = require(`i18n-iso-countries/langs/${language}.json`).countries;
    for (const [code, names] of Object.entries(list)) {
      for (const name of [names].flat()) {
        if (name === 'Congo') continue;
        for (const raw of [name, name.toUpperCase(), ` ${name.normalize('NFD')}`]) {
          expect([raw, country(raw)]).toEqual([raw, code]);
        }
      }
    }
  });

  test('is total, idempotent, and accepted by the CountryCode scalar', () => {
    const names = fc.constantFrom('France', 'nederland', 'UK', 'Korea, Republic of', 'los', 'Holland (the)');
    const raw = fc.oneof(
      fc.anything(),
      fc.string({ unit: 'binary' }),
      fc.string({ minLength: 2, maxLength: 3 }),
      fc.tuple(names, fc.string()).map(([name, rest]) => name + rest),
    );
    fc.assert(
      fc.property(raw, (value) => {
        const once = country(value);
        if (once === null) return;
        expect(GraphQLCountryCode.serialize(once)).toBe(once);
        expect(once).toBe(once.toUpperCase());
        expect(country(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('countryName', () => {
  test('is the English name of every code', () => {
    for (const [alpha2 = ''] of codes) expect(countryName(alpha2).length).toBeGreaterThan(2);
    expect(countryName('NL')).toBe('Netherlands');
    expect(countryName('US')).toBe('United States of America');
  });

  test('is the code itself when nobody has it', () => {
    expect(countryName('ZZ')).toBe('ZZ');
    expect(countryName('constructor')).toBe('constructor');
  });
});
