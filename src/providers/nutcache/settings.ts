import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Setting } from '../../contract/provider.ts';
import { country } from '../../model/country.ts';
import type { CountryCode } from '../../model/customer.ts';

/** The provider's own country numbers, as text, and what they stand for; null where nobody has told. */
export type Countries = ReadonlyMap<string, CountryCode> | null;

/** NC-11: what the `OrganizationGuid` header carries; it is not the number in a customer's `Organization`. */
export const organizationGuid: Setting<string> = {
  schema: guid(),
  about: 'The organization’s GUID, not its number.',
  secret: true,
};

/** NC-1: the numbers' meaning is documented nowhere, so whoever knows it writes it down: `{"40": "CA"}`. */
export const countries: Setting<Countries> = {
  schema: z
    .string()
    .optional()
    .transform((path, context) => {
      if (path === undefined) return null;
      const read = readCountries(path);
      if (typeof read !== 'string') return read;
      // Neither the path nor the system's words: both may tell more than a log should hold.
      context.addIssue({ code: 'custom', message: read });
      return z.NEVER;
    }),
  about: 'A JSON file: Nutcache’s country number → ISO 3166-1 code, e.g. {"40": "CA"}.',
};

/** NC-3: three paths for one call; the one that the document shows being called is the default. */
export const readPath: Setting<string> = {
  schema: z
    .string()
    .default('/webapi/customers/:id')
    .refine(isReadPath, { error: 'must be a path that starts with / and contains :id once' }),
  about: 'Where one customer is read: the heading says /api/customers/:id.',
  fallback: '/webapi/customers/:id',
};

function guid(): z.ZodType<string> {
  const hex = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
  return z.string({ error: 'is missing' }).regex(hex, 'must be a GUID');
}

/** Plain segments only: no query, no escapes, no way up, and nothing that would make `:id` another name. */
function isReadPath(path: string): boolean {
  const segments = path.split('/');
  const isPlain = /^\/(?!\/)[A-Za-z0-9._~/-]*:id(?![A-Za-z0-9_])[A-Za-z0-9._~/-]*$/.test(path);
  return isPlain && !segments.includes('..') && !segments.includes('.');
}

/** @returns the map, or what is wrong with the file */
function readCountries(path: string): ReadonlyMap<string, CountryCode> | string {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch {
    return 'names a file that can’t be read';
  }
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    return 'names a file that is not JSON';
  }
  const parsed = z.record(z.string().regex(/^(?:0|[1-9][0-9]{0,9})$/), z.string().refine(isCode)).safeParse(json);
  return parsed.success
    ? new Map(Object.entries(parsed.data))
    : 'names a file that must be a JSON object of country numbers and ISO 3166-1 alpha-2 codes in upper case';
}

const isCode = (code: string): boolean => /^[A-Z]{2}$/.test(code) && country(code) === code;
