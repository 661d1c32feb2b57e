import { type Conditions, conditionsOf, mostTypos, speltExactly } from './conditions.ts';
import { count, customersOf, type Driver, isLookedAtWhole, rarest } from './drivers.ts';
import type { Reader } from './effort.ts';
import { along, among, type Match, type Question } from './matching.ts';
import { compare, isWithin, type Order, orderOf, type Stretch } from './places.ts';
import { keysOf } from './records.ts';
import { reading } from './script.ts';
import type { FoundCustomer, SearchPlace, SearchRequest } from './search.ts';

/**
 * Pages of customers. Where few meet some condition, all of those are looked at and sorted; else customers are gone through in
 * the order that was asked for, until the page is full.
 */
export async function search(reader: Reader, request: SearchRequest): Promise<readonly FoundCustomer[]> {
  const { order, descending, limit, fromEnd, after, before } = request;
  const conditions = limit < 1 ? null : await conditionsOf(reader, request);
  if (!conditions) return [];
  const [from, to] = fromEnd ? [before, after] : [after, before];
  const ends = { from, to, backwards: fromEnd };
  const places =
    order === 'RELEVANCE'
      ? await relevant(reader, conditions, { order: RELEVANCE, ...ends }, limit)
      : (await ordered(reader, conditions, { order: orderOf(order, descending), ...ends }, limit)).map(placeOf);
  return named(reader, fromEnd ? places.toReversed() : places);
}

const placeOf = ({ place }: Match): SearchPlace => place;

/** By id; and where the number of typos stands before it. */
const RELEVANCE: Order = { column: null, descending: false };
const KNOWN: Order = { column: null, descending: false };

async function ordered(
  reader: Reader,
  conditions: Conditions,
  stretch: Stretch,
  limit: number,
): Promise<readonly Match[]> {
  const driver = await rarest(reader, conditions);
  const question = { conditions, order: stretch.order, counting: false };
  if (!stretch.order.column) return taken(known(reader, question, driver, stretch, limit), limit);
  if (driver && isLookedAtWhole(reader, driver)) return gathered(reader, question, driver, stretch, limit);
  return walked(reader, question, driver, stretch, limit);
}

/** In the order of ids, a driver gives whoever comes next. */
async function* known(
  reader: Reader,
  question: Question,
  driver: Driver | null,
  stretch: Stretch,
  limit: number,
): AsyncGenerator<readonly Match[]> {
  const { from, to, backwards, order } = stretch;
  if (!driver) for await (const { matches } of along(reader, question, stretch, limit)) yield matches;
  else {
    const ids = { from: from?.[1] ?? null, to: to?.[1] ?? null, descending: backwards !== order.descending };
    yield* among(reader, question, customersOf(reader, driver, ids), limit);
  }
}

async function taken(matches: AsyncIterable<readonly Match[]>, limit: number): Promise<readonly Match[]> {
  const found: Match[] = [];
  for await (const some of matches) {
    found.push(...some);
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

const EVERYBODY = { from: null, to: null, descending: false };

/** Looks at every customer of a driver. */
async function gathered(
  reader: Reader,
  question: Question,
  driver: Driver,
  stretch: Stretch,
  limit: number,
  place: (match: Match) => SearchPlace = placeOf,
): Promise<readonly Match[]> {
  const sign = stretch.backwards ? -1 : 1;
  let best: Match[] = [];
  const cut = (): void => {
    best.sort((one, other) => sign * compare(place(one), place(other), stretch.order));
    best = best.slice(0, limit);
  };
  for await (const matches of among(reader, question, customersOf(reader, driver, EVERYBODY), reader.effort.most)) {
    best.push(...matches.filter((match) => isWithin(place(match), stretch)));
    if (best.length > 4 * limit) cut();
  }
  cut();
  return best;
}

/** Goes through customers in order; turns to a condition's own list when that is the shorter way. */
async function walked(
  reader: Reader,
  question: Question,
  driver: Driver | null,
  stretch: Stretch,
  limit: number,
): Promise<readonly Match[]> {
  const found: Match[] = [];
  let looked = 0;
  let askAt = reader.effort.firstLook;
  for await (const steps of along(reader, question, stretch, limit)) {
    found.push(...steps.matches);
    looked += steps.looked;
    if (found.length >= limit) break;
    if (!driver || looked < askAt) continue;
    askAt *= 2;
    const toGo = Math.ceil((looked * (limit - found.length)) / (found.length + 1));
    const most = Math.min(toGo, reader.effort.longest);
    if ((await count(reader, driver, most)) < most) return gathered(reader, question, driver, stretch, limit);
  }
  return found.slice(0, limit);
}

/** By typos: those without come first. */
async function relevant(
  reader: Reader,
  conditions: Conditions,
  stretch: Stretch,
  limit: number,
): Promise<readonly SearchPlace[]> {
  const byTypos = ({ typos, place: [, id] }: Match): SearchPlace => [typos, id];
  const driver = await rarest(reader, conditions);
  if (driver && isLookedAtWhole(reader, driver)) {
    const question = { conditions, order: KNOWN, counting: true };
    return (await gathered(reader, question, driver, stretch, limit, byTypos)).map(byTypos);
  }
  const levels = Array.from({ length: mostTypos(conditions) + 1 }, (_, typos) => typos);
  const found: SearchPlace[] = [];
  for (const typos of stretch.backwards ? levels.toReversed() : levels) {
    const within = onLevel(stretch, typos);
    if (!within || found.length >= limit) continue;
    const question = { conditions: typos === 0 ? speltExactly(conditions) : conditions, order: KNOWN, counting: true };
    const best = typos === 0 ? await rarest(reader, question.conditions) : driver;
    const matches = only(typos, known(reader, question, best, within, limit));
    found.push(...(await taken(matches, limit - found.length)).map(byTypos));
  }
  return found;
}

async function* only(typos: number, matches: AsyncIterable<readonly Match[]>): AsyncGenerator<readonly Match[]> {
  for await (const some of matches) yield some.filter((match) => match.typos === typos);
}

/** What of the stretch has so many typos, by id; null: nothing. */
function onLevel({ from, to, backwards }: Stretch, typos: number): Stretch | null {
  const sign = backwards ? -1 : 1;
  const isBefore = (end: SearchPlace | null, side: number): boolean =>
    end !== null && side * sign * (typos - Number(end[0])) < 0;
  if (isBefore(from, 1) || isBefore(to, -1)) return null;
  const end = (place: SearchPlace | null): SearchPlace | null => (place?.[0] === typos ? [null, place[1]] : null);
  return { order: KNOWN, from: end(from), to: end(to), backwards };
}

/** The keys of the records that customers at these places are named by. */
async function named(reader: Reader, places: readonly SearchPlace[]): Promise<readonly FoundCustomer[]> {
  const keys = await reading(reader, keysOf(places.map(([, id]) => id)));
  return places.flatMap((place) => {
    const customer = keys.get(place[1]);
    return customer ? [{ customer, place }] : [];
  });
}
