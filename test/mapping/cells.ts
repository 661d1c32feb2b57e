import type { Known, Patch } from '../../src/contract/write.ts';

/**
 * The table of how unified fields are read, written and cleared, as every provider's folder tells its own part in
 * `test-mapping.ts`: `export const mapping: ProviderMapping`. A cell is examples, or `none` with the reason. One that is
 * not there fails `test/mapping.test.ts`, so a field can't be forgotten, nor a new provider's folder come without.
 */
export const ROWS = [
  'kind',
  'displayName',
  'firstName',
  'lastName',
  'companyName',
  'name written',
  'email',
  'phone',
  'address.line1',
  'address.line2',
  'address.city',
  'address.postalCode',
  'address.region',
  'address.country',
  'address.rawCountry',
  'taxId',
  'status',
  'createdAt',
  'updatedAt',
] as const;

export type RowName = (typeof ROWS)[number];

export const OPERATIONS = ['read', 'write', 'clear'] as const;

/** When every draft of the table is decided. */
export const DECIDED_AT = new Date('2026-01-02T03:04:05.678Z');

export type Fields = Readonly<Record<string, unknown>>;

/** Why there is nothing to show: the table's dash. */
export interface None {
  readonly none: string;
}

export const none = (reason: string): None => ({ none: reason });

/** What the provider has, over its document's example, and what is read from it. Times are RFC 3339 text. */
export interface ReadExample {
  readonly has: Fields;
  readonly reads: string | null;
  /** Over the mapping's settings. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** What is written, and what of the request's body comes of it; undefined: it is not in there. */
export interface WriteExample {
  readonly patch?: Patch;
  /** The provider's own input. */
  readonly own?: Fields;
  /** What the provider has, over its document's example. */
  readonly has?: Fields;
  /** What the customer is known by besides. */
  readonly known?: Partial<Known>;
  /** Only there; without it the create and the update send the same. */
  readonly on?: 'create' | 'update';
  /** null: nothing is sent. */
  readonly sends: Fields | null;
  /** The named fields that are stored; without it all of them. */
  readonly held?: readonly (keyof Patch)[];
}

export type ClearExample =
  | Omit<WriteExample, 'on'>
  /** The path of the input that is told to be needed. */
  | { readonly patch: Patch; readonly refused: string };

export type Cell<Example> = readonly [Example, ...Example[]] | None;

export interface Row {
  readonly read: Cell<ReadExample>;
  readonly write: Cell<WriteExample>;
  readonly clear: Cell<ClearExample>;
}

export interface ProviderMapping {
  /** What the provider is connected with; not its URL. */
  readonly settings: Readonly<Record<string, string>>;
  readonly providerId: string;
  /** The answer to a read of the document's example with these fields in it; without a read, what is remembered. */
  readonly record: (has: Fields) => unknown;
  /** The least that a create takes, and the body that it sends. */
  readonly create?: { readonly patch: Patch; readonly own?: Fields; readonly body: Fields };
  /** What an update of that record sends whatever is changed. */
  readonly update?: (has: Fields) => Fields;
  readonly rows: { readonly [Name in RowName]: Row };
  /** Rows of the provider's own, such as a number that is cleared in its own way. */
  readonly more?: Readonly<Record<string, Row>>;
}

/** The cells that are not there, as `field × provider × operation`. */
export function missingCells(provider: string, mapping: { readonly rows?: object } | undefined): string[] {
  if (!mapping?.rows) {
    return [
      `src/providers/${provider}/test-mapping.ts must export \`mapping\` (a ProviderMapping of test/mapping/cells.ts): a cell for ${ROWS.join(', ')}, each read, written and cleared, with examples or none('why not')`,
    ];
  }
  const rows = new Map<string, unknown>(Object.entries(mapping.rows));
  return ROWS.flatMap((row) => {
    const cells = new Map<string, unknown>(Object.entries(rows.get(row) ?? {}));
    return OPERATIONS.filter((operation) => !isCell(cells.get(operation))).map(
      (operation) => `${row} × ${provider} × ${operation}`,
    );
  });
}

function isCell(cell: unknown): boolean {
  if (Array.isArray(cell)) return cell.length > 0;
  return (
    typeof cell === 'object' && cell !== null && 'none' in cell && typeof cell.none === 'string' && cell.none !== ''
  );
}
