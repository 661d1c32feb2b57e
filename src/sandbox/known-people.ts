import type { Person } from './people.ts';

/** Somebody written by hand: whose records are hard to recognise as one, or easily taken for another's. */
export interface KnownPerson {
  readonly person: (number: number) => Person;
  /** The examples of a provider's document that are this person: provider → ids. */
  readonly documented: Readonly<Record<string, readonly string[]>>;
  /** Where this person is no customer. */
  readonly notAt: readonly string[];
  /** What a provider wrote differently, instead of chance. */
  readonly spellings: Readonly<Record<string, Partial<Person>>>;
}

interface Story extends Partial<Omit<KnownPerson, 'person'>> {
  readonly who: Partial<Omit<Person, 'number'>>;
}

const blank: Omit<Person, 'number'> = {
  companyName: null,
  firstName: '',
  insertion: null,
  lastName: '',
  email: null,
  mobile: null,
  landline: null,
  street: '',
  houseNumber: '',
  houseNumberPostfix: null,
  postalCode: '',
  city: '',
  region: null,
  country: 'NL',
  vatNumber: null,
};

/** Where somebody lives. */
const at = (
  street: string,
  houseNumber: string,
  houseNumberPostfix: string | null,
  postalCode: string,
  city: string,
  country: string,
  region: string | null = null,
) => ({ street, houseNumber, houseNumberPostfix, postalCode, city, country, region });

const stories: readonly Story[] = [
  {
    who: {
      firstName: 'Giel',
      insertion: 'van',
      lastName: 'Wijgergangs',
      email: 'gielwijgergangs@example.com',
      mobile: '+31622903913',
      landline: '+31733030050',
      ...at('Belgische weg', '2', 'B', '1000', 'Belgcity', 'BE'),
    },
    documented: { 'cycle-software': ['11'] },
    spellings: {
      octobat: { firstName: 'GIEL', lastName: 'WIJGERGANGS', insertion: 'VAN', mobile: '0622903913' },
      nutcache: { lastName: 'Wijgergans', mobile: '06-22903913' },
      'dirty-lemon': { insertion: null, lastName: 'van Wijgergangs' },
    },
  },
  {
    who: {
      firstName: 'Yogi',
      lastName: 'Berra',
      email: 'customer@example.com',
      mobile: '+13333333333',
      ...at('Elston Avenue', '5447', null, '63110', 'St. Louis', 'US', 'MO'),
    },
    documented: { 'dirty-lemon': ['fffd7e80-1691-41f5-8946-9deeaf0b8640'] },
    spellings: {
      octobat: { email: 'yogi@example.com', mobile: '333-333-3333' },
      'cycle-software': { firstName: 'Lawrence', mobile: '+1 333 3333333' },
    },
    notAt: ['nutcache'],
  },
  {
    who: {
      companyName: 'Octobat Inc.',
      firstName: 'Grégoire',
      lastName: 'Vasseur',
      email: 'contact@octobat.com',
      landline: '+33952540370',
      ...at('rue des Archives', '12', null, '75004', 'Paris', 'FR'),
      vatNumber: 'FR60528551658',
    },
    documented: { octobat: ['oc_cu_1421878635hksc26e4de79'] },
    spellings: {
      nutcache: { companyName: 'OCTOBAT', landline: '09 52 54 03 70' },
      'cycle-software': { companyName: 'Octobat', landline: '+33 9 52 54 03 70' },
    },
    notAt: ['dirty-lemon'],
  },
  {
    who: {
      firstName: 'Joe',
      lastName: 'Bloggs',
      email: 'test@onboardflow.com',
      mobile: '+14155550123',
      ...at('Market Street', '548', null, '94104', 'San Francisco', 'US', 'CA'),
    },
    documented: { 'onboard-flow': ['cus_123XYZ'] },
    spellings: { octobat: { firstName: 'Joseph' }, 'dirty-lemon': { lastName: 'Blogs' } },
  },
  {
    who: {
      firstName: 'Zoë',
      lastName: 'Jansen-Müller',
      email: 'zoe.jansen@example.nl',
      mobile: '+31612340987',
      ...at('Kerkstraat', '14', 'c', '5388 GM', 'Nistelrode', 'NL'),
    },
    spellings: {
      octobat: { firstName: 'Zoe', lastName: 'Jansen Mueller', mobile: '06-12340987', postalCode: '5388GM' },
      'cycle-software': { lastName: 'Müller', mobile: '06 12340987', postalCode: '5388gm' },
      'dirty-lemon': { lastName: 'JANSEN-MULLER', email: 'ZOE.JANSEN@EXAMPLE.NL' },
    },
  },
  {
    who: {
      companyName: 'Bakkerij De Gouden Aar B.V.',
      firstName: 'Anneke',
      insertion: 'van der',
      lastName: 'Berg',
      email: 'info@goudenaar.example.nl',
      landline: '+31733012345',
      ...at('Raadhuisplein', '1', null, '5388 GM', 'Nistelrode', 'NL'),
      vatNumber: 'NL855630693B01',
    },
    spellings: {
      octobat: { companyName: 'De Gouden Aar', landline: '073-3012345' },
      'cycle-software': { companyName: 'Bakkerij "De Gouden Aar" BV', landline: '0733012345', houseNumber: '1-3' },
      nutcache: { companyName: 'GOUDEN AAR BAKKERIJ', firstName: 'A.' },
      'dirty-lemon': { companyName: null },
    },
  },
  {
    // Nearly the baker, but somebody else in the same street.
    who: {
      firstName: 'Anneke',
      insertion: 'van den',
      lastName: 'Berg',
      email: 'anneke.vandenberg@example.nl',
      mobile: '+31612345670',
      ...at('Raadhuisplein', '11', null, '5388 GM', 'Nistelrode', 'NL'),
    },
    spellings: { 'cycle-software': { insertion: 'v.d.', mobile: '06-12345670' } },
  },
  {
    who: {
      firstName: 'Sanne',
      insertion: 'de',
      lastName: 'Vries',
      email: 'sanne@vries.example.nl',
      mobile: '+31613579246',
      landline: '+31513612345',
      ...at('Mauritslaan', '32', null, '8448 PE', 'Heerenveen', 'NL'),
    },
    spellings: { nutcache: { firstName: 'S.', email: null }, octobat: { lastName: 'de Vries', insertion: null } },
  },
  {
    // Sanne's twin: one door, one landline, one initial.
    who: {
      firstName: 'Sander',
      insertion: 'de',
      lastName: 'Vries',
      email: 'sander@vries.example.nl',
      mobile: '+31613579247',
      landline: '+31513612345',
      ...at('Mauritslaan', '32', null, '8448 PE', 'Heerenveen', 'NL'),
    },
    spellings: { nutcache: { firstName: 'S.', email: null }, 'cycle-software': { mobile: null } },
  },
  {
    who: {
      firstName: 'Jürgen',
      lastName: 'Weiß',
      email: 'j.weiss@example.de',
      mobile: '+4915112345678',
      ...at('Schloßplatz', '3a', null, '10178', 'Berlin', 'DE'),
    },
    spellings: {
      octobat: { firstName: 'Juergen', lastName: 'Weiss' },
      'cycle-software': { lastName: 'WEISS', mobile: '0151 12345678' },
      nutcache: { firstName: 'Jurgen', street: 'Schlossplatz' },
    },
  },
  {
    who: {
      firstName: 'François',
      lastName: 'Lefèvre',
      email: 'francois.lefevre@example.fr',
      mobile: '+33612345678',
      ...at('rue de Rivoli', '99', null, '75001', 'Paris', 'FR'),
    },
    spellings: {
      octobat: { lastName: 'Lefebvre' },
      'cycle-software': { firstName: 'Francois', lastName: 'LEFEVRE', mobile: '06 12 34 56 78' },
      'dirty-lemon': { firstName: 'François' },
    },
  },
  {
    who: {
      firstName: 'José María',
      lastName: 'Núñez García',
      email: 'jm.nunez@example.es',
      mobile: '+34612345678',
      ...at('Calle Mayor', '7', null, '28013', 'Madrid', 'ES'),
    },
    spellings: {
      octobat: { firstName: 'Jose Maria', lastName: 'Nunez' },
      nutcache: { firstName: 'J.M.', lastName: 'Núñez' },
    },
  },
  {
    who: {
      firstName: 'Luca',
      insertion: "D'",
      lastName: 'Angelo',
      email: 'luca@example.it',
      mobile: '+393331234567',
      ...at('Via Roma', '21', null, '00184', 'Roma', 'IT'),
    },
    spellings: {
      'cycle-software': { insertion: '', lastName: 'D’Angelo' },
      octobat: { insertion: null, lastName: 'Dangelo' },
    },
  },
  {
    who: {
      firstName: 'Marie-Hélène',
      lastName: "L'Écuyer",
      email: 'mh.lecuyer@example.ca',
      mobile: '+15145550178',
      ...at('rue Sainte-Catherine', '1430', null, 'H2X 1B7', 'Montréal', 'CA', 'QC'),
    },
    spellings: {
      octobat: { firstName: 'Marie Helene', lastName: 'LECUYER', city: 'Montreal' },
      nutcache: { firstName: 'M-H' },
    },
  },
  {
    // Two people of one name: no address, phone or e-mail in common.
    who: {
      firstName: 'Jan',
      lastName: 'Jansen',
      email: 'jan.jansen@example.nl',
      mobile: '+31612121212',
      ...at('Dorpsstraat', '5', null, '3511 AA', 'Utrecht', 'NL'),
    },
  },
  {
    who: {
      firstName: 'Jan',
      lastName: 'Jansen',
      email: 'jj@example.org',
      mobile: '+31613131313',
      ...at('Stationsweg', '80', null, '5243 RB', 'Rosmalen', 'NL'),
    },
  },
];

export const knownPeople: readonly KnownPerson[] = stories.map(
  ({ who, documented = {}, notAt = [], spellings = {} }) => ({
    person: (number) => ({ ...blank, ...who, number }),
    documented,
    notAt,
    spellings,
  }),
);
