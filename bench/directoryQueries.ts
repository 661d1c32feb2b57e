import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { searchWords } from '../src/gateway/directory/terms.ts';
import { openAt } from '../src/openStore.ts';
import type { Criteria, SearchOrder, SearchRequest } from '../src/store/search.ts';
import { createDirectory, TRUST_ORDER } from './directoryPeople.ts';

/** Asks a directory that is filled, in a process of its own, and prints what it took as JSON. */

const [url = '', size = '0'] = process.argv.slice(2);
const directory = createDirectory(Number(size));
const store = await openAt(url, TRUST_ORDER, () => undefined);

const ROUNDS = 150;
const ANY: Criteria = { providers: null, terms: [], words: [], changedSince: null };
const random = (below: number): number => Math.floor(Math.random() * below);
const anyRecord = (): number => random(directory.size);
const anyCopy = () => directory.copy(anyRecord());
const termOf = (kind: string): string[] => {
  for (;;) {
    const term = anyCopy().terms.find((each) => each.startsWith(`${kind} `));
    if (term) return [term];
  }
};
const page = (criteria: Partial<Criteria>, order: SearchOrder, request: Partial<SearchRequest> = {}) => {
  const whole: SearchRequest = {
    ...{ ...ANY, ...criteria, order, descending: false, after: null, before: null, limit: 51, fromEnd: false },
    ...request,
  };
  return () => store.search(whole);
};
const count = (criteria: Partial<Criteria>) => () => store.countFound({ ...ANY, ...criteria });
const words = (text: string): string[] => [...new Set(searchWords(text))];
const typo = (word: string): string => {
  const at = 1 + random(Math.max(1, word.length - 2));
  return random(2) === 0 ? word.slice(0, at) + word.slice(at + 1) : `${word.slice(0, at)}e${word.slice(at + 1)}`;
};
const middle = (): Partial<SearchRequest> => ({ after: ['lemnopqrst'.charAt(random(10)), 0] });

interface Line {
  readonly what: string;
  readonly value: string;
  readonly target?: string;
  readonly met?: boolean;
}
const lines: Line[] = [];

/** @param question what is asked: made before the clock runs, so that neither that nor what it leaves to collect is measured */
async function measure(what: string, target: number | null, question: () => () => Promise<unknown>, rounds = ROUNDS) {
  for (let round = 0; round < Math.min(5, rounds); round++) await question()();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const times: number[] = [];
  const questions = Array.from({ length: rounds }, question);
  for (const ask of questions) {
    await nextTurn();
    delay.enable();
    const start = performance.now();
    await ask();
    times.push(performance.now() - start);
    await nextTurn();
    delay.disable();
  }
  times.sort((one, other) => one - other);
  const at = (part: number): number => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
  const ms = (value: number): string => value.toFixed(value < 10 ? 2 : 0);
  const isFair = delay.max < 100e6;
  lines.push({
    what,
    value: `p50 ${ms(at(0.5))}, p95 ${ms(at(0.95))}, longest ${ms(at(1))} ms; held ${Math.round(delay.max / 1e6)} ms`,
    ...(target !== null && { target: `p95 < ${target} ms`, met: at(0.95) < target && isFair }),
  });
}

const rss = (): string => `${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB`;
lines.push({ what: 'memory at the start', value: rss() });
await measure(
  'point read: recordsOf + copies',
  1,
  () => {
    const { key } = anyCopy();
    return async () => store.copies(await store.recordsOf(key));
  },
  2000,
);
await measure('email, by name', 50, () => page({ terms: [termOf('email')] }, 'NAME'));
await measure('phone, by name', 50, () => page({ terms: [termOf('phone')] }, 'NAME'));
await measure('postal code, by name', 50, () => page({ terms: [termOf('postal')] }, 'NAME'));
await measure('country + kind, by name', 50, () => page({ terms: [termOf('country'), termOf('kind')] }, 'NAME'));
await measure('country + kind, by name, from the middle', 50, () =>
  page({ terms: [termOf('country'), termOf('kind')] }, 'NAME', middle()),
);
await measure('status, by name, the last', 50, () => page({ terms: [termOf('status')] }, 'NAME', { fromEnd: true }));
await measure('country + kind + status + provider, newest', 50, () =>
  page({ terms: [termOf('country'), termOf('kind'), termOf('status')], providers: ['nutcache'] }, 'CREATED', {
    descending: true,
  }),
);
await measure('postal code + kind + country, by name', 50, () => {
  const { terms } = anyCopy();
  const lists = terms.filter((term) => /^(?:postal|kind|country) /.test(term)).map((term) => [term]);
  return page({ terms: lists }, 'NAME');
});
await measure('everybody, by name, from the middle', 50, () => page({}, 'NAME', middle()));
const person = () => directory.person(anyRecord());
await measure('text: first name', 50, () => page({ words: words(person().firstName) }, 'RELEVANCE'));
await measure('text: first name, by name', 50, () => page({ words: words(person().firstName) }, 'NAME'));
await measure('text: last name + city', 50, () => {
  const { surname, city } = person();
  return page({ words: words(`${surname} ${city}`) }, 'RELEVANCE');
});
await measure('text: first + last name, a typo', 50, () => {
  const { surname, firstName } = person();
  return page({ words: words(`${firstName} ${typo(surname)}`) }, 'RELEVANCE');
});
await measure('text: company', 50, () => {
  for (;;) {
    const { companyName, surname } = person();
    if (companyName)
      return page({ words: words(`${surname} ${companyName.split(' ').slice(1).join(' ')}`) }, 'RELEVANCE');
  }
});
await measure('text: last name, a typo, by name', 50, () => page({ words: words(typo(person().surname)) }, 'NAME'));
await measure('text: two common words that few have both', 50, () =>
  page({ words: words(`${person().firstName} ${person().city}`) }, 'RELEVANCE'),
);
await measure('text: the same, by name', null, () =>
  page({ words: words(`${person().firstName} ${person().city}`) }, 'NAME'),
);
await measure('count: postal code', null, () => count({ terms: [termOf('postal')] }), 20);
await measure('count: last name', null, () => count({ words: words(person().surname) }), 20);
await measure('count: country + kind', null, () => count({ terms: [termOf('country'), termOf('kind')] }), 3);
await measure('count: everybody', null, () => count({}), 5);
await measure('sharing, for one customer', null, () => {
  const alike = anyCopy().terms.filter((term) => term.startsWith('alike '));
  return () => store.sharing(alike, 60);
});
await measure('sample of 10,000', null, () => () => store.sample(10_000), 3);
lines.push({
  what: 'memory in the end',
  value: rss(),
  target: '< 400 MB',
  met: process.memoryUsage.rss() < 400 * 2 ** 20,
});
await store.close();
process.stdout.write(JSON.stringify(lines));
