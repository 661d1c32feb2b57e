import { createHash } from 'node:crypto';
import {
  type Answer,
  answer,
  type Call,
  defineSandbox,
  isObject,
  jsonBody,
  notRouted,
  type Person,
  type World,
} from '../../sandbox/engine.ts';

/** What was last said of a customer. Nobody can read it; it is kept for the tests' sake. */
interface Row {
  readonly id: string;
  readonly user_id: string;
  readonly email: string;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly image_url: string | null;
  readonly has_payment_method: boolean;
}

interface State {
  nextEvent: number;
  /** Every event, the same one twice when it was sent twice. */
  readonly events: { readonly customer: string; readonly event: unknown }[];
}

const token = 'e3c0c748fe9b55386eecc07c339ec4099a8b9b0e';
const siteKey = 'f37F2PPh';
const settings = { keepEvents: 10_000 };

const documented: Row = {
  id: 'cus_123XYZ',
  user_id: 'user_123XYZ',
  email: 'test@onboardflow.com',
  first_name: 'Joe',
  last_name: null,
  image_url: null,
  has_payment_method: true,
};

const required: Readonly<Record<string, 'string' | 'number' | 'boolean'>> = {
  site_key: 'string',
  event_date: 'number',
  user_id: 'string',
  customer_id: 'string',
  customer_email: 'string',
  customer_has_payment_method: 'boolean',
};
const optional = ['customer_first_name', 'customer_last_name', 'customer_image_url'];

function rowOf(person: Person, id: string): Row {
  return {
    id,
    user_id: `user_${person.number}`,
    email: person.email ?? '',
    first_name: person.firstName,
    last_name: [person.insertion, person.lastName].filter(Boolean).join(' '),
    image_url: null,
    has_payment_method: person.number % 3 === 0,
  };
}

const failure = (message: string) => ({ success: false, error: message });
const problem = (status: number, message: string): Answer => answer(status, failure(message));

/** What is wrong with a body, by parameter. */
function check(body: Readonly<Record<string, unknown>>): Record<string, string> {
  const wrong: Record<string, string> = {};
  for (const [name, type] of Object.entries(required)) {
    if (body[name] === undefined || body[name] === '') wrong[name] = 'This field is required.';
    else if (typeof body[name] !== type) wrong[name] = `Not a valid ${type}.`;
  }
  for (const name of optional) {
    if (!['string', 'undefined'].includes(typeof (body[name] ?? undefined))) wrong[name] = 'Not a valid string.';
  }
  const { event_date } = body;
  // Seconds: what has thirteen digits are milliseconds.
  if (
    typeof event_date === 'number' &&
    !(Number.isInteger(event_date) && event_date >= 0 && event_date < 100_000_000_000)
  ) {
    wrong.event_date = 'Not a valid Unix timestamp.';
  }
  return wrong;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function eventValue(customer: string): string {
  if (customer === documented.id) return '1923c497cf0fc93ff63414795ec58c59d4ccab38';
  return createHash('sha1').update(`${siteKey} ${customer}`).digest('hex');
}

/** Records an event, whatever was recorded before: nothing here knows a repetition when it sees one. */
function record(type: string): (call: Call, world: World<Row, State, typeof settings>) => Answer {
  return (call, { records, state, now }) => {
    const { body, refusal } = jsonBody(call, problem);
    if (refusal !== undefined) return refusal;
    const wrong = check(body);
    if (Object.keys(wrong).length > 0) return answer(400, { success: false, errors: wrong });
    if (body.site_key !== siteKey) return answer(200, failure('Unknown site_key'));

    const customer = {
      id: String(body.customer_id),
      email: String(body.customer_email),
      user_id: String(body.user_id),
      // What is left out is nulled, on an update too.
      image_url: text(body.customer_image_url),
      last_name: text(body.customer_last_name),
      first_name: text(body.customer_first_name),
      has_payment_method: body.customer_has_payment_method === true,
    };
    const received = Math.floor(now() / 1000);
    const event = {
      id: state.nextEvent++,
      event_provider: 'API',
      site_user: {},
      site_hash: siteKey,
      // Another clock, one hour ahead.
      session_id: `${siteKey}-${received + 3600}`,
      event_date: Number(body.event_date) * 1000,
      event_value: eventValue(customer.id),
      event_type: 'PROVIDER_EVENT',
      event_meta: { data: { customer }, type, created: body.event_date },
      updated: received * 1000,
      created: received * 1000,
    };
    records.set(customer.id, customer);
    state.events.push({ customer: customer.id, event });
    if (state.events.length > settings.keepEvents) state.events.shift();
    return answer(200, { success: true, data: event });
  };
}

const slash = (): Answer => answer(301, undefined, { location: '/api/v1/customer/' });

export const sandbox = defineSandbox({
  credentials: { TOKEN: token, SITE_KEY: siteKey },
  settings,
  state: (): State => ({ nextEvent: 979_924, events: [] }),
  examples: { [documented.id]: documented },
  id: (number) => `cus_${String(number).padStart(6, '0')}`,
  number: (id) => Number(/^cus_(\d{6,})$/.exec(id)?.[1] ?? Number.NaN),
  row: rowOf,

  around: (call, _, next) =>
    call.headers.authorization === `Token ${token}` ? next() : problem(401, 'Invalid token.'),

  routes: {
    'POST /api/v1/customer/': record('CUSTOMER_CREATED'),
    'PUT /api/v1/customer/': record('CUSTOMER_UPDATED'),
    'POST /api/v1/customer': slash,
    'PUT /api/v1/customer': slash,
    'GET /api/v1/customer': slash,
  },
  noRoute: notRouted(failure),
  softError: failure,

  recordId(call) {
    try {
      const body: unknown = JSON.parse(call.body);
      return isObject(body) && typeof body.customer_id === 'string' ? body.customer_id : undefined;
    } catch {
      return undefined;
    }
  },

  views: {
    events: ({ state }) => state.events.map(({ event }) => event),
    /** What is known of each customer who was ever sent. */
    customers: ({ records, state }) => [...new Set(state.events.map(({ customer }) => customer))].map(records.get),
  },
});
