import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
} from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { ErrorCode } from '../errors.ts';
import { bounded, MOST_TOKENS, oneConfirmation } from './rules.ts';

/** Why a document is not executed. */
export interface Refusal {
  readonly code: ErrorCode;
  /** A GatewayError among them has its own code. */
  readonly errors: readonly unknown[];
  /** What was asked for, where that is known. */
  readonly definition?: OperationDefinitionNode;
}

export interface Reader {
  parse(query: string): DocumentNode | Refusal;
  /** @returns null: it is valid */
  validate(document: DocumentNode): Refusal | null;
}

/**
 * Parses and validates by Yoga's engine and its plugins.
 * @param introspection whether a document may ask for the schema
 */
export function createReader(schema: GraphQLSchema, introspection: boolean): Reader {
  const rules = [bounded, oneConfirmation, ...(introspection ? [] : [NoSchemaIntrospectionCustomRule])];
  const ours: Plugin = {
    onValidate({ addValidationRule }) {
      for (const rule of rules) addValidationRule(rule);
    },
  };
  const yoga = createYoga({
    schema,
    logging: false,
    maskedErrors: false,
    // Ours keeps what is found out of a document besides, and asks nobody again.
    parserAndValidationCache: false,
    plugins: [ours],
  });
  // Nothing of what our plugins do belongs to one request, so one engine serves them all.
  const engine = yoga.getEnveloped({});
  return {
    parse(query) {
      try {
        return engine.parse(query, { maxTokens: MOST_TOKENS });
      } catch (error) {
        return isTooMuch(error) ? TOO_COMPLEX : { code: 'GRAPHQL_PARSE_FAILED', errors: [error] };
      }
    },
    validate(document) {
      try {
        const errors = engine.validate(engine.schema, document) as readonly GraphQLError[];
        if (errors.some(isTooMuch)) return TOO_COMPLEX;
        return errors.length > 0 ? { code: 'GRAPHQL_VALIDATION_FAILED', errors } : null;
      } catch (error) {
        if (isTooMuch(error)) return TOO_COMPLEX;
        // A rule that looks into @include throws where that is asked for without its argument.
        if (error instanceof GraphQLError) return { code: 'GRAPHQL_VALIDATION_FAILED', errors: [error] };
        throw error;
      }
    },
  };
}

const TOO_COMPLEX: Refusal = {
  code: 'OPERATION_TOO_COMPLEX',
  errors: [new GraphQLError('This document is too large or nested too deeply.')],
};

/** Where parser and validation give up: at their limits, or at the end of the stack. */
const isTooMuch = (error: unknown): boolean =>
  error instanceof RangeError || (error instanceof Error && /(Parsing|^Validation) aborted\.$/.test(error.message));
