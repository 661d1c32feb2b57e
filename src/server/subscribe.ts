import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute, type GraphQLError } from 'graphql';
import type { Operation } from '../gateway/operation.ts';

/** What a subscription's events come from: the gateway's own iterator, which ends at once when it is told to. */
export type EventSource = AsyncIterableIterator<SourceEvent> & Required<Pick<AsyncIterator<SourceEvent>, 'return'>>;

interface SourceEvent {
  /** Leads back behind this event. */
  readonly cursor: string;
}

/** A subscription that was begun. */
export interface Subscription {
  readonly source: EventSource;
  /** What an event is for this subscription, to whoever asks now. */
  answer(event: SourceEvent, operation: Operation): Promise<ExecutionResult>;
}

/** Where a stream begins. */
export interface StreamStart {
  /** The cursor of the last event that the caller has seen. */
  readonly lastEventId: string | null;
}

/**
 * Begins a subscription; each of its events is an operation by itself, with what it may cost and how long it may take.
 * @param publicly makes the errors of an event public
 * @returns why it was not begun, otherwise
 */
export async function beginSubscription(
  asked: Omit<ExecutionArgs, 'rootValue' | 'contextValue'>,
  operation: Operation,
  start: StreamStart | null,
  publicly: (result: ExecutionResult, operation: Operation) => ExecutionResult,
): Promise<Subscription | readonly GraphQLError[]> {
  const source = await createSourceEventStream({ ...asked, contextValue: operation, rootValue: start });
  if (!(Symbol.asyncIterator in source)) return source.errors ?? [];
  return {
    // It is what the gateway's subscribe gave: no other field can be subscribed to.
    source: source as EventSource,
    answer: async (event, own) => publicly(await execute({ ...asked, contextValue: own, rootValue: event }), own),
  };
}
