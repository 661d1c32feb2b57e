import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readTraceParent } from './traceparent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

it.each([
  [`00-${TRACE}-${SPAN}-01`, true],
  [`00-${TRACE}-${SPAN}-00`, false],
  [`00-${TRACE}-${SPAN}-03`, true],
  [`00-${TRACE}-${SPAN}-fe`, false],
  // A later version may say more behind what is known of it.
  [`01-${TRACE}-${SPAN}-01`, true],
  [`cc-${TRACE}-${SPAN}-01-what-comes-next`, true],
])('reads %s', (header, isSampled) => {
  expect(readTraceParent(header)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled });
});

it.each([
  undefined,
  '',
  '00',
  `${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-1`,
  `00-${TRACE}-${SPAN}-001`,
  `00-${TRACE}-${SPAN}-01-`,
  `00-${TRACE}-${SPAN}-01-more`,
  `01-${TRACE}-${SPAN}-01more`,
  `ff-${TRACE}-${SPAN}-01`,
  `0-${TRACE}-${SPAN}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN.replace('f', 'F')}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.slice(1)}-${SPAN}-01`,
  `00-${TRACE}0-${SPAN}-01`,
  `00-${TRACE.slice(1)}g-${SPAN}-01`,
  `00_${TRACE}_${SPAN}_01`,
  ` 00-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01\n`,
  `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-${'0'.repeat(10_000)}`,
  [`00-${TRACE}-${SPAN}-01`],
])('takes %j for none', (header) => {
  expect(readTraceParent(header)).toBeNull();
});

const hex = (digits: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits })
    .map((each) => each.join(''));
const real = fc.tuple(hex(2), hex(32), hex(16), hex(2)).map((parts) => parts.join('-'));

it('gives what can be passed on, or nothing, whatever a caller sends', () => {
  // Most of these are nearly one: a digit is another character, or is missing.
  const nearly = fc
    .tuple(real, fc.nat(54), fc.string({ maxLength: 2 }))
    .map(([header, at, instead]) => header.slice(0, at) + instead + header.slice(at + 1));
  fc.assert(
    fc.property(fc.oneof(real, nearly, fc.string()), (header) => {
      const read = readTraceParent(header);
      if (!read) return;
      expect(read.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
      expect(read.spanId).toMatch(/^(?!0+$)[0-9a-f]{16}$/);
      expect(header).toMatch(new RegExp(`^[0-9a-f]{2}-${read.traceId}-${read.spanId}-`));
    }),
    { numRuns: 2_000 },
  );
});
