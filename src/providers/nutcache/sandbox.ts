import {
  type Answer,
  answer,
  type Call,
  countryOf,
  defineSandbox,
  fullName,
  mix,
  notRouted,
  type Person,
  type World,
} from '../../sandbox/engine.ts';

interface Row {
  readonly id: number;
  readonly name: string;
  readonly status: number;
  readonly email: string | null;
  readonly contact: string | null;
  readonly address: string | null;
  readonly city: string | null;
  readonly zip_code: string | null;
  readonly phone: string | null;
  readonly mobile_phone: string | null;
  readonly country: number | null;
  readonly state: string | null;
  readonly communication_culture_code: string | null;
  readonly Notes: string | null;
  readonly tax: number | null;
}

const token = 'YVl6T1JtbkdpMHhwaXhCdTQ5b3l6ckpqR2ZGY2Z3Z1Eycnh2aGl0ZDphcGlkb2NzQGFwaWRvY3MuY29tOnBhc3N3b3Jk';
const organizationGuid = '846E176E-7C4B-4BFD-A894-C98F2988927E';
const organization = 1686;
const settings = { maxLimit: 100 };

/** The provider's own numbers; which country has which is told nowhere in its document. */
const countryNumbers: Readonly<Record<string, number>> = {
  US: 1,
  CA: 2,
  BE: 17,
  DE: 34,
  ES: 39,
  FR: 40,
  IT: 55,
  NL: 77,
};

function example(id: number, name: string, rest: Partial<Row> = {}): Row {
  return {
    id,
    name,
    status: 0,
    email: `${id}@yopmail.com`,
    contact: null,
    address: null,
    city: null,
    zip_code: null,
    phone: null,
    mobile_phone: null,
    country: null,
    state: null,
    communication_culture_code: null,
    Notes: null,
    tax: null,
    ...rest,
  };
}

const examples: readonly Row[] = [
  example(143222, 'Sample client', { contact: 'Sample contact name', phone: '123-456-7890', country: 40 }),
  example(143224, 'Taxable Ont Client', { tax: 375 }),
  example(143225, 'Taxable QC Client', { tax: 376 }),
  example(147033, 'Test Client'),
  example(147504, 'Client inactif', {
    status: 1,
    contact: 'Clientinactif@yopmail.com',
    address: 'Clientinactif@yopmail.com',
  }),
  example(149643, 'client android', { contact: '', phone: '', country: 2 }),
  example(153744, 'Aquaman client', { email: null, country: 2 }),
  example(153745, 'Surprise!', { email: null }),
  // On the second page, of which the document only shows the link.
  example(153801, 'Deuxième page', {
    status: 2,
    email: '',
    Notes: 'Appeler\nle matin',
    communication_culture_code: 'fr-CA',
  }),
];

function rowOf(person: Person, id: string): Row {
  const chance = mix(person.number, 0x4e) % 100;
  const name = fullName(person);
  const empty = chance % 2 === 0 ? '' : null;
  const street = [person.street, person.houseNumber, person.houseNumberPostfix].filter(Boolean).join(' ');
  return example(Number(id), person.companyName ?? name, {
    status: chance < 9 ? 1 : 0,
    email: person.email,
    contact: person.companyName === null ? empty : name,
    address: street === '' ? null : street,
    city: person.city,
    zip_code: person.postalCode,
    phone: person.landline ?? empty,
    mobile_phone: person.mobile ?? empty,
    country: chance < 15 ? null : (countryNumbers[person.country] ?? null),
    state: person.region,
    communication_culture_code: chance < 20 ? `${person.country === 'FR' ? 'fr' : 'en'}-${person.country}` : null,
    Notes: chance < 10 ? 'Pays late' : empty,
    tax: person.region === 'ON' ? 375 : person.region === 'QC' ? 376 : null,
  });
}

function show({ id, name, status, ...row }: Row): unknown {
  const link = (href: string) => ({ href, rel: href.split('/')[0], type: 'GET' });
  const { email, contact, address, city, zip_code, phone, mobile_phone, country, state, ...rest } = row;
  return {
    type: 'customers',
    id,
    Organization: organization,
    name,
    status,
    links: [
      link(`organizations/${organization}`),
      ...(row.country === null ? [] : [link(`countries/${row.country}`)]),
      ...(row.tax === null ? [] : [link(`taxes/${row.tax}`)]),
      { ...link(`customers/${id}`), rel: 'self' },
    ],
    ...{ email, contact, address, city, zip_code, phone, mobile_phone, country, state, legal_notice: null, ...rest },
  };
}

const failure = (message: string) => ({ error: message });

function view({ params: { id = '' } }: Call, { records }: World<Row, null, typeof settings>): Answer {
  const row = records.get(id);
  // Nobody found is no failure.
  return answer(200, { customers: row === undefined ? [] : [show(row)] });
}

// Of every thirty places on the pages the ninth and tenth stand empty, so the first page of ten has eight customers.
const placeOf = (position: number): number =>
  Math.floor(position / 28) * 30 + (position % 28) + (position % 28 < 8 ? 0 : 2);
const positionAt = (place: number): number | undefined => {
  const within = place % 30;
  if (within === 8 || within === 9) return undefined;
  return Math.floor(place / 30) * 28 + (within < 8 ? within : within - 2);
};

export const sandbox = defineSandbox({
  credentials: { TOKEN: token, ORGANIZATION_GUID: organizationGuid },
  settings,
  state: () => null,
  examples: Object.fromEntries(examples.map((row) => [row.id, row])),
  id: (number) => String(200_000 + number),
  number: (id) => Number(id) - 200_000,
  row: rowOf,

  around(call, _, next) {
    if (call.headers.authorization !== `nut-basic ${token}`) return answer(401, failure('Unauthorized'));
    if (call.headers['api-version'] !== '3') return answer(400, failure('api-version is missing or unknown'));
    const guid = call.headers.organizationguid;
    if (guid === undefined) return answer(400, failure('OrganizationGuid is missing'));
    return guid === organizationGuid ? next() : answer(401, failure('Unauthorized'));
  },

  routes: {
    'GET /webapi/customers': ({ query }, { records }) => {
      const limit = Number(query.get('limit') ?? 10);
      const page = Number(query.get('page') ?? 1);
      if (!(Number.isInteger(limit) && limit > 0 && limit <= settings.maxLimit))
        return answer(400, failure('Bad limit'));
      if (!(Number.isInteger(page) && page > 0)) return answer(400, failure('Bad page'));
      const customers: unknown[] = [];
      const end = Math.min(page * limit, records.size === 0 ? 0 : placeOf(records.size - 1) + 1);
      for (let place = (page - 1) * limit; place < end; place++) {
        const position = positionAt(place);
        const row = position === undefined ? undefined : records.get(records.idAt(position) ?? '');
        if (row !== undefined) customers.push(show(row));
      }
      const more = placeOf(records.size - 1) >= page * limit;
      const next = { href: `customers?limit=${limit}&page=${page + 1}`, rel: 'navigation-next', type: 'GET' };
      return answer(200, more ? { links: [next], customers } : { customers });
    },
    // One call, two paths: the heading says /api, the request below it /webapi.
    'GET /webapi/customers/:id': view,
    'GET /api/customers/:id': view,
  },
  noRoute: notRouted(failure),

  views: {
    /** Which number means which country, for whoever writes the gateway's file of them. */
    countries: () =>
      Object.fromEntries(
        Object.entries(countryNumbers).flatMap(([iso, number]) => (countryOf(iso) ? [[number, iso]] : [])),
      ),
  },
});
