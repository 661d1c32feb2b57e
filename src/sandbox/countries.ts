/** What names, addresses and phone numbers look like in the countries that the made-up customers live in. */

type Some = readonly [string, ...string[]];

export interface Country {
  readonly code: string;
  readonly name: string;
  readonly callingCode: string;
  /** What a number begins with inside the country. */
  readonly trunk: string;
  /** In front of the seven digits that tell one customer's mobile phone from another's. */
  readonly mobile: string;
  /** In front of the six digits of a household's landline. */
  readonly landline: string;
  readonly firstNames: Some;
  readonly lastNames: readonly [Surname, ...Surname[]];
  readonly streets: Some;
  /** City, region and postal code; `#` stands for a digit, `@` for a letter. */
  readonly cities: readonly [City, ...City[]];
  /** Behind a company's name. */
  readonly companyForms: Some;
  /** A tax number; `#` stands for a digit. */
  readonly taxNumber: string;
  /** The number stands before the street. */
  readonly numberFirst: boolean;
}

/** A name and, where there is one, what stands before it: "van der". */
type Surname = readonly [name: string, insertion?: string];
type City = readonly [city: string, region: string | null, postalCode: string];

const netherlands: Country = {
  code: 'NL',
  name: 'Netherlands',
  callingCode: '31',
  trunk: '0',
  mobile: '61',
  landline: '733',
  firstNames: ['Anneke', 'Daan', 'Fleur', 'Joost', 'Lieke', 'Maaike', 'Noë', 'Pieter', 'Sanne', 'Sjoerd', 'Tim', 'Zoë'],
  lastNames: [
    ['Berg', 'van den'],
    ['Bakker'],
    ['Dijk', 'van'],
    ['Haar', 'ter'],
    ['Jansen'],
    ['Vries', 'de'],
    ['Smit'],
    ['Wal', 'van der'],
  ],
  streets: ['Dorpsstraat', 'Kerkstraat', 'Mauritslaan', 'Raadhuisplein', 'Stationsweg', 'Van Goghlaan'],
  cities: [
    ['Nistelrode', null, '53## @@'],
    ['Heerenveen', null, '84## @@'],
    ['Rosmalen', null, '52## @@'],
    ['Utrecht', null, '35## @@'],
    ["'s-Hertogenbosch", null, '52## @@'],
  ],
  companyForms: ['B.V.', 'VOF', 'Fietsen', 'Holding B.V.'],
  taxNumber: 'NL#########B01',
  numberFirst: false,
};

const belgium: Country = {
  code: 'BE',
  name: 'Belgium',
  callingCode: '32',
  trunk: '0',
  mobile: '47',
  landline: '24',
  firstNames: ['Amélie', 'Bart', 'Elise', 'Giel', 'Hilde', 'Loïc', 'Noor', 'Wout'],
  lastNames: [['Claes'], ['Maes'], ['Peeters'], ['Smet', 'De'], ['Bossche', 'Van den'], ['Dupont'], ['Lefèvre']],
  streets: ['Belgische weg', 'Grote Markt', 'Kapellestraat', 'Rue de la Loi', 'Steenweg'],
  cities: [
    ['Antwerpen', null, '2###'],
    ['Brussel', null, '1000'],
    ['Gent', null, '9###'],
    ['Liège', null, '4###'],
  ],
  companyForms: ['BV', 'NV', 'BVBA', 'SRL'],
  taxNumber: 'BE0#########',
  numberFirst: false,
};

const france: Country = {
  code: 'FR',
  name: 'France',
  callingCode: '33',
  trunk: '0',
  mobile: '61',
  landline: '142',
  firstNames: ['Aurélie', 'Benoît', 'Chloé', 'François', 'Hélène', 'Jérôme', 'Léa', 'Marie-Hélène', 'Zoé'],
  lastNames: [['Lefèvre'], ['Dubois'], ['Gauthier'], ['Fontaine', 'de la'], ['Noël'], ['Rousseau'], ['Bœuf', 'Le']],
  streets: [
    'rue de Rivoli',
    'avenue Foch',
    'place de la République',
    'chemin des Églantiers',
    'boulevard Saint-Michel',
  ],
  cities: [
    ['Paris', null, '750##'],
    ['Lyon', null, '690##'],
    ['Orléans', null, '450##'],
    ['Saint-Étienne', null, '420##'],
  ],
  companyForms: ['SARL', 'SAS', 'S.A.', '& Fils'],
  taxNumber: 'FR###########',
  numberFirst: true,
};

const germany: Country = {
  code: 'DE',
  name: 'Germany',
  callingCode: '49',
  trunk: '0',
  mobile: '1511',
  landline: '302',
  firstNames: ['Björn', 'Greta', 'Jürgen', 'Käthe', 'Lukas', 'Sören', 'Ursula', 'Xaver'],
  lastNames: [['Müller'], ['Weiß'], ['Schröder'], ['Hohenfels', 'von'], ['Groß'], ['Krämer'], ['Schmidt']],
  streets: ['Hauptstraße', 'Bahnhofstraße', 'Lindenallee', 'Am Mühlbach', 'Schloßplatz'],
  cities: [
    ['Berlin', null, '10###'],
    ['Köln', null, '50###'],
    ['München', null, '80###'],
    ['Düsseldorf', null, '40###'],
  ],
  companyForms: ['GmbH', 'AG', 'OHG', 'GmbH & Co. KG'],
  taxNumber: 'DE#########',
  numberFirst: false,
};

const italy: Country = {
  code: 'IT',
  name: 'Italy',
  callingCode: '39',
  trunk: '',
  mobile: '333',
  landline: '0669',
  firstNames: ['Chiara', 'Francesco', 'Giulia', 'Luca', 'Niccolò', 'Sofia'],
  lastNames: [['Angelo', "D'"], ['Bianchi'], ['Ferrari'], ['Luca', 'De'], ['Nicolò'], ['Rossi']],
  streets: ['Via Roma', 'Corso Garibaldi', 'Piazza della Libertà', 'Via Niccolò Machiavelli'],
  cities: [
    ['Roma', null, '001##'],
    ['Milano', null, '201##'],
    ['Forlì', null, '471##'],
  ],
  companyForms: ['S.r.l.', 'S.p.A.', '& Figli'],
  taxNumber: 'IT###########',
  numberFirst: false,
};

const spain: Country = {
  code: 'ES',
  name: 'Spain',
  callingCode: '34',
  trunk: '',
  mobile: '61',
  landline: '915',
  firstNames: ['Álvaro', 'Begoña', 'Iñigo', 'José María', 'Lucía', 'Nuria'],
  lastNames: [['Núñez García'], ['Ibáñez'], ['Muñoz'], ['Cruz', 'de la'], ['López'], ['Peña']],
  streets: ['Calle Mayor', 'Avenida de la Constitución', 'Paseo de Gracia', 'Plaza de España'],
  cities: [
    ['Madrid', null, '280##'],
    ['Málaga', null, '290##'],
    ['A Coruña', null, '150##'],
  ],
  companyForms: ['S.L.', 'S.A.', 'Hermanos'],
  taxNumber: 'ESB########',
  numberFirst: false,
};

const unitedStates: Country = {
  code: 'US',
  name: 'United States',
  callingCode: '1',
  trunk: '',
  mobile: '415',
  landline: '2124',
  firstNames: ['Chloe', 'Grace', 'Joe', 'Renée', 'Shaun', 'Yogi'],
  lastNames: [["O'Connor"], ['Berra'], ['Garcia'], ['McAllister'], ['Smith'], ['St. John'], ['Young']],
  streets: ['Main Street', 'Elm Avenue', 'Martin Luther King Jr. Boulevard', 'Oak Drive'],
  cities: [
    ['San Francisco', 'CA', '941##'],
    ['New York', 'NY', '100##'],
    ['Portland', 'OR', '972##'],
  ],
  companyForms: ['Inc.', 'LLC', 'Corp.', '& Sons'],
  taxNumber: '##-#######',
  numberFirst: true,
};

const canada: Country = {
  code: 'CA',
  name: 'Canada',
  callingCode: '1',
  trunk: '',
  mobile: '514',
  landline: '4186',
  firstNames: ['Étienne', 'Geneviève', 'Liam', 'Maude', 'Olivia', 'Rémi'],
  lastNames: [["L'Écuyer"], ['Bélanger'], ['Gagné'], ['Tremblay'], ['MacDonald'], ['Wong']],
  streets: ['rue Sainte-Catherine', 'Yonge Street', 'chemin Sainte-Foy', 'Granville Street'],
  cities: [
    ['Montréal', 'QC', 'H2X #@#'],
    ['Toronto', 'ON', 'M5V #@#'],
    ['Québec', 'QC', 'G1R #@#'],
  ],
  companyForms: ['Inc.', 'Ltée', 'Ltd.'],
  taxNumber: '#########RT0001',
  numberFirst: true,
};

/** More often the Netherlands: that is where one of the providers is from. */
export const countries: readonly [Country, ...Country[]] = [
  netherlands,
  netherlands,
  netherlands,
  belgium,
  france,
  germany,
  italy,
  spain,
  unitedStates,
  canada,
];

/** The country of a two-letter code; undefined where nobody lives. */
export function countryOf(code: string): Country | undefined {
  return countries.find((country) => country.code === code.toUpperCase());
}
