import { expect, it } from 'vitest';
import { withoutValues } from './withoutValues.ts';

const SECRET = 'ada-at-home';
const alone = (message: string): string => withoutValues(message, message);

it.each([
  [`Int cannot represent non-integer value: "${SECRET}"`, 'Int cannot represent non-integer value.'],
  [`Float cannot represent non numeric value: ${SECRET}\n${SECRET}`, 'Float cannot represent non numeric value.'],
  [`String cannot represent a non string value: [${SECRET}]`, 'String cannot represent a non string value.'],
  [`Boolean cannot represent a non boolean value: ${SECRET}`, 'Boolean cannot represent a non boolean value.'],
  [`ID cannot represent value: {${SECRET}}`, 'ID cannot represent value.'],
  [`Enum "Kind" cannot represent value: "${SECRET}"`, 'Enum "Kind" cannot represent value.'],
  [`Enum "Kind" cannot represent non-enum value: "\n".`, 'Enum "Kind" cannot represent non-enum value.'],
  [`Value "${SECRET}\n" does not exist in "Kind" enum.`, 'This value does not exist in "Kind" enum.'],
  [
    `Value "x" does not exist in "${SECRET}" does not exist in "Kind" enum. Did you mean "PERSON"?`,
    'This value does not exist in "Kind" enum. Did you mean "PERSON"?',
  ],
  [`Expected value of type "Filter!", found "${SECRET}\n".`, 'Expected value of type "Filter!".'],
  [`Argument "first" has invalid value ${SECRET}\n.`, 'Argument "first" has an invalid value.'],
  [`Syntax Error: Expected Name, found String "${SECRET}\n".`, 'Syntax Error: Expected Name, found String.'],
  [`Syntax Error: Unexpected BlockString "${SECRET}".`, 'Syntax Error: Unexpected BlockString.'],
  [`Syntax Error: Unexpected Int "7".`, 'Syntax Error: Unexpected Int.'],
  [`Syntax Error: Unexpected Float "7.5".`, 'Syntax Error: Unexpected Float.'],
])('takes the value out of %j', (message, without) => {
  expect(alone(message)).toBe(without);
});

/** What only looks alike says nothing of a value where GraphQL would quote one. */
it.each([
  'Field "Int cannot represent value: x" is not defined.',
  'Cannot query field "Value" on type "Query".',
  'A field: Value "x" does not exist in "Kind" enum.',
  'A field: Expected value of type "Filter!", found x.',
  'A field: Argument "first" has invalid value x.',
  'A field: Syntax Error: Unexpected Int "7".',
  'Syntax Error: Unexpected Name "customers".',
  'Argument "a b" has invalid value x.',
  'Int cannot represent VALUE: x',
])('leaves %j as it is', (message) => {
  expect(alone(message)).toBe(message);
});

it('says of a variable which one it is, where in it, and why', () => {
  const reason = 'Int cannot represent non-integer value: "x"';
  expect(withoutValues(`Variable "$first" got invalid value "x"; ${reason}`, reason)).toBe(
    'Variable "$first" got an invalid value; Int cannot represent non-integer value.',
  );
  expect(withoutValues(`Variable "$f" got invalid value "x" at "f.a[0].b"; ${reason}`, reason)).toBe(
    'Variable "$f" got an invalid value at "f.a[0].b"; Int cannot represent non-integer value.',
  );
  // A place that the value itself says is none.
  const forged = `Variable "$f" got invalid value "\\" at \\"${SECRET}\\"; x"; ${reason}`;
  expect(withoutValues(forged, reason)).toBe(
    'Variable "$f" got an invalid value; Int cannot represent non-integer value.',
  );
  expect(withoutValues(`Variable "$f" got invalid value " at "a.b" and "x"; ${reason}`, reason)).toBe(
    'Variable "$f" got an invalid value; Int cannot represent non-integer value.',
  );
});

it('takes for a variable’s what begins so, and ends with its reason', () => {
  const message = 'Variable "$first" got invalid value "x"; why';
  expect(withoutValues(message, 'why')).toBe('Variable "$first" got an invalid value; why');
  expect(withoutValues(message, 'else')).toBe(message);
  expect(withoutValues(`A ${message}`, 'why')).toBe(`A ${message}`);
  expect(withoutValues('Variable "$first" is not defined.; why', 'why')).toBe('Variable "$first" is not defined.; why');
});

it('cuts the middle out of what is longer than a thousand characters, and no character in two', () => {
  const thousand = `a${'x'.repeat(998)}z`;
  expect(alone(thousand)).toBe(thousand);
  const cut = alone(`a${'x'.repeat(999)}z`);
  expect(cut).toBe(`a${'x'.repeat(498)}…${'x'.repeat(498)}z`);
  const astral = alone('\u{1F600}'.repeat(600));
  expect(astral.isWellFormed()).toBe(true);
});
