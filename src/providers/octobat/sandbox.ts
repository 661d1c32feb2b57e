import {
  type Answer,
  answer,
  type Call,
  code,
  countryOf,
  defineSandbox,
  formBody,
  fullName,
  isBasic,
  mix,
  notRouted,
  type Person,
} from '../../sandbox/engine.ts';

interface PaymentSource {
  readonly id: string;
  readonly object: 'payment_source';
  readonly customer: string;
  readonly source: string;
  readonly payment_source_type: string;
  readonly details: Readonly<Record<string, never>>;
  readonly country: string;
  readonly exp_month: number;
  readonly exp_year: number;
}

interface Fields {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone_number: string | null;
  readonly billing_address_line1: string | null;
  readonly billing_address_line2: string | null;
  readonly billing_address_city: string | null;
  readonly billing_address_zip: string | null;
  readonly billing_address_state: string | null;
  /** Verbatim what was sent: a name, as in the document's examples, or the code that it asks for. */
  readonly billing_address_country: string | null;
  readonly business_type: string | null;
  readonly tax_number: string | null;
}

interface Row extends Fields {
  readonly id: string;
  readonly payment_sources: readonly PaymentSource[];
}

const apiKey = 'oc_test_skey_tkHCYYOUVrYyY5rBFZxNzgtt';

const nothing: Fields = {
  name: null,
  email: null,
  phone_number: null,
  billing_address_line1: null,
  billing_address_line2: null,
  billing_address_city: null,
  billing_address_zip: null,
  billing_address_state: null,
  billing_address_country: null,
  business_type: null,
  tax_number: null,
};
const fieldNames = Object.keys(nothing);

/** Created with this number in the document, retrieved without it: it is taken, but never shown again. */
const unverifiedTaxNumber = 'FR60528551658';

function paymentSource(id: string, customer: string, source: string, country: string, year: number): PaymentSource {
  return {
    id,
    object: 'payment_source',
    customer,
    source,
    payment_source_type: 'Credit Card',
    details: {},
    country,
    exp_month: 12,
    exp_year: year,
  };
}

const documented: Row = {
  ...nothing,
  id: 'oc_cu_1421878635hksc26e4de79',
  name: 'Octobat Inc.',
  email: 'contact@octobat.com',
  phone_number: '+33 9 52 54 03 70',
  billing_address_city: 'Paris',
  billing_address_zip: '75004',
  billing_address_country: 'France',
  business_type: 'B2B',
  tax_number: unverifiedTaxNumber,
  // The source's customer is another than the one that has it, as in the document.
  payment_sources: [
    paymentSource('oc_ps_1459584112d83k4ef3e3bd', 'oc_cu_1459413729au6o6a9ae061', 'card_1029383qsfqs', 'FR', 2017),
  ],
};

/** The two that the document's list of three leaves out. */
const elided: readonly Row[] = [
  {
    ...nothing,
    id: 'oc_cu_1421878702pwqe81b2cf40',
    billing_address_country: 'FR',
    business_type: 'B2C',
    payment_sources: [],
  },
  {
    ...nothing,
    id: 'oc_cu_1421878955zmtd03a7e911',
    name: 'Brasserie du Canal',
    email: 'canal@example.be',
    billing_address_country: 'belgium',
    business_type: 'B2B',
    tax_number: 'BE0412345678',
    payment_sources: [],
  },
];

function show(row: Row): Record<string, unknown> {
  const { id, payment_sources, ...fields } = row;
  return {
    id,
    object: 'customer',
    // True with a test key too.
    livemode: true,
    ...fields,
    octobat_billing_page: `https://bp.octobat.com/c/${id.slice('oc_cu_'.length)}`,
    payment_sources: { object: 'list', data: payment_sources },
  };
}

function shown(row: Row): Record<string, unknown> {
  return show(row.tax_number === unverifiedTaxNumber ? { ...row, tax_number: null } : row);
}

function problem(status: number, message: string, parameter?: string): Answer {
  const type = status === 401 ? 'authentication_error' : 'invalid_request_error';
  return answer(status, { error: { type, message, ...(parameter !== undefined && { param: parameter }) } });
}

const idOf = (number: number): string => `oc_cu_${1_430_000_000 + number}${code(12, number, 0x0c70)}`;

function rowOf(person: Person, id: string): Row {
  const chance = mix(person.number, 0x0c7);
  const country = countryOf(person.country);
  return {
    id,
    name: person.companyName ?? fullName(person),
    email: person.email,
    phone_number: person.mobile ?? person.landline,
    billing_address_line1:
      person.street === ''
        ? null
        : country?.numberFirst
          ? `${person.houseNumber} ${person.street}`
          : `${person.street} ${person.houseNumber}`,
    billing_address_line2: person.houseNumberPostfix,
    billing_address_city: person.city,
    billing_address_zip: person.postalCode,
    billing_address_state: person.region,
    billing_address_country: [country?.name ?? null, person.country, person.country.toLowerCase()][chance % 3] ?? null,
    business_type: person.companyName === null ? 'B2C' : 'B2B',
    tax_number: person.vatNumber,
    payment_sources:
      chance % 4 === 0
        ? [
            paymentSource(
              `oc_ps_${code(22, person.number)}`,
              idOf(person.number + 1),
              `card_${code(12, chance)}`,
              person.country,
              2027,
            ),
          ]
        : [],
  };
}

/** The fields of a form: an empty value clears; anything else unknown is refused. */
function readFields(call: Call): { fields: Partial<Fields> } | { refusal: Answer } {
  const form = formBody(call);
  if (form === undefined) return { refusal: problem(415, 'Content-Type must be application/x-www-form-urlencoded') };
  const unknown = [...form.keys()].find((name) => !fieldNames.includes(name));
  if (unknown !== undefined) return { refusal: problem(422, `Received unknown parameter: ${unknown}`, unknown) };
  if (form.get('billing_address_country')?.trim() === '')
    return { refusal: problem(422, "billing_address_country can't be blank", 'billing_address_country') };
  const type = form.get('business_type') ?? '';
  if (!['', 'B2B', 'B2C'].includes(type))
    return { refusal: problem(422, 'business_type must be B2B or B2C', 'business_type') };
  return { fields: Object.fromEntries([...form].map(([name, value]) => [name, value === '' ? null : value])) };
}

export const sandbox = defineSandbox({
  credentials: { API_KEY: apiKey },
  settings: { maxLimit: 100 },
  state: () => ({ created: 0 }),
  examples: Object.fromEntries([documented, ...elided].map((row) => [row.id, row])),
  id: idOf,
  number: (id) => Number(/^oc_cu_(\d{10})/.exec(id)?.[1] ?? Number.NaN) - 1_430_000_000,
  row: rowOf,

  // The key is the user, the password is empty.
  around: (call, _, next) => (isBasic(call, apiKey, '') ? next() : problem(401, 'Invalid API Key provided')),

  routes: {
    'POST /customers': (call, world) => {
      const read = readFields(call);
      if ('refusal' in read) return read.refusal;
      const { fields } = read;
      if (!fields.billing_address_country)
        return problem(422, "billing_address_country can't be blank", 'billing_address_country');
      world.state.created += 1;
      const id = `oc_cu_${Math.floor(world.now() / 1000)}${code(12, world.state.created, 0x0c71)}`;
      const taxed = Boolean(fields.tax_number) || Boolean(fields.business_type);
      const row: Row = { ...nothing, ...fields, ...(!taxed && { business_type: 'B2C' }), id, payment_sources: [] };
      world.records.set(id, row);
      return answer(200, show(row));
    },
    'GET /customers/': () => answer(301, undefined, { location: '/customers' }),
    'GET /customers': (call, { records, settings }) => {
      const limit = Number(call.query.get('limit') ?? 10);
      if (!Number.isInteger(limit) || limit < 1 || limit > settings.maxLimit) {
        return problem(400, `limit must be from 1 to ${settings.maxLimit}`, 'limit');
      }
      const after = call.query.get('starting_after');
      const before = call.query.get('ending_before');
      const cursor = after ?? before;
      const at = cursor === null ? -1 : records.positionOf(cursor);
      if (at === undefined)
        return problem(400, `No such customer: ${cursor}`, after === null ? 'ending_before' : 'starting_after');
      const start = after === null && before !== null ? Math.max(0, at - limit) : at + 1;
      const end = after === null && before !== null ? at : Math.min(records.size, start + limit);
      const data = [];
      for (let position = start; position < end; position++) {
        const row = records.get(records.idAt(position) ?? '');
        if (row !== undefined) data.push(shown(row));
      }
      return answer(200, {
        object: 'list',
        has_before: start > 0,
        has_more: end < records.size,
        total_count: records.size,
        data,
      });
    },
    'GET /customers/:id': ({ params: { id = '' } }, { records }) => {
      const row = records.get(id);
      return row === undefined ? problem(404, `No such customer: ${id}`, 'customer') : answer(200, shown(row));
    },
    'PATCH /customers/:id': (call, world) => update(call, world.records),
    // The document's curl has no -X, which makes it this.
    'POST /customers/:id': (call, world) => update(call, world.records),
  },
  noRoute: notRouted((message) => ({ error: { type: 'invalid_request_error', message } })),
});

function update(call: Call, records: { get(id: string): Row | undefined; set(id: string, row: Row): void }): Answer {
  const { id = '' } = call.params;
  const row = records.get(id);
  if (row === undefined) return problem(404, `No such customer: ${id}`, 'customer');
  const read = readFields(call);
  if ('refusal' in read) return read.refusal;
  const changed: Row = { ...row, ...read.fields };
  records.set(id, changed);
  return answer(200, shown(changed));
}
