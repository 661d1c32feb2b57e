import SchemaBuilder, {
  type FieldMap,
  type InputFieldBuilder,
  type InputFieldMap,
  type ObjectFieldBuilder,
} from '@pothos/core';
import type { Operation } from '../gateway/operation.ts';

/** The types that the schema is built with: its context, and the scalars of the contract. */
interface SchemaTypes {
  Context: Operation;
  Scalars: {
    ID: { Input: string; Output: string };
    EmailAddress: { Input: string; Output: string };
    PhoneNumber: { Input: string; Output: string };
    CountryCode: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    URL: { Input: URL; Output: URL | string };
    JSONObject: { Input: Record<string, unknown>; Output: Record<string, unknown> };
  };
}

type Extended = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;

export type Builder = PothosSchemaTypes.SchemaBuilder<Extended>;

/** What the fields of a provider's extension resolve from: the provider's own JSON, parsed by its wire schema. */
export interface ExtensionSource<Wire> {
  readonly wire: Wire;
}

/** The fields of a provider's extension type; `id` and `record` come by themselves. */
export type ExtensionFields<Wire> = (t: ObjectFieldBuilder<Extended, ExtensionSource<Wire>>) => FieldMap;

export type InputFields = (t: InputFieldBuilder<Extended, 'InputObject'>) => InputFieldMap;

export const createBuilder = (): Builder => new SchemaBuilder<SchemaTypes>({});
