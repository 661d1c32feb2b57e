import { z } from 'zod';
import { wireText } from '../../contract/wire.ts';

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

/** "Customers": what is used of it. */
const fields = {
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
};

/** Its fields, named in lower case, and `own`: the whole of it, as it came. */
export const nutcacheCustomer = z.preprocess(
  inLowerCase(Object.keys(fields), (own) => ({ own })),
  z.object({ ...fields, own: z.custom<object>(isObject) }),
);

export type NutcacheCustomer = z.infer<typeof nutcacheCustomer>;

const link = z.preprocess(inLowerCase(['href', 'rel']), z.object({ href: wireText, rel: wireText }));

export type NutcacheLink = z.infer<typeof link>;

/** NC-4: "Viewing a Customer" and "List all Customers" answer alike. */
export const nutcacheAnswer = z.preprocess(
  inLowerCase(['links', 'customers']),
  z.object({ links: z.array(link).nullish(), customers: z.array(nutcacheCustomer) }),
);

/**
 * NC-6: the table says `notes` and `Status`, the JSON `Notes` and `status`, both say `Organization`: the names we know
 * are taken in any case. Where two spellings of one name are there, the one that holds something wins over the empty one,
 * then lower case over upper; the order never matters.
 * @param besides what else goes on
 */
function inLowerCase(names: readonly string[], besides?: (json: object) => object): (json: unknown) => unknown {
  const wanted = new Set(names);
  return (json) => {
    if (!isObject(json)) return json;
    const spellings = new Map<string, string>();
    const known: Record<string, unknown> = {};
    for (const [spelling, value] of Object.entries(json)) {
      const name = spelling.toLowerCase();
      if (!wanted.has(name)) continue;
      const rival = spellings.get(name);
      if (rival !== undefined && !beats([spelling, value], [rival, known[name]])) continue;
      spellings.set(name, spelling);
      known[name] = value;
    }
    return Object.assign(known, besides?.(json));
  };
}

function isObject(json: unknown): json is object {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

type Spelt = readonly [spelling: string, value: unknown];

function beats([spelling, value]: Spelt, [rival, held]: Spelt): boolean {
  const empty = isEmpty(value);
  // Lower-case letters come after their capitals in Unicode.
  return empty === isEmpty(held) ? spelling > rival : !empty;
}

/** NC-5: null and "" both say that nothing is known. */
const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === '';
