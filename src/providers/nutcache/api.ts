import { z } from 'zod';
import { wireText } from '../../contract/wire.ts';

const CUSTOMER_NAMES = [
  ...[
    'id',
    'organization',
    'name',
    'contact',
    'email',
    'phone',
    'mobile_phone',
    'address',
    'city',
    'state',
    'zip_code',
  ],
  ...['country', 'tax', 'status', 'legal_notice', 'communication_culture_code', 'notes', 'links', 'type'],
];

/** The id that the provider counts up; as text it would be the same number, anything else is another kind of answer. */
const customerId = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^[1-9][0-9]{0,9}$/)
      .transform(Number),
  ])
  .pipe(z.number().int().min(1).max(9_999_999_999));

/** "Customers": what is used of it, its known names in lower case; whatever else is there passes through. */
export const nutcacheCustomer = z.preprocess(
  inLowerCase(CUSTOMER_NAMES),
  z.looseObject({
    id: customerId,
    organization: wireText,
    name: wireText,
    contact: wireText,
    email: wireText,
    phone: wireText,
    mobile_phone: wireText,
    address: wireText,
    city: wireText,
    state: wireText,
    zip_code: wireText,
    country: wireText,
    tax: wireText,
    status: wireText,
    legal_notice: wireText,
    communication_culture_code: wireText,
    notes: wireText,
  }),
);

export type NutcacheCustomer = z.infer<typeof nutcacheCustomer>;

const link = z.preprocess(inLowerCase(['href', 'rel']), z.looseObject({ href: wireText, rel: wireText }));

export type NutcacheLink = z.infer<typeof link>;

/** NC-4: "Viewing a Customer" and "List all Customers" answer alike. */
export const nutcacheAnswer = z.preprocess(
  inLowerCase(['links', 'customers']),
  z.looseObject({ links: z.array(link).nullish(), customers: z.array(nutcacheCustomer) }),
);

/**
 * NC-6: the table says `notes` and `Status`, the JSON `Notes` and `status`, both say `Organization`: the names we know
 * are taken in any case and go on in lower case, others stay as they are. Where two spellings of one name are there,
 * the one that holds something wins over the empty one, then lower case over upper; the order never matters, and
 * reading what was read changes nothing.
 */
function inLowerCase(names: readonly string[]): (json: unknown) => unknown {
  const known = new Set(names);
  return (json) => {
    if (json === null || typeof json !== 'object' || Array.isArray(json)) return json;
    const values = new Map<string, unknown>(Object.entries(json));
    const spellings = new Map<string, string>();
    for (const spelling of values.keys()) {
      const lower = spelling.toLowerCase();
      const name = known.has(lower) ? lower : spelling;
      const rival = spellings.get(name);
      if (rival === undefined || beats(spelling, rival, values)) spellings.set(name, spelling);
    }
    return Object.fromEntries([...spellings].map(([name, spelling]) => [name, values.get(spelling)]));
  };
}

function beats(spelling: string, rival: string, values: ReadonlyMap<string, unknown>): boolean {
  const empty = isEmpty(values.get(spelling));
  // Lower-case letters come after their capitals in Unicode.
  return empty === isEmpty(values.get(rival)) ? spelling > rival : !empty;
}

/** NC-5: null and "" both say that nothing is known. */
const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === '';
