import { printSchema } from 'graphql';
import type { Provider } from '../../src/contract/provider.ts';
import { membersOf } from '../../src/gateway/gateway.ts';
import { buildSchema } from '../../src/graphql/schema.ts';

/** The schema as the gateway serves it, whatever is configured. */
export function printedSchema(providers: readonly Provider[]): string {
  return `${printSchema(buildSchema(membersOf(providers, new Map(), [])))}\n`;
}
