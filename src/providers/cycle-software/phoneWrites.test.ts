import { describe, expect, it } from 'vitest';
import type { PhoneEntry } from './api.ts';
import type { PhoneNumberInput } from './inputs.ts';
import { writeOwnNumbers, writeUnifiedPhone } from './phoneWrites.ts';
import { adri } from './test-data.ts';

const [mob, tel, extra] = adri.phone_numbers;
const current: readonly PhoneEntry[] = [...adri.phone_numbers];
const NL = { before: 'NL', after: 'NL' };

describe('cycleSoftware.phoneNumbers', () => {
  it('CS-1 CS-19 changes those named by id and keeps the others, the provider’s own ids too', () => {
    const { entries, changes, problems } = writeOwnNumbers(current, [
      { phoneNumberId: '453383', phoneNumber: '06 1', name: undefined },
    ]);
    expect(entries).toEqual([mob, tel, { ...extra, phone_number: '06 1' }]);
    expect(entries[0]).toBe(current[0]);
    expect(changes).toEqual([
      { field: 'cycleSoftware.phoneNumbers.0.phoneNumber', before: '06 24238848', after: '06 1' },
    ]);
    expect(problems).toEqual([]);
  });

  it('CS-18 adds one without an id, and without anybody’s customer_id', () => {
    expect(writeOwnNumbers(current, [{ phoneNumber: '06 1', name: 'Extra 2' }]).entries).toEqual([
      ...current,
      { phone_number: '06 1', name: 'Extra 2' },
    ]);
  });

  it('CS-2 clears with "", and tells a name that is left from one that is cleared', () => {
    const input = [{ phoneNumberId: '453383', phoneNumber: null, name: null }];
    expect(writeOwnNumbers(current, input).entries[2]).toEqual({ ...extra, phone_number: '', name: '' });
    expect(writeOwnNumbers(current, [{ phoneNumberId: '453383', phoneNumber: null }]).entries[2]).toEqual({
      ...extra,
      phone_number: '',
    });
    expect(writeOwnNumbers(current, [{ phoneNumberId: 'tel', phoneNumber: null }]).changes).toEqual([]);
  });

  it('CS-19 knows an id that comes as a number', () => {
    const entries = [{ phone_number_id: 453383, phone_number: '1' }];
    expect(writeOwnNumbers(entries, [{ phoneNumberId: '453383', phoneNumber: '2' }]).entries).toEqual([
      { phone_number_id: 453383, phone_number: '2' },
    ]);
  });

  it('gives every customer a mob and a tel', () => {
    const input = [
      { phoneNumberId: 'tel', phoneNumber: '1' },
      { phoneNumberId: 'mob', name: 'A' },
    ];
    expect(writeOwnNumbers([], input).entries).toEqual([
      { phone_number_id: 'tel', phone_number: '1' },
      { phone_number_id: 'mob', phone_number: '', name: 'A' },
    ]);
    expect(writeOwnNumbers([], [{ phoneNumberId: 'tel', phoneNumber: null }]).entries).toEqual([]);
  });

  it.each<[string, PhoneNumberInput[], string[]]>([
    ['an id that the customer has not', [{ phoneNumberId: '9', phoneNumber: '1' }], ['0', 'phoneNumberId']],
    ['a new one without a number', [{ name: 'A' }], ['0', 'phoneNumber']],
    ['a new one that is cleared', [{ phoneNumberId: null, phoneNumber: null }], ['0', 'phoneNumber']],
    ['an id named twice', [{ phoneNumberId: 'tel' }, { phoneNumberId: 'tel' }], ['1', 'phoneNumberId']],
  ])('refuses %s, with its path', (_, inputs, path) => {
    const { entries, problems } = writeOwnNumbers(current, inputs);
    expect(problems).toMatchObject([{ path: ['cycleSoftware', 'phoneNumbers', ...path], code: 'INVALID_INPUT' }]);
    expect(entries).toEqual(current);
  });
});

describe('the unified phone', () => {
  const write = (
    entries: readonly PhoneEntry[],
    wanted: string | null,
    inputs: PhoneNumberInput[] = [],
    regions: { before: string | null; after: string | null } = NL,
  ) => writeUnifiedPhone(entries, writeOwnNumbers(entries, inputs), wanted, regions);

  it('goes where it is read from, and keeps the name beside it', () => {
    const before = [{ ...mob, phone_number: 'none' }, { ...tel, phone_number: '0733030050' }, { ...extra }];
    expect(write(before, '+31201234567')).toEqual({
      entries: [before[0], { ...before[1], phone_number: '+31201234567' }, before[2]],
      change: { field: 'phone', before: '+31733030050', after: '+31201234567' },
      held: true,
    });
  });

  it('goes into mob where none can be read, and into a new mob where there is none', () => {
    const unreadable = [{ ...tel }, { ...mob, phone_number: 'none' }];
    expect(write(unreadable, '+31612345678')).toEqual({
      entries: [unreadable[0], { ...mob, phone_number: '+31612345678' }],
      change: { field: 'phone', before: 'none', after: '+31612345678' },
      held: true,
    });
    expect(write([], '+31612345678').entries).toEqual([{ phone_number_id: 'mob', phone_number: '+31612345678' }]);
  });

  it('leaves a number that is the same in another spelling', () => {
    expect(write(current, '+31733030050')).toEqual({ entries: null, change: null, held: true });
  });

  it('CS-1 CS-2 is cleared with "" in its place alone', () => {
    expect(write(current, null)).toEqual({
      entries: [{ ...mob, phone_number: '' }, tel, extra],
      change: { field: 'phone', before: '+31733030050', after: null },
      held: true,
    });
    expect(write([{ ...mob, phone_number: 'none' }], null).entries).toEqual([{ ...mob, phone_number: '' }]);
    expect(write([{ ...tel }], null)).toEqual({ entries: null, change: null, held: true });
    expect(write([], null)).toEqual({ entries: null, change: null, held: true });
  });

  it('yields to an own number in the same place', () => {
    const inputs = [{ phoneNumberId: 'mob', phoneNumber: '0611111111' }];
    expect(write(current, '+31612345678', inputs)).toEqual({ entries: null, change: null, held: false });
    expect(write(current, '+31611111111', inputs)).toEqual({ entries: null, change: null, held: true });
    expect(write(current, null, inputs)).toMatchObject({ entries: null, held: false });
  });

  it('yields to an own number that becomes the phone', () => {
    const entries = [
      { ...mob, phone_number: '' },
      { ...tel, phone_number: '0733030050' },
    ];
    const inputs = [{ phoneNumberId: 'mob', phoneNumber: '0611111111' }];
    expect(write(entries, '+31201234567', inputs)).toEqual({ entries: null, change: null, held: false });
  });

  it('stands beside an own number elsewhere', () => {
    const inputs = [{ phoneNumberId: '453383', phoneNumber: '1' }, { phoneNumber: '0611111111' }];
    expect(write(current, '+31612345678', inputs).entries).toEqual([
      { ...mob, phone_number: '+31612345678' },
      tel,
      { ...extra, phone_number: '1' },
      { phone_number: '0611111111' },
    ]);
  });

  it('CS-16 is spelt out where a new country would make the old spelling another number', () => {
    const written = write(current, '+31733030050', [], { before: 'NL', after: 'BE' });
    expect(written.entries?.[0]).toEqual({ ...mob, phone_number: '+31733030050' });
    expect(written.change).toEqual({ field: 'phone', before: '+31733030050', after: '+31733030050' });
  });

  it('CS-16 is found where it was when its country goes', () => {
    const entries = [
      { ...mob, phone_number: '' },
      { ...tel, phone_number: '0733030050' },
    ];
    expect(write(entries, null, [], { before: 'NL', after: null }).entries).toEqual([
      entries[0],
      { ...tel, phone_number: '' },
    ]);
  });
});
