import {
  type Answer,
  answer,
  type BodyOf,
  type Call,
  defineSandbox,
  fullName,
  instantIn,
  isBasic,
  isObject,
  jsonBody,
  mix,
  notRouted,
  type Person,
  spend,
  type Usage,
  unused,
  type World,
} from '../../sandbox/engine.ts';
import { at, empty, examples, named, type Phone, phones, type Row, texts } from './sandboxRows.ts';

interface State {
  nextId: number;
  nextPhoneId: number;
  /** When a customer was last written, by id. */
  readonly modified: Map<string, number>;
  readonly usage: Usage;
}

const settings = { minutelyLimit: 360, dailyLimit: 15_000, pageSize: 500, timeZone: 'Europe/Amsterdam' };
type Software = World<Row, State, typeof settings>;

const [username, password] = ['Username', 'Password'];
const types = ['Klant', 'Zakelijk', 'E-commerce'];

// The document lists 8 and 11 as all that was modified since 2019, so 4 and 1006 were not.
const modifiedExamples = new Map([8, 11].map((id) => [String(id), Date.UTC(2020, 0, 1)]));
const firstDay = Date.UTC(2018, 0, 1);

function rowOf(person: Person, id: string): Row {
  const customer_id = Number(id);
  const name = fullName(person);
  const chance = mix(person.number, 0xc5) % 100;
  const consumer = chance < 30 ? 'E-commerce' : 'Klant';
  return {
    ...empty,
    customer_id,
    customer_type_name: person.companyName === null || chance > 90 ? consumer : 'Zakelijk',
    customer_reference: chance < 20 ? `REF${person.number}` : '',
    company_name: person.companyName ?? '',
    attn: person.companyName === null ? '' : name,
    ...named(
      chance < 50 ? 'Dhr./Mevr. ' : '',
      person.firstName.trim().slice(0, 1),
      person.insertion ?? '',
      person.firstName,
      person.lastName,
    ),
    ...at(person.street, person.houseNumber, person.houseNumberPostfix ?? '', person.postalCode, person.city),
    country_code_iso_3166: chance < 10 ? person.country.toLowerCase() : person.country,
    email: person.email ?? '',
    vat_number: person.vatNumber ?? '',
    phone_numbers: phones(customer_id, name, ['mob', person.mobile ?? ''], ['tel', person.landline ?? '']),
  };
}

const failure = (message: string) => ({ error: true, error_message: message });
const problem = (status: number, message: string): Answer => answer(status, failure(message));

/** A body as a whole customer: what it leaves out is empty, what is readonly or unknown is ignored. */
function readRow(call: Call, before: Pick<Row, 'customer_id' | 'datetime_created'>, state: State): BodyOf<Row> {
  const { body, refusal } = jsonBody(call, problem);
  if (refusal !== undefined) return { refusal };
  const refuse = (message: string): BodyOf<Row> => ({ refusal: answer(200, failure(message)) });
  const text: Record<string, string> = {};
  for (const name of Object.keys(texts)) {
    const value = body[name] ?? '';
    if (typeof value !== 'string') return refuse(`Invalid value for ${name}`);
    text[name] = value;
  }
  const discount_percentage = body.discount_percentage ?? 0;
  if (typeof discount_percentage !== 'number') return refuse('Invalid value for discount_percentage');
  const phone_numbers = readPhones(body.phone_numbers ?? [], before.customer_id, state);
  if (phone_numbers === undefined) return refuse('Invalid value for phone_numbers');
  const { customer_id, datetime_created } = before;
  const row: Row = { ...empty, ...text, customer_id, discount_percentage, datetime_created, phone_numbers };
  if (row.name === '' && row.company_name === '') return refuse('name or company_name is required');
  if (!['', ...types].includes(row.customer_type_name)) return refuse('Unknown customer_type_name');
  return { body: row };
}

/** Just these numbers and no others; one without an id gets the next. */
function readPhones(value: unknown, customer_id: number, state: State): Phone[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const read: Phone[] = [];
  for (const item of value) {
    if (!isObject(item)) return undefined;
    const { phone_number_id: given = '', phone_number = '', name = '' } = item;
    if (typeof given !== 'string' || typeof phone_number !== 'string' || typeof name !== 'string') return undefined;
    const phone_number_id = given === '' ? String(state.nextPhoneId++) : given;
    read.push({ phone_number_id, customer_id, phone_number, name });
  }
  return read;
}

/** find.json: what must hold of a customer for each query name. Any other name is ignored. */
const searches: Readonly<Record<string, (row: Row, wanted: string) => boolean>> = {
  // A number is looked up by the customer that it says it belongs to.
  phone_number: (row, wanted) =>
    row.phone_numbers.some(
      (phone) => phone.customer_id === row.customer_id && digits(phone.phone_number) === digits(wanted),
    ),
  postal_code: (row, wanted) => plain(row.postcode) === plain(wanted),
  housenumber: (row, wanted) => plain(row.house_number) === plain(wanted),
  housenumber_postfix: (row, wanted) => plain(row.house_number_postfix) === plain(wanted),
  email: (row, wanted) => row.email.toLowerCase() === wanted.toLowerCase(),
  query: (row, wanted) =>
    [row.company_name, row.first_name, row.insertion, row.name].join(' ').toLowerCase().includes(wanted.toLowerCase()),
  country_code: (row, wanted) => plain(row.country_code_iso_3166) === plain(wanted),
  customer_type_id: (row, wanted) => types.indexOf(row.customer_type_name) + 1 === Number(wanted),
};

const digits = (text: string): string => text.replace(/\D/g, '');
const plain = (text: string): string => text.replace(/\s/g, '').toLowerCase();

function find({ query }: Call, { records }: Software): Answer {
  const wanted = [...query].filter(([name, value]) => Object.hasOwn(searches, name) && value !== '');
  const contact = query.get('email') || query.get('phone_number');
  const found: unknown[] = [];
  for (const row of contact ? records.candidates(contact) : records.all()) {
    if (!wanted.every(([name, value]) => searches[name]?.(row, value))) continue;
    const { company_name, ...rest } = row;
    // As in the document: find leaves the company's name out of customer 11, list does not.
    found.push(row.customer_id === 11 && company_name === '' ? rest : row);
  }
  return answer(200, found);
}

// The mark of the next page looks like a count of customers, and is none.
const markOf = (position: number): number => position * 7 + 3;

function list({ query }: Call, world: Software): Answer {
  const { records, settings } = world;
  const refuse = (message: string): Answer =>
    answer(200, { ...failure(message), customers: [], pagination: { count: 0, next_offset: null } });
  const start = query.get('offset') ? (Number(query.get('offset')) - 3) / 7 : 0;
  if (!Number.isInteger(start) || start < 0) return refuse('Invalid offset');
  const since = query.get('modified_since');
  const from = since === null ? undefined : instantIn(since, settings.timeZone);
  if (since !== null && from === undefined) return refuse('Invalid modified_since');

  const customers: Row[] = [];
  // Without a filter the place is known; with one, those that pass are counted from the start.
  let [position, passed] = from === undefined ? [start, start] : [0, 0];
  for (; position < records.size && customers.length < settings.pageSize; position++) {
    if (from !== undefined && modifiedAt(position, world) < from) continue;
    passed += 1;
    const row = passed > start ? records.get(records.idAt(position) ?? '') : undefined;
    if (row !== undefined) customers.push(row);
  }
  const next_offset = position < records.size ? markOf(start + customers.length) : null;
  return answer(200, {
    error: false,
    error_message: null,
    customers,
    pagination: { count: customers.length, next_offset },
  });
}

function modifiedAt(position: number, { records, state, population }: Software): number {
  const id = records.idAt(position) ?? '';
  const person = records.personAt(position);
  const seeded = person === undefined ? modifiedExamples.get(id) : population.times(person).modifiedAt;
  return state.modified.get(id) ?? seeded ?? firstDay;
}

export const sandbox = defineSandbox({
  credentials: { USERNAME: username, PASSWORD: password },
  settings,
  state: (): State => ({ nextId: 26_196, nextPhoneId: 714_254, modified: new Map(), usage: unused() }),
  examples: Object.fromEntries(examples.map((row) => [row.customer_id, row])),
  id: (number) => String(1_000_000 + number),
  number: (id) => Number(id) - 1_000_000,
  row: rowOf,

  around(call, { settings, state, now }, next) {
    const known = isBasic(call, username, password);
    const limits = { perMinute: settings.minutelyLimit, perDay: settings.dailyLimit, zone: settings.timeZone };
    const { allowed, minuteLeft, dayLeft } = spend(state.usage, known ? limits : { ...limits, perMinute: 0 }, now());
    const given = !known ? problem(401, 'Invalid credentials') : allowed ? next() : problem(429, 'Rate limit exceeded');
    const headers = {
      'x-ratelimit-minutely-limit': String(settings.minutelyLimit),
      'x-ratelimit-minutely-remaining': String(known ? minuteLeft : settings.minutelyLimit),
      'x-ratelimit-daily-limit': String(settings.dailyLimit),
      'x-ratelimit-daily-remaining': String(dayLeft),
      'x-ratelimit-daily-reset': String(Math.floor(state.usage.midnight / 1000)),
    };
    return { ...given, headers: { ...given.headers, ...headers } };
  },

  routes: {
    'GET /api/v1/customers/find.json': find,
    'GET /api/v1/customers/list.json': list,
    'GET /api/v1/customers/:id.json': ({ params: { id = '' } }, { records }) => {
      const row = records.get(id);
      return row === undefined ? problem(404, 'Customer not found') : answer(200, row);
    },
    'POST /api/v1/customers.json': (call, { records, state, now }) => {
      const read = readRow(call, { customer_id: state.nextId, datetime_created: null }, state);
      if (read.refusal !== undefined) return read.refusal;
      const id = String(state.nextId++);
      records.set(id, read.body);
      state.modified.set(id, now());
      return answer(200, read.body);
    },
    'PUT /api/v1/customers/:id.json': (call, { records, state, now }) => {
      const { id = '' } = call.params;
      const before = records.get(id);
      if (before === undefined) return problem(404, 'Customer not found');
      const read = readRow(call, before, state);
      if (read.refusal !== undefined) return read.refusal;
      records.set(id, read.body);
      state.modified.set(id, now());
      return answer(200, read.body);
    },
  },
  noRoute: notRouted(failure),
  softError: failure,
});
