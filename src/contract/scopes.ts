/** What a caller may be given; the contract's table of scopes. */
export const SCOPES = [
  'customers:read',
  'customers:write',
  'customers:confirm',
  'customers:preconfirm',
  'customers:erase',
  'links:create',
  'payments:read',
  'records:raw',
  'providers:read',
  'operations:any',
] as const;

export type Scope = (typeof SCOPES)[number];

/**
 * Who may see each field of a type: every field stands in exactly one list. `parent`: whoever may see the object may
 * see it; else the scope that it takes. A field in no list keeps the schema from being built.
 */
export type FieldAccess = { readonly [Rule in Scope | 'parent']?: readonly string[] };

/** By type name. */
export type AccessTable = Readonly<Record<string, FieldAccess>>;
