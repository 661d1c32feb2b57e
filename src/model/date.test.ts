import fc from 'fast-check';
import { GraphQLDateTime, GraphQLDateTimeISO } from 'graphql-scalars';
import { describe, expect, test } from 'vitest';
import { epochMilliseconds, epochSeconds, isoDate, isTimeZone, naiveDate, toNaiveDate } from './date.ts';

const AMSTERDAM = 'Europe/Amsterdam';
const ZONES = [
  AMSTERDAM,
  'UTC',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Asia/Kolkata',
  'Africa/Casablanca',
  // Its clocks change on Saturday evening, when UTC has Sunday.
  'America/Nuuk',
];
const zone = fc.constantFrom(...ZONES);
const anything = fc.oneof(
  fc.anything(),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.string({ unit: fc.constantFrom('0', '1', '2', '9', '-', ':', ' ', 'T', 'Z', '+', '.') }),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString().replace('Z', '')),
);
/** The quarters of an hour of each UTC day within which the zone's clocks change. */
function* quartersAroundChanges(name: string): Generator<number> {
  const day = 86_400_000;
  for (let start = Date.UTC(2010); start < Date.UTC(2031); start += day) {
    const [from, to] = [start, start + day].map((at) => toNaiveDate(new Date(at), name).slice(11));
    if (from === to) continue;
    for (let at = start; at <= start + day; at += day / 96) yield at;
  }
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

describe('isoDate', () => {
  test.each([
    ['reads Dirty Lemon’s milliseconds', '2020-05-01T12:00:00.123Z', '2020-05-01T12:00:00.123Z'],
    ['reads whole seconds', '2020-05-01T12:00:00Z', '2020-05-01T12:00:00.000Z'],
    ['cuts microseconds off', '2020-05-01T12:00:00.123999Z', '2020-05-01T12:00:00.123Z'],
    ['reads one digit of a fraction as tenths', '2020-05-01T12:00:00.5Z', '2020-05-01T12:00:00.500Z'],
    ['reads an offset ahead of UTC', '2020-05-01T14:00:00+02:00', '2020-05-01T12:00:00.000Z'],
    ['reads an offset behind UTC with minutes', '2020-05-01T08:30:00-03:30', '2020-05-01T12:00:00.000Z'],
    ['reads an offset without a colon', '2020-05-01T14:00:00+0200', '2020-05-01T12:00:00.000Z'],
    ['reads PostgreSQL’s spelling', '2020-05-01 14:00:00+02', '2020-05-01T12:00:00.000Z'],
    ['reads lower case and blanks around', ' 2020-05-01t12:00:00z ', '2020-05-01T12:00:00.000Z'],
    ['reads a leap second as the one after it', '2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['reads 29 February in a leap year', '2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['refuses 29 February in any other', '2023-02-29T00:00:00Z', null],
    ['refuses 31 April', '2023-04-31T00:00:00Z', null],
    ['refuses hour 24', '2023-04-01T24:00:00Z', null],
    ['refuses minute 60', '2023-04-01T23:60:00Z', null],
    ['refuses an offset of a day', '2023-04-01T00:00:00+24:00', null],
    ['refuses a naive time', '2023-01-03T12:30:44', null],
    ['refuses CycleSoftware’s naive time', '2023-01-03 12:30:44', null],
    ['refuses a day alone', '2023-01-03', null],
    ['refuses zeros', '0000-00-00T00:00:00Z', null],
    ['refuses the year 0', '0000-01-01T00:00:00Z', null],
    ['refuses an instant that its offset puts after 9999', '9999-12-31T23:59:59-01:00', null],
    ['refuses an instant that its offset puts before the year 1', '0001-01-01T00:00:00+01:00', null],
    ['refuses an American date', '05/01/2020 12:00:00Z', null],
    ['refuses seconds since 1970', 1583020800, null],
    ['refuses a Date', new Date(), null],
    ['refuses a huge text', `2020-05-01T12:00:00.${'1'.repeat(5_000_000)}Z`, null],
    ['refuses null', null, null],
  ])('%s', (_, raw, expected) => {
    expect(iso(isoDate(raw))).toBe(expected);
  });

  test('is total, idempotent by its ISO text, and accepted by the DateTime scalar', () => {
    fc.assert(
      fc.property(fc.oneof(anything, fc.date({ noInvalidDate: true }).map(iso)), (raw) => {
        const once = isoDate(raw);
        if (once === null) return;
        expect(GraphQLDateTimeISO.serialize(once)).toBe(once.toISOString());
        expect(GraphQLDateTime.serialize(once)).toEqual(once);
        expect(isoDate(once.toISOString())).toEqual(once);
      }),
    );
  });

  test('reads every ISO text of the years 1 to 9999', () => {
    const min = new Date('0001-01-01T00:00:00Z');
    const max = new Date('9999-12-31T23:59:59.999Z');
    fc.assert(
      fc.property(fc.date({ min, max, noInvalidDate: true }), (date) => {
        expect(isoDate(date.toISOString())).toEqual(date);
      }),
    );
  });
});

describe('naiveDate', () => {
  test.each([
    ['reads CycleSoftware’s winter time', '2023-01-03 12:30:44', AMSTERDAM, '2023-01-03T11:30:44.000Z'],
    ['reads summer time', '2023-07-03 12:30:44', AMSTERDAM, '2023-07-03T10:30:44.000Z'],
    ['reads T for the blank', '2023-01-03T12:30:44', AMSTERDAM, '2023-01-03T11:30:44.000Z'],
    ['reads a fraction', '2023-01-03 12:30:44.5', 'UTC', '2023-01-03T12:30:44.500Z'],
    ['moves a time that spring skips forward', '2023-03-26 02:30:00', AMSTERDAM, '2023-03-26T01:30:00.000Z'],
    ['reads the last second before the gap', '2023-03-26 01:59:59', AMSTERDAM, '2023-03-26T00:59:59.000Z'],
    ['reads the first second after the gap', '2023-03-26 03:00:00', AMSTERDAM, '2023-03-26T01:00:00.000Z'],
    ['takes the earlier of two in autumn', '2023-10-29 02:30:00', AMSTERDAM, '2023-10-29T00:30:00.000Z'],
    ['reads the first second after both', '2023-10-29 03:00:00', AMSTERDAM, '2023-10-29T02:00:00.000Z'],
    ['moves a day that Samoa skipped forward', '2011-12-30 12:00:00', 'Pacific/Apia', '2011-12-30T22:00:00.000Z'],
    ['reads the shortest gap', '2023-10-01 02:15:00', 'Australia/Lord_Howe', '2023-09-30T15:45:00.000Z'],
    ['takes the earlier of two in New York', '2023-11-05 01:30:00', 'America/New_York', '2023-11-05T05:30:00.000Z'],
    [
      'reads the hour after a change on the evening before',
      '2022-03-26 23:30:00',
      'America/Nuuk',
      '2022-03-27T01:30:00.000Z',
    ],
    ['refuses zeros', '0000-00-00 00:00:00', AMSTERDAM, null],
    ['refuses 30 February', '2023-02-30 12:00:00', AMSTERDAM, null],
    ['refuses hour 24', '2023-02-03 24:00:00', AMSTERDAM, null],
    ['refuses a time with an offset', '2023-01-03T12:30:44Z', AMSTERDAM, null],
    ['refuses a day alone', '2023-01-03', AMSTERDAM, null],
    ['refuses an empty string', '', AMSTERDAM, null],
    ['refuses a number', 20230103123044, AMSTERDAM, null],
    ['refuses null', null, AMSTERDAM, null],
    ['refuses an unknown zone', '2023-01-03 12:30:44', 'Europe/Nowhere', null],
    ['refuses no zone', '2023-01-03 12:30:44', '', null],
  ])('%s', (_, raw, name, expected) => {
    expect(iso(naiveDate(raw, name))).toBe(expected);
  });

  test('is total, and what it returns is a valid date', () => {
    fc.assert(
      fc.property(anything, fc.oneof(zone, fc.string({ unit: 'binary' })), (raw, name) => {
        const date = naiveDate(raw, name);
        if (date !== null) expect(date.toISOString()).toMatch(/^\d{4}-/);
      }),
      { numRuns: 1000 },
    );
  });

  test('undoes toNaiveDate, but for the second of two equal readings', () => {
    const min = new Date('1985-01-01T00:00:00Z');
    const max = new Date('2040-01-01T00:00:00Z');
    fc.assert(
      fc.property(fc.date({ min, max, noInvalidDate: true }), zone, (date, name) => {
        const whole = new Date(Math.floor(date.getTime() / 1000) * 1000);
        const shown = toNaiveDate(whole, name);
        const back = naiveDate(shown, name);
        if (back === null) throw new Error('not read back');
        expect(toNaiveDate(back, name)).toBe(shown);
        expect(back.getTime()).toBeLessThanOrEqual(whole.getTime());
        expect(whole.getTime() - back.getTime()).toBeLessThanOrEqual(3_600_000);
      }),
      { numRuns: 3000 },
    );
  });

  test.each(ZONES)('reads each quarter of an hour around every change of 2010 to 2030 back as shown in %s', (name) => {
    for (const at of quartersAroundChanges(name)) {
      const shown = toNaiveDate(new Date(at), name);
      const back = naiveDate(shown, name);
      expect([shown, back === null ? null : toNaiveDate(back, name)]).toEqual([shown, shown]);
      expect(back?.getTime()).toBeLessThanOrEqual(at);
    }
  });
});

describe('toNaiveDate', () => {
  test.each([
    ['shows winter time', '2023-01-03T11:30:44Z', AMSTERDAM, '2023-01-03 12:30:44'],
    ['shows summer time', '2023-07-03T10:30:44Z', AMSTERDAM, '2023-07-03 12:30:44'],
    ['shows midnight as 00', '2023-03-07T23:00:00Z', AMSTERDAM, '2023-03-08 00:00:00'],
    ['cuts milliseconds off', '2023-01-03T11:30:44.999Z', 'UTC', '2023-01-03 11:30:44'],
    ['shows a time before 1970 with a fraction', '1960-01-03T11:30:44.999Z', 'UTC', '1960-01-03 11:30:44'],
    ['pads the year', '0300-06-01T12:00:00Z', 'UTC', '0300-06-01 12:00:00'],
  ])('%s', (_, instant, name, expected) => {
    expect(toNaiveDate(new Date(instant), name)).toBe(expected);
  });

  test('shows when CycleSoftware’s daily limit starts anew: midnight in Amsterdam', () => {
    expect(toNaiveDate(new Date(1678230000 * 1000), AMSTERDAM)).toBe('2023-03-08 00:00:00');
  });

  test('throws for an unknown zone, an invalid date, and a year of five digits', () => {
    expect(() => toNaiveDate(new Date(), 'Europe/Nowhere')).toThrow(RangeError);
    expect(() => toNaiveDate(new Date(Number.NaN), AMSTERDAM)).toThrow(RangeError);
    expect(() => toNaiveDate(new Date('9999-12-31T23:59:59Z'), AMSTERDAM)).toThrow(RangeError);
  });
});

describe('epochSeconds and epochMilliseconds', () => {
  test.each([
    ['OnboardFlow’s seconds in, milliseconds refused', 1583020800, '2020-03-01T00:00:00.000Z', null],
    ['OnboardFlow’s milliseconds out, seconds refused', 1583020800000, null, '2020-03-01T00:00:00.000Z'],
    ['digits', '1583020800', '2020-03-01T00:00:00.000Z', null],
    ['a fraction of a second', 1583020800.5, '2020-03-01T00:00:00.500Z', null],
    ['the first second of 1990', 631152000, '1990-01-01T00:00:00.000Z', null],
    ['the second before it', 631151999, null, null],
    ['the last second of 2100', 4133980799, '2100-12-31T23:59:59.000Z', null],
    ['the second after it', 4133980800, null, null],
    ['the first millisecond of 1990', 631152000000, null, '1990-01-01T00:00:00.000Z'],
    ['the millisecond before it', 631151999999, null, null],
    ['the last millisecond of 2100', 4133980799999, null, '2100-12-31T23:59:59.999Z'],
    ['the millisecond after it', 4133980800000, null, null],
    ['zero', 0, null, null],
    ['a negative number', -1583020800, null, null],
    ['NaN', Number.NaN, null, null],
    ['infinity', Number.POSITIVE_INFINITY, null, null],
    ['a date', '2020-03-01', null, null],
    ['an empty string', '', null, null],
    ['true', true, null, null],
    ['null', null, null, null],
    ['an array', [1583020800], null, null],
  ])('read %s', (_, raw, fromSeconds, fromMilliseconds) => {
    expect([iso(epochSeconds(raw)), iso(epochMilliseconds(raw))]).toEqual([fromSeconds, fromMilliseconds]);
  });

  test('are total, and never both take a value', () => {
    fc.assert(
      fc.property(fc.oneof(anything, fc.integer({ min: 0, max: 5e12 })), (raw) => {
        const dates = [epochSeconds(raw), epochMilliseconds(raw)].filter((date) => date !== null);
        expect(dates.length).toBeLessThan(2);
        for (const date of dates) expect(date.getUTCFullYear()).toBeGreaterThanOrEqual(1990);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('isTimeZone', () => {
  test.each([
    [AMSTERDAM, true],
    ['UTC', true],
    ['Etc/GMT+1', true],
    ['Europe/Nowhere', false],
    ['+01:00', false],
    ['', false],
    ['constructor', false],
  ])('%s: %s', (name, expected) => {
    expect(isTimeZone(name)).toBe(expected);
  });
});
