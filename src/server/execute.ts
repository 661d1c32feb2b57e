import { hash } from 'node:crypto';
import {
  type DocumentNode,
  type ExecutionResult,
  execute as executeByGraphQL,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  type ValidationRule,
} from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { type ErrorCode, GatewayError } from '../errors.ts';
import type { Operation } from '../gateway/operation.ts';
import { createDocumentCache } from './documentCache.ts';
import { EVENTS, type GraphQLParameters, HttpError } from './message.ts';
import { publicError } from './publicErrors.ts';
import { bounded, MOST_TOKENS, oneConfirmation } from './rules.ts';
import { beginSubscription, type StreamStart, type Subscription } from './subscribe.ts';
import { assertTrusted, type TrustedDocuments, textAsked } from './trustedDocuments.ts';

/** What came of an operation, ready to be answered. */
export interface Executed {
  readonly result: ExecutionResult;
  /** Why it was not executed; null when it was. */
  readonly refusal: ErrorCode | null;
  readonly type: OperationDefinitionNode['operation'] | 'none';
  readonly name: string | null;
  /** Tells equal documents apart from others in a log without showing them; null where there was none. */
  readonly document: string | null;
}

/** A subscription that was begun, to be answered event by event. */
export interface Begun extends Pick<Executed, 'type' | 'name' | 'document'> {
  readonly subscription: Subscription;
}

/** @param stream null: the caller takes no stream */
export type Execute = (
  parameters: GraphQLParameters,
  operation: Operation,
  stream: StreamStart | null,
) => Promise<Executed | Begun>;

export interface ExecuteOptions {
  readonly introspection: boolean;
  /** null: any operation may be asked for. */
  readonly trusted: TrustedDocuments | null;
}

/**
 * Parses and validates by Yoga's engine and its plugins, and executes by graphql-js, the reference implementation: Yoga's own
 * executor, and its hooks around any other, take a tenth of a request more for what is not used here. Yoga's HTTP handling
 * is left out too: it costs as much again as all else, and reads forms and any origin by default.
 * @param unforeseen told of every error that is masked
 */
export function createExecute(
  schema: GraphQLSchema,
  options: ExecuteOptions,
  unforeseen: (error: unknown, requestId: string) => void,
): Execute {
  const rules: ValidationRule[] = [
    bounded,
    oneConfirmation,
    ...(options.introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ];
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
  const documents = createDocumentCache<Checked>();

  // Nothing of what our plugins do belongs to one request, so one engine serves them all.
  const engine = yoga.getEnveloped({});
  /** @param assertMay throws where this caller may not ask for it: before it is told what is wrong with it */
  const checkedOnce = (query: string, assertMay: (document: DocumentNode) => void): Checked | Refusal => {
    const known = documents.get(query);
    const document = known?.document ?? parse(engine, query);
    if ('errors' in document) return document;
    assertMay(document);
    if (known) return known;
    const checked = validate(engine, query, document);
    // A refusal is not kept: a short document can have a hundred errors, each of which is larger than it.
    if ('document' in checked) documents.set(query, checked);
    return checked;
  };

  const tell = (errors: readonly unknown[], code: ErrorCode, requestId: string): GraphQLError[] =>
    errors.map((error) => {
      const told = publicError(error, requestId, code, (unknown) => unforeseen(unknown, requestId));
      // Whom the schema is not shown to is not helped to guess it either.
      if (!options.introspection) told.message = told.message.replace(/ Did you mean .*\?$/s, '');
      return told;
    });

  const publicly = (result: ExecutionResult, { requestId }: Operation): ExecutionResult =>
    result.errors ? { ...result, errors: tell(result.errors, 'BAD_USER_INPUT', requestId) } : result;

  return async (parameters, operation, stream) => {
    const { operationName, variables, readOnly } = parameters;
    const query = textAsked(parameters, options.trusted);
    const refuse = ({ code, errors }: Refusal, definition?: OperationDefinitionNode): Executed => {
      const told = tell(errors, code, operation.requestId);
      const refusal = (told[0]?.extensions.code as ErrorCode | undefined) ?? code;
      return { result: { errors: told }, refusal, ...asked(definition), document: documentHash(query) };
    };

    const checked = checkedOnce(query, (document) =>
      assertTrusted(options.trusted, document, operationName, operation),
    );
    if ('errors' in checked) return refuse(checked);
    const { document } = checked;
    const definition = getOperationAST(document, operationName);
    if (!definition) return refuse(badOperation('Which operation? Name one of the document as operationName.'));
    if (!schema.getRootType(definition.operation))
      return refuse(badOperation(`There is no ${definition.operation} here.`, definition), definition);
    assertAnswerable(definition, readOnly, stream !== null);

    const ask = { schema, document, operationName, variableValues: variables };
    const told = { ...asked(definition), document: checked.hash };
    try {
      if (definition.operation === 'subscription') {
        const begun = await beginSubscription(ask, operation, stream, publicly);
        if (!('source' in begun)) return refuse({ code: 'BAD_USER_INPUT', errors: begun }, definition);
        return { subscription: begun, ...told };
      }
      const done = (await executeByGraphQL({ ...ask, contextValue: of(definition, operation) })) as ExecutionResult;
      const result = publicly(done, operation);
      if (!('data' in result)) return { result, refusal: 'BAD_USER_INPUT', ...told };
      return { result: { ...result, extensions: { cost: operation.cost } }, refusal: null, ...told };
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      return refuse({ code: 'INTERNAL_SERVER_ERROR', errors: [error] }, definition);
    }
  };
}

/** An operation as what its document says that it is. */
function of({ operation: type }: OperationDefinitionNode, operation: Operation): Operation {
  if (type === 'mutation') operation.readsToWrite();
  return operation;
}

/** @throws HttpError where this way of asking can't have the answer */
function assertAnswerable({ operation }: OperationDefinitionNode, readOnly: boolean, takesEvents: boolean): void {
  if (readOnly && operation === 'mutation') throw new HttpError(405, 'GET only reads: send this operation by POST.');
  if (operation === 'subscription' && !takesEvents)
    throw new HttpError(406, `A subscription is answered as events: send Accept: ${EVENTS}.`);
}

/** Why a document is not executed. */
interface Refusal {
  readonly code: ErrorCode;
  readonly errors: readonly unknown[];
}

const badOperation = (message: string, nodes?: OperationDefinitionNode): Refusal => ({
  code: 'BAD_USER_INPUT',
  errors: [new GraphQLError(message, { nodes: nodes ?? null })],
});

const tooComplex: Refusal = {
  code: 'OPERATION_TOO_COMPLEX',
  errors: [new GraphQLError('This document is too large or nested too deeply.')],
};

/** Where parser and validation give up: at their limits, or at the end of the stack. */
const isTooMuch = (error: unknown): boolean =>
  error instanceof RangeError || (error instanceof Error && /(Parsing|^Validation) aborted\.$/.test(error.message));

/** A document that may be executed. */
interface Checked {
  readonly document: DocumentNode;
  readonly hash: string;
}

const asked = (definition: OperationDefinitionNode | undefined): Pick<Executed, 'type' | 'name'> => ({
  type: definition?.operation ?? 'none',
  name: definition?.name?.value ?? null,
});

type Engine = Pick<ReturnType<ReturnType<typeof createYoga>['getEnveloped']>, 'parse' | 'validate' | 'schema'>;

function parse(engine: Engine, query: string): DocumentNode | Refusal {
  try {
    return engine.parse(query, { maxTokens: MOST_TOKENS });
  } catch (error) {
    return isTooMuch(error) ? tooComplex : { code: 'GRAPHQL_PARSE_FAILED', errors: [error] };
  }
}

function validate(engine: Engine, query: string, document: DocumentNode): Checked | Refusal {
  try {
    const errors = engine.validate(engine.schema, document) as readonly GraphQLError[];
    if (errors.some(isTooMuch)) return tooComplex;
    if (errors.length > 0) return { code: 'GRAPHQL_VALIDATION_FAILED', errors };
  } catch (error) {
    if (isTooMuch(error)) return tooComplex;
    throw error;
  }
  return { document, hash: documentHash(query) };
}

const documentHash = (query: string): string => hash('sha256', query).slice(0, 16);
