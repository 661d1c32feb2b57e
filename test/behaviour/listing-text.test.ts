import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAda } from '../support/customers.ts';
import { type Listed, list, nodesOf, refused, startListingWorld } from '../support/listing.ts';
import { afreshEach, type World } from '../support/world.ts';

/** Searching the directory for words, as people type them. */

let world: World;
beforeAll(async () => {
  world = await startListingWorld({ sandbox: { customers: 60 } });
  for (const [index, who] of PEOPLE.entries())
    await createAda(world, ['CYCLE_SOFTWARE'], {
      ...{ email: null, phone: `+316120088${String(index).padStart(2, '0')}`, address: null },
      ...who,
    });
});
afterAll(() => world.close());
afreshEach(() => world);

const PEOPLE = [
  { firstName: 'Zoë', lastName: 'Weiß-Müller' },
  { firstName: 'Søren', lastName: 'Kierkegård', address: { city: 'København', country: 'DK' } },
  { firstName: 'Óscar', lastName: 'Núñez', companyName: 'Peluquería Ñandú S.L.' },
  { firstName: 'Siobhán', lastName: "O'Brien", email: 'Siobhan.OBrien+shop@Example-Mail.co.uk' },
  { firstName: 'Алёна', lastName: 'Иванова' },
  { firstName: '小明', lastName: '王' },
  { firstName: 'Nour', lastName: 'الحداد' },
  { firstName: 'Ed', lastName: 'Ng' },
  {
    firstName: 'J.P.',
    lastName: 'Balkenende',
    cycleSoftware: { customerReference: 'KL-2026/0815', cocNumber: '27312345' },
  },
  { firstName: 'Maximiliaan', lastName: 'van Oranje-Nassau', companyName: 'Rijwielhandel "Het Zwarte Wiel" B.V.' },
];

/** The names of those that are found. */
async function found(text: string): Promise<string[]> {
  const { data, errors } = await world.query(
    'query ($text: String) { customers(first: 500, filter: { text: $text }) { nodes { displayName lastName } } }',
    { text },
  );
  expect(errors).toEqual([]);
  expect(world.calls()).toEqual([]);
  return data.customers.nodes.map(({ lastName }: { lastName: string }) => lastName);
}

describe('filter.text', () => {
  it.each([
    [
      'Weiß-Müller',
      ['weiss muller', 'WEISS-MÜLLER', 'weiß müller', 'Müller Weiß', 'zoe weiss', 'ZOË weiß', 'zoé muller'],
    ],
    [
      'Kierkegård',
      ['kierkegard', 'soren kierkegard', 'SØREN', 'Kierkegård, Søren', 'søren københavn', 'kobenhavn kierkegard'],
    ],
    ['Núñez', ['nunez', 'oscar nunez', 'NUN\u0303EZ', 'ñandú nunez', 'peluqueria nandu', 'nandu SL', 'Nandu s.l.']],
    ["O'Brien", ['obrien', "o'brien", 'O’Brien', 'siobhan o`brien']],
    ['Иванова', ['иванова', 'ИВАНОВА', 'алёна', 'Алена Иванова']],
    ['王', ['王', '小明', '王 小明']],
    ['الحداد', ['الحداد', '\u202bالحداد\u202c', 'nour الحداد']],
    ['Ng', ['ng', 'Ed Ng', 'ng ed', ' NG\t\n']],
    ['Balkenende', ['J.P. Balkenende', 'jp balkenende', 'Balkenende, J P', 'j. p. balkenende']],
    [
      'van Oranje-Nassau',
      ['oranje nassau', 'van oranje', 'nassau oranje', 'Het Zwarte Wiel', 'wiel zwarte nassau', 'rijwielhandel bv'],
    ],
  ])('finds %s without case, accents and punctuation, in any order', async (name, texts) => {
    for (const text of texts) expect([text, await found(text)]).toEqual([text, expect.arrayContaining([name])]);
  });

  it.each([
    ['one letter too many', ['kierkegaard', 'balkenendde', 'maximilliaan', 'xkierkegard']],
    ['one too few', ['kierkgard', 'balkenend', 'maximilaan', 'ierkegard']],
    ['a wrong one', ['kierkegord', 'balkanende', 'maximiliaam', 'gierkegard']],
    ['two that changed places', ['kierkegrad', 'balkenedne', 'maximliiaan', 'ikerkegard', 'kiekregard']],
  ])('forgives a typo in a word: %s', async (_, texts) => {
    for (const text of texts)
      expect([text, (await found(text)).filter((name) => PEOPLE.some(({ lastName }) => lastName === name))]).toEqual([
        text,
        [expect.stringMatching(/^(Kierkegård|Balkenende|van Oranje-Nassau)$/)],
      ]);
  });

  it('forgives one in each word, and no two in one', async () => {
    expect(await found('maximiliaam oranje-nassua')).toEqual(['van Oranje-Nassau']);
    for (const text of ['kirkgard', 'kierkegrda', 'balkennde x', 'maximiliaan orange-nssua'])
      expect([text, await found(text)]).toEqual([text, []]);
  });

  it('forgives none in short words and numbers, which are others’', async () => {
    for (const text of ['nh', 'edd', 'nag', 'zo', '27312346', '0816'])
      expect([text, await found(text)]).toEqual([text, []]);
  });

  it('finds nobody of whom one word is missing, and no part of a word for the whole', async () => {
    for (const text of ['zoe kierkegard', 'kierke', 'gard', 'ada lovelace kierkegard', 'nowhereman'])
      expect([text, await found(text)]).toEqual([text, []]);
  });

  it('finds by an email, or by a part of it that is a word', async () => {
    for (const text of [
      'siobhan.obrien+shop@example-mail.co.uk',
      'SIOBHAN.OBRIEN+SHOP@EXAMPLE-MAIL.CO.UK',
      '<Siobhan.OBrien+shop@example-mail.co.uk>',
      'example-mail',
      'siobhan.obrien+shop@exampel-mail.co.uk',
      "Siobhán O'Brien <siobhan.obrien+shop@example-mail.co.uk>",
    ])
      expect([text, await found(text)]).toEqual([text, ["O'Brien"]]);
    // What every other address ends in is no word to find anybody by.
    for (const text of ['uk', 'com']) expect([text, await found(text)]).toEqual([text, []]);
  });

  it('finds by a reference, a company, a city and the provider’s own number', async () => {
    expect(await found('KL-2026/0815')).toEqual(['Balkenende']);
    expect(await found('27312345')).toEqual(['Balkenende']);
    expect(await found('københavn')).toContain('Kierkegård');
    expect((await list(world, { filter: { text: 'REF46' } })).customers.edges.length).toBeGreaterThan(0);
  });

  it('knows everybody whom the providers spell as they really are', async () => {
    let known = 0;
    for (const { person, records } of world.sandbox.truth().slice(0, 40)) {
      if (!person) continue;
      const { customers } = await list(world, {
        first: 500,
        filter: { text: `${person.firstName} ${person.lastName}` },
      });
      const texts = new Set(nodesOf(customers).flatMap((node) => node.records.map(({ providerId }) => providerId)));
      known += records.filter(({ id }) => texts.has(id)).length > 0 ? 1 : 0;
    }
    expect(known).toBeGreaterThan(35);
  });

  it('goes with every other filter', async () => {
    const of = async (filter: object): Promise<Listed> => (await list(world, { first: 500, filter })).customers;
    const all = await of({ text: 'lovelace' });
    expect(all.totalCount).toBeGreaterThan(5);
    expect((await of({ text: 'lovelace', providers: ['ONBOARD_FLOW'] })).totalCount).toBe(4);
    expect((await of({ text: 'lovelace', phone: '+31612345678' })).totalCount).toBe(1);
    expect((await of({ text: 'lovelace', country: 'FR' })).totalCount).toBe(0);
    expect((await of({ text: 'kierkegaard', country: 'DK' })).totalCount).toBe(1);
    expect((await of({ text: 'nunez', kind: 'BUSINESS' })).totalCount).toBe(
      (await of({ text: 'nunez', kind: 'BUSINESS' })).edges.length,
    );
  });
});

describe('odd text', () => {
  it.each([
    ['nothing', ''],
    ['blanks', ' \t\n\u00a0\u2003'],
    ['punctuation', '!?-_.,;:\'"()[]{}<>@#$%^&*+=|\\/~`´’'],
    ['control characters', '\u0000\u0001\u0007\u001b\u007f\u0085'],
    ['an emoji', '👩‍👩‍👧'],
    ['marks on nothing', '\u0301\u0323\u200d\u202e'],
    ['half a letter', '\ud800'],
    ['too many words', 'a1 b2 c3 d4 e5 f6 g7 h8 i9 j10 k11'],
    ['too many words of an address', Array.from({ length: 11 }, (_, index) => `a${index}@b`).join(' ')],
    ['too long a word', 'a'.repeat(201)],
    ['a megabyte of a letter', 'a'.repeat(1_000_000)],
    ['a megabyte of words', 'ada '.repeat(250_000)],
    ['a megabyte of addresses', '@ '.repeat(500_000)],
    ['a megabyte of marks', `a${'\u0301\u0323'.repeat(200_000)}`],
  ])('is refused: %s', async (_, text) => {
    expect(await refused(world, { filter: { text } })).toMatch(/^filter\.text /);
  });

  it.each([
    ['with control characters', 'ada\u0000\u0007lovelace'],
    ['with an emoji', '👩 Lovelace 👩‍🚀'],
    ['with what SQL means something by', "' OR 1=1; DROP TABLE record; -- %_*"],
    ['from right to left', '\u202eecalevol\u202c'],
    ['of ten words', 'van der van der van der van der ada lovelace'],
    ['of wide letters', 'Ａｄａ Ｌｏｖｅｌａｃｅ'],
    ['of a letter that is many', '\ufdfa'.repeat(2)],
    ['of other digits', '٠٦١٢٣٤٥٦٧٨'],
    ['of letters beyond sixteen bits', '𝔏𝔬𝔳𝔢𝔩𝔞𝔠𝔢'],
    ['with half a letter', 'lovelace \udc00'],
    ['like a property of an object', '__proto__ constructor'],
  ])('is answered: %s', async (_, text) => {
    const { customers } = await list(world, { filter: { text } });
    expect(customers.totalCount).not.toBeNull();
    if (/lovelace|Ｌｏｖ|𝔏𝔬𝔳/i.test(text) && !text.includes('van')) expect(customers.totalCount).toBeGreaterThan(5);
  });
});
