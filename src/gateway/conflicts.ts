import { type ProviderRecord, profileField } from './record.ts';

/** Where records of one customer say different things of it. */
export interface FieldConflict {
  /** As in the profile; of an address, `address.city`. */
  readonly field: string;
  /** What each record says that says anything, in the order of trust. */
  readonly values: readonly { readonly provider: string; readonly value: string }[];
}

/** The times differ by nature: each provider has its own. */
const FIELDS = [
  'kind',
  'displayName',
  'firstName',
  'lastName',
  'companyName',
  'email',
  'phone',
  'taxId',
  'status',
] as const;

/** What a provider wrote for its country is no value of its own. */
const ADDRESS = ['line1', 'line2', 'city', 'postalCode', 'region', 'country'] as const;

/** Compares what was normalised: another spelling of the same is no conflict. */
export function conflictsOf(records: readonly ProviderRecord[]): readonly FieldConflict[] {
  return [
    ...FIELDS.map((field) => comparison(field, records, (record) => profileField(record, field))),
    ...ADDRESS.map((part) =>
      comparison(`address.${part}`, records, (record) => profileField(record, 'address')?.[part] ?? null),
    ),
  ].filter(({ values }) => new Set(values.map(({ value }) => value)).size > 1);
}

const comparison = (
  field: string,
  records: readonly ProviderRecord[],
  read: (record: ProviderRecord) => string | null,
): FieldConflict => ({
  field,
  values: records.flatMap((record) => {
    const value = read(record);
    return value === null ? [] : [{ provider: record.key.provider, value }];
  }),
});
