import { areTold, type Conditions, conditionsOf, mostTypos, needRecord, speltExactly } from './conditions.ts';
import type { Pace, Reader } from './effort.ts';
import { gathered, gatheredByTypos, type Source, sourceOf } from './gathering.ts';
import { firstOfGroups, MOST_GROUPS } from './groups.ts';
import { along, type Question } from './matching.ts';
import { type Order, orderOf, type Stretch } from './places.ts';
import { keysOf } from './records.ts';
import { reading } from './script.ts';
import type { FoundCustomer, SearchPlace, SearchRequest } from './search.ts';

/**
 * Pages of customers. Where few meet the conditions, all of those are gathered and sorted; else customers are gone through in
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
      ? await relevant(reader, conditions, { order: KNOWN, ...ends }, limit)
      : await ordered(reader, conditions, { order: orderOf(order, descending), ...ends }, limit);
  return named(reader, fromEnd ? places.toReversed() : places);
}

/** By id; where it is by relevance, the number of typos stands before it. */
const KNOWN: Order = { column: null, descending: false };

async function ordered(
  reader: Reader,
  conditions: Conditions,
  stretch: Stretch,
  limit: number,
): Promise<readonly SearchPlace[]> {
  const source = await sourceOf(reader, conditions);
  if (source?.by === 'facts' && stretch.order.column === 'name') {
    const groups = [...new Set(source.values)];
    if (groups.length <= MOST_GROUPS) return firstOfGroups(reader, groups, stretch, limit);
  }
  const found =
    source && (await areFew(reader, conditions, source))
      ? null
      : await walked(reader, { conditions, typos: null }, source, stretch, limit);
  // Without a source there is nothing to turn to.
  return found ?? (source ? gathered(reader, conditions, source, stretch, limit) : []);
}

/** Whether it is few who match, or nobody can be asked one by one. */
async function areFew(reader: Reader, conditions: Conditions, source: Source): Promise<boolean> {
  const { few } = paceOf(reader, conditions);
  return !areTold(conditions) || (few > 0 && source.hasFewer(few + 1));
}

const paceOf = ({ effort }: Reader, conditions: Conditions): Pace =>
  needRecord(conditions) ? effort.byRecord : effort.byIndex;

/**
 * Goes through customers in order.
 * @returns null as soon as gathering all that match is the shorter way
 */
async function walked(
  reader: Reader,
  question: Question,
  source: Source | null,
  stretch: Stretch,
  limit: number,
): Promise<readonly SearchPlace[] | null> {
  const pace = paceOf(reader, question.conditions);
  const found: SearchPlace[] = [];
  let looked = 0;
  let askAt = pace.firstLook;
  for await (const steps of along(reader, question, stretch, limit)) {
    found.push(...steps.matches);
    looked += steps.looked;
    if (found.length >= limit) break;
    if (!source || looked < askAt) continue;
    askAt *= 2;
    const toGo = (looked * (limit - found.length)) / (found.length + 1);
    const most = Math.ceil(toGo * pace.gatheredPerLook);
    const areFewer = pace.counts
      ? await source.hasFewer(most)
      : (found.length / looked) * (await sizeOf(reader)) < most;
    if (areFewer) return null;
  }
  return found.slice(0, limit);
}

/** How many records can be listed, or some more. */
async function sizeOf({ read }: Reader): Promise<number> {
  const [row] = await read('SELECT max(record) AS last FROM listed');
  return Number(row?.last ?? 0);
}

/** By typos: those without come first, and as a rule they are enough. */
async function relevant(
  reader: Reader,
  conditions: Conditions,
  stretch: Stretch,
  limit: number,
): Promise<readonly SearchPlace[]> {
  const source = await sourceOf(reader, conditions);
  if (!source) return [];
  const all = (most: number | null = null) => gatheredByTypos(reader, conditions, source, stretch, limit, most);
  const allIfFew = async () => {
    const { fewByTypos } = reader.effort;
    if (!areTold(conditions)) return all();
    if (!paceOf(reader, conditions).counts) return all(fewByTypos);
    return (await source.hasFewer(fewByTypos + 1)) ? all() : null;
  };
  const levels = Array.from({ length: mostTypos(conditions) + 1 }, (_, typos) => typos);
  const found: SearchPlace[] = [];
  let few: ReturnType<typeof allIfFew> | null = null;
  for (const typos of stretch.backwards ? levels.toReversed() : levels) {
    const within = onLevel(stretch, typos);
    if (!within || found.length >= limit) continue;
    if (typos > 0) {
      few ??= allIfFew();
      const them = await few;
      if (them) return them;
    }
    const most = limit - found.length;
    const matches =
      typos === 0
        ? await ordered(reader, speltExactly(conditions), within, most)
        : await walked(reader, { conditions, typos }, source, within, most);
    if (!matches) return (await all()) ?? [];
    found.push(...matches.map(([, id]): SearchPlace => [typos, id]));
  }
  return found;
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
