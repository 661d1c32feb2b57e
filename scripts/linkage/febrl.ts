import { readFileSync } from 'node:fs';
import { NO_PROFILE } from '../../src/model/customer.ts';
import type { LabelledRecord } from './labelled.ts';

/**
 * Reads one of the generated sets of the Febrl project (P. Christen, "Febrl: a freely available record linkage system",
 * 2008): one line a record, values between commas without quotes, empty where nobody says.
 *
 * `rec-7-org` and `rec-7-dup-0` are one person. Date of birth and social security number are left out: no provider
 * states them.
 */
export function readFebrl(path: string): readonly LabelledRecord[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').split(/\r?\n/);
  const columns = header.split(',').map((column) => column.trim());
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const values = line.split(',').map((value) => value.trim());
      return recordOf((column) => values[columns.indexOf(column)] || null);
    });
}

function recordOf(value: (column: string) => string | null): LabelledRecord {
  const id = value('rec_id') ?? '';
  const street = [value('street_number'), value('address_1')].filter((part) => part !== null).join(' ');
  const address = {
    line1: street || null,
    line2: value('address_2'),
    city: value('suburb'),
    postalCode: value('postcode'),
    region: value('state'),
    country: null,
    rawCountry: null,
  };
  const [firstName, lastName] = [value('given_name'), value('surname')];
  return {
    id,
    provider: 'febrl',
    person: id.replace(/-(?:org|dup-\d+)$/, ''),
    profile: { ...NO_PROFILE, firstName, lastName, address },
  };
}
