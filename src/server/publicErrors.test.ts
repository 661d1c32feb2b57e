import { GraphQLError, parse, Source } from 'graphql';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { publicError } from './publicErrors.ts';

const unforeseen: unknown[] = [];
const told = (error: unknown) => {
  unforeseen.length = 0;
  return publicError(error, 'request-1', 'GRAPHQL_VALIDATION_FAILED', (each) => unforeseen.push(each)).toJSON();
};

const MASKED = {
  message: 'Something went wrong here, not with your request. Quote the requestId.',
  extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false, requestId: 'request-1' },
};
const [definition] = parse(new Source('{ customer }')).definitions;
const nodes = definition ? [definition] : [];
const AT = { locations: [{ line: 1, column: 1 }], path: ['customer', 0] };
const located = (originalError: Error, path: (string | number)[] = ['customer', 0]) =>
  new GraphQLError(originalError.message, { nodes, path, originalError });

describe('an error of ours', () => {
  it('says what it says, wherever it stood, and what there is to know of it', () => {
    const error = new GatewayError('PROVIDER_RATE_LIMITED', 'Ask later.', {
      ...{ provider: 'cycle-software', retryable: true, retryAfterMs: 5 },
      ...{ status: 429, answer: 'hunter2', cause: new Error('hunter2') },
    });
    const extensions = { code: 'PROVIDER_RATE_LIMITED', provider: 'CYCLE_SOFTWARE', retryable: true, retryAfterMs: 5 };
    const said = { message: 'Ask later.', extensions: { ...extensions, requestId: 'request-1' } };
    expect(told(error)).toEqual(said);
    expect(told(located(error))).toEqual({ ...said, ...AT });
    expect(told(located(located(error)))).toEqual({ ...said, ...AT });
    expect(unforeseen).toEqual([]);
  });

  it('says nothing of what it does not know', () => {
    expect(told(new GatewayError('FORBIDDEN', 'No.')).extensions).toEqual({
      ...{ code: 'FORBIDDEN', retryable: false, requestId: 'request-1' },
    });
  });
});

describe('an error of GraphQL', () => {
  it('is told without its values, by the code that it has, or else that of where it came up', () => {
    const message = 'Value "hunter2" does not exist in "Kind" enum.';
    const without = 'This value does not exist in "Kind" enum.';
    const extensions = { code: 'GRAPHQL_VALIDATION_FAILED', retryable: false, requestId: 'request-1' };
    expect(told(new GraphQLError(message, { nodes }))).toEqual({
      ...{ message: without, locations: AT.locations, extensions },
    });
    const coded = new GraphQLError('Too much.', {
      nodes,
      extensions: { code: 'OPERATION_TOO_COMPLEX', secret: 'hunter2' },
    });
    expect(told(coded)).toEqual({
      ...{ message: 'Too much.', locations: AT.locations },
      extensions: { ...extensions, code: 'OPERATION_TOO_COMPLEX' },
    });
    expect(unforeseen).toEqual([]);
  });

  it('is told of a variable by the reason that it wraps', () => {
    const reason = new Error('no number: hunter2'.slice(0, 9));
    const error = new GraphQLError('Variable "$n" got invalid value "hunter2"; no number', { originalError: reason });
    expect(told(error).message).toBe('Variable "$n" got an invalid value; no number');
  });

  it('is told of an argument, which has a place in the document, and of nothing that a resolver’s value became', () => {
    const argument = new GraphQLError('Argument "first" has invalid value "hunter2".', { nodes });
    expect(told(located(argument))).toMatchObject({ message: 'Argument "first" has an invalid value.', ...AT });
    expect(unforeseen).toEqual([]);
    const value = new GraphQLError('Int cannot represent non-integer value: hunter2');
    expect(told(located(value))).toEqual({ ...MASKED, ...AT });
    expect(unforeseen).toEqual([value]);
  });
});

describe('any other error', () => {
  it.each([
    ['an error', new Error('pw=hunter2')],
    ['no error', 'hunter2'],
    ['nothing', undefined],
    ['an object with nodes', { message: 'hunter2', nodes }],
  ])('is masked, and told to whoever looks into it: %s', (_, thrown) => {
    expect(told(thrown)).toEqual(MASKED);
    expect(unforeseen).toEqual([thrown]);
  });

  it('is masked at its place', () => {
    const error = Object.assign(new Error('pw=hunter2'), { nodes });
    expect(told(located(error))).toEqual({ ...MASKED, ...AT });
    expect(unforeseen).toEqual([error]);
  });
});
