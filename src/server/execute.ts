import {
  type ExecutionResult,
  execute as executeByGraphQL,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
} from 'graphql';
import { type ErrorCode, GatewayError } from '../errors.ts';
import type { Operation } from '../gateway/operation.ts';
import { type CheckParts, createCheck, WHICH_OPERATION } from './check.ts';
import { EVENTS, type GraphQLParameters, HttpError } from './message.ts';
import { publicError } from './publicErrors.ts';
import type { Refusal } from './reader.ts';
import { beginSubscription, type StreamStart, type Subscription } from './subscribe.ts';

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

/**
 * Checks a document, and executes it by graphql-js, the reference implementation: Yoga's own executor, and its hooks around any
 * other, take a tenth of a request more for what is not used here. Yoga's HTTP handling is left out too: it costs as much
 * again as all else, and reads forms and any origin by default.
 * @param unforeseen told of every error that is masked
 */
export function createExecute(
  schema: GraphQLSchema,
  options: CheckParts,
  unforeseen: (error: unknown, requestId: string) => void,
): Execute {
  const check = createCheck(schema, options);

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
    const checked = check(parameters, operation.caller);
    const refuse = ({ code, errors, definition }: Refusal): Executed => {
      const told = tell(errors, code, operation.requestId);
      const refusal = (told[0]?.extensions.code as ErrorCode | undefined) ?? code;
      return { result: { errors: told }, refusal, ...asked(definition), document: checked.hash };
    };

    if ('errors' in checked) return refuse(checked);
    const { document } = checked;
    const definition = getOperationAST(document, operationName);
    if (!definition) return refuse(WHICH_OPERATION);
    if (!schema.getRootType(definition.operation)) return refuse(notHere(definition));
    assertAnswerable(definition, readOnly, stream !== null);

    const ask = { schema, document, operationName, variableValues: variables, options: COERCION };
    const told = { ...asked(definition), document: checked.hash };
    try {
      if (definition.operation === 'subscription') {
        // It may go on when its document is no longer trusted: the next one may not begin.
        const begun = await beginSubscription(ask, operation, stream, publicly);
        if (!('source' in begun)) return refuse({ code: 'BAD_USER_INPUT', errors: begun, definition });
        return { subscription: begun, ...told };
      }
      const done = (await executeByGraphQL({ ...ask, contextValue: of(definition, operation) })) as ExecutionResult;
      const result = publicly(done, operation);
      if (!('data' in result)) return { result, refusal: 'BAD_USER_INPUT', ...told };
      return { result: { ...result, extensions: { cost: operation.cost } }, refusal: null, ...told };
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      return refuse({ code: 'INTERNAL_SERVER_ERROR', errors: [error], definition });
    }
  };
}

/**
 * Each error in the variables quotes all of them, before that is left out: of 19,000 members, graphql's fifty errors held
 * everybody for 0.7 s, and five for 0.1 s.
 */
const COERCION = { maxCoercionErrors: 3 };

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

const notHere = (definition: OperationDefinitionNode): Refusal => ({
  code: 'BAD_USER_INPUT',
  errors: [new GraphQLError(`There is no ${definition.operation} here.`, { nodes: definition })],
  definition,
});

const asked = (definition: OperationDefinitionNode | undefined): Pick<Executed, 'type' | 'name'> => ({
  type: definition?.operation ?? 'none',
  name: definition?.name?.value ?? null,
});
