import {
  type Answer,
  answer,
  type BodyOf,
  type Call,
  countryOf,
  defineSandbox,
  jsonBody,
  mix,
  notRouted,
  type Person,
  type Records,
  type World,
} from '../../sandbox/engine.ts';
import { firstId, firstLinks, firstToken, type Row, yogi } from './sandboxRows.ts';

interface Link {
  readonly url: string;
  readonly customer: string;
  readonly expires: number;
}

interface State {
  created: number;
  tokens: number;
  /** How many links were ever made; each read makes three. */
  made: number;
  /** The newest of them. */
  links: Link[];
  /** Who was ever sent a token. */
  readonly asked: Set<string>;
}

/** The heading of the update says PATCH, its curl PUT; the five minutes are the document's "about". */
const settings = { updateMethod: 'PATCH', tokenMinutes: 5, linkMinutes: 5 };
type Lemon = World<Row, State, typeof settings>;

const token = 'dl_test_0f5bd3ef2c6a41b8';

const idOf = (number: number): string => {
  const hex = (salt: number, length: number): string =>
    mix(number, salt).toString(16).padStart(8, '0').slice(0, length);
  return `${(number + 0x1a2b0000).toString(16)}-${hex(1, 4)}-4${hex(2, 3)}-a${hex(3, 3)}-${hex(4, 8)}${hex(5, 4)}`;
};

/** Four of five have confirmed; of the others some never got a token, some let it lapse. */
function rowOf(person: Person, id: string): Row {
  const chance = mix(person.number, 0xd1) % 100;
  const confirmed = person.mobile !== null && chance < 80;
  const created = Date.UTC(2016, 8, 2) + (mix(person.number, 0xd2) % (6 * 365)) * 86_400_000;
  const at = (seconds: number): string => new Date(created + seconds * 1000).toISOString();
  const phone = person.mobile === null ? null : (international(person.mobile, person.country) ?? null);
  return {
    id,
    phone_number: confirmed ? phone : null,
    unconfirmed_phone_number: phone,
    country_code: person.country,
    email: person.email,
    first_name: person.firstName,
    last_name: [person.insertion, person.lastName].filter(Boolean).join(' '),
    confirmation_token: String(mix(person.number, 0xd3) % 1_000_000).padStart(6, '0'),
    confirmed_at: confirmed ? at(140) : null,
    confirmation_sent_at: chance < 90 ? at(1) : null,
    created_at: at(0),
    updated_at: at(confirmed ? 140 : 1),
    token_made_at: null,
  };
}

/** A phone number as this provider keeps it. It counts no digits: "333-333-333" in the US is +1333333333. */
function international(phone: string, country: string): string | undefined {
  const digits = phone.replace(/\D/g, '');
  if (digits.length < 5 || digits.length > 15) return undefined;
  if (phone.trim().startsWith('+')) return `+${digits}`;
  const known = countryOf(country);
  if (known === undefined) return undefined;
  const { callingCode, trunk } = known;
  if (digits.startsWith(`00${callingCode}`)) return `+${digits.slice(2)}`;
  return `+${callingCode}${trunk !== '' && digits.startsWith(trunk) ? digits.slice(trunk.length) : digits}`;
}

const noLinks = { billing_address_url: null, shipping_address_url: null, card_url: null };

function show(row: Row, links: Record<string, string | null>): Record<string, unknown> {
  const { token_made_at: _, confirmed_at, confirmation_sent_at, created_at, updated_at, ...rest } = row;
  return { ...rest, ...links, confirmed_at, confirmation_sent_at, created_at, updated_at };
}

function problem(status: number, error: string): Answer {
  return answer(status, { error });
}

/** The parameters of a write: known, and text or null. */
function readText(call: Call, known: readonly string[]): BodyOf<Readonly<Record<string, string | null>>> {
  const { body, refusal } = jsonBody(call, problem);
  if (refusal !== undefined) return { refusal };
  const text: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(body)) {
    if (!known.includes(name)) return { refusal: problem(422, `unknown parameter ${name}`) };
    const valid = name === 'confirmation' ? typeof value === 'boolean' : typeof value === 'string' || value === null;
    if (!valid) return { refusal: problem(422, `${name} is invalid`) };
    text[name] = value === null ? null : String(value);
  }
  return { body: text };
}

function holdsPhone(records: Records<Row>, phone: string): boolean {
  return records.candidates(phone).some((row) => row.phone_number === phone || row.unconfirmed_phone_number === phone);
}

export const sandbox = defineSandbox({
  credentials: { TOKEN: token },
  settings,
  state: (): State => ({ created: 0, tokens: 0, made: 0, links: [], asked: new Set() }),
  examples: { [yogi.id]: yogi },
  id: idOf,
  number: (id) => Number.parseInt(id.slice(0, 8), 16) - 0x1a2b0000,
  row: rowOf,

  around: (call, _, next) => (call.headers.authorization === `Bearer ${token}` ? next() : problem(401, 'unauthorized')),

  routes: {
    'POST /v1/customers': create,
    'GET /v1/customers/:id': ({ params: { id = '' } }, { records, state, settings, now }) => {
      const row = records.get(id);
      if (row === undefined) return problem(404, 'customer not found');
      const [billing_address_url = null, shipping_address_url = null, card_url = null] = [0, 1, 2].map(() => {
        const made = state.made++;
        const url = `https://api.dirtylemon.com/l/${firstLinks[made] ?? mix(made, 0xd4).toString(16).padStart(8, '0').slice(-6)}`;
        state.links.push({ url, customer: id, expires: now() + settings.linkMinutes * 60_000 });
        if (state.links.length > 3000) state.links.splice(0, 3);
        return url;
      });
      return answer(200, show(row, { billing_address_url, shipping_address_url, card_url }));
    },

    'PATCH /v1/customers/:id': update,
    'PUT /v1/customers/:id': update,
    'POST /v1/customers/:id/confirm': (call, { records, settings, now }) => {
      const { id = '' } = call.params;
      const row = records.get(id);
      if (row === undefined) return problem(404, 'customer not found');
      const read = readText(call, ['confirmation_token']);
      if (read.refusal !== undefined) return read.refusal;
      const live = row.token_made_at !== null && now() - row.token_made_at <= settings.tokenMinutes * 60_000;
      // Confirmed already, expired or wrong: the answer does not tell which.
      if (isConfirmed(row) || !live || read.body.confirmation_token !== row.confirmation_token) {
        return problem(422, 'customer could not be confirmed');
      }
      const confirmed: Row = {
        ...row,
        phone_number: row.unconfirmed_phone_number,
        confirmed_at: new Date(now()).toISOString(),
        updated_at: new Date(now() + 7).toISOString(),
      };
      records.set(id, confirmed);
      // Names and e-mail are not there, though nobody removed them.
      return answer(200, show({ ...confirmed, email: null, first_name: null, last_name: null }, noLinks));
    },

    'POST /v1/customers/:id/generate_confirmation': ({ params: { id = '' } }, world) => {
      const { records, state, now } = world;
      const row = records.get(id);
      if (row === undefined) return problem(404, 'customer not found');
      if (isConfirmed(row) || row.unconfirmed_phone_number === null)
        return problem(422, 'customer could not be confirmed');
      const sent = new Date(now()).toISOString();
      const renewed: Row = {
        ...row,
        confirmation_token: newToken(state),
        confirmation_sent_at: sent,
        updated_at: sent,
        token_made_at: now(),
      };
      records.set(id, renewed);
      send(renewed, world);
      return answer(201);
    },
  },
  noRoute: notRouted((error) => ({ error })),

  views: {
    /** Every token that is waiting to be typed in. */
    tokens: ({ records, state, now, settings }) =>
      [...state.asked]
        .flatMap((id) => records.get(id) ?? [])
        .filter((row) => !isConfirmed(row))
        .map((row) => ({
          id: row.id,
          phone_number: row.unconfirmed_phone_number,
          confirmation_token: row.confirmation_token,
          expired: now() - (row.token_made_at ?? 0) > settings.tokenMinutes * 60_000,
        })),
    links: ({ state, now }) => ({ made: state.made, live: state.links.filter((link) => link.expires >= now()) }),
  },
});

function isConfirmed(row: Row): boolean {
  return row.phone_number !== null;
}

/** What the document calls firing a `verification` event. */
function send(row: Row, world: Lemon): void {
  world.state.asked.add(row.id);
  world.message(row.unconfirmed_phone_number ?? '', row.confirmation_token, row.id);
}

function newToken(state: State): string {
  state.tokens += 1;
  return state.tokens === 1 ? firstToken : String(mix(state.tokens, 0xd5) % 1_000_000).padStart(6, '0');
}

function create(call: Call, world: Lemon): Answer {
  const read = readText(call, [
    'confirmation',
    'unconfirmed_phone_number',
    'country_code',
    'first_name',
    'last_name',
    'email',
  ]);
  if (read.refusal !== undefined) return read.refusal;
  const { confirmation = 'true', unconfirmed_phone_number: given, country_code = null, ...about } = read.body;
  if (!given) return problem(422, 'unconfirmed_phone_number is missing');
  if (country_code === null || !/^[A-Z]{2}$/.test(country_code))
    return problem(422, 'country_code is not an ISO 3166 code');
  const phone = international(given, country_code);
  if (phone === undefined) return problem(422, 'unconfirmed_phone_number is invalid');
  if (holdsPhone(world.records, phone)) return problem(422, 'phone number already taken');

  const now = world.now();
  world.state.created += 1;
  const row: Row = {
    id: world.state.created === 1 ? firstId : idOf(0x7000_0000 + world.state.created),
    phone_number: confirmation === 'true' ? null : phone,
    unconfirmed_phone_number: phone,
    country_code,
    ...{ email: null, first_name: null, last_name: null, ...about },
    confirmation_token: newToken(world.state),
    // Set although nothing is confirmed, and not sent although a message goes out: as in the document's example.
    confirmed_at: new Date(now).toISOString(),
    confirmation_sent_at: null,
    created_at: new Date(now).toISOString(),
    updated_at: new Date(now + 600).toISOString(),
    token_made_at: now,
  };
  world.records.set(row.id, row);
  if (confirmation === 'true') send(row, world);
  return answer(201, show(row, noLinks));
}

function update(call: Call, world: Lemon): Answer {
  const { id = '' } = call.params;
  if (call.method !== world.settings.updateMethod) {
    return answer(405, { error: 'Method not allowed' }, { allow: `GET, ${world.settings.updateMethod}` });
  }
  const row = world.records.get(id);
  if (row === undefined) return problem(404, 'customer not found');
  const read = readText(call, ['first_name', 'last_name', 'email']);
  if (read.refusal !== undefined) return read.refusal;
  const changed: Row = { ...row, ...read.body, updated_at: new Date(world.now()).toISOString() };
  world.records.set(id, changed);
  return answer(200, show(changed, noLinks));
}
