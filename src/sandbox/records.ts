import type { Person, Population } from './people.ts';

/** How one provider keeps the people. */
export interface RecordKeeping<Row> {
  /** The document's own examples, by id, in the document's order. */
  readonly examples: Readonly<Record<string, Row>>;
  /** The id of a person's record. */
  readonly id: (number: number) => string;
  /** The number in such an id; undefined (or a wrong one) for any other text. */
  readonly number: (id: string) => number | undefined;
  /** The record of a person as this provider's clerk spelled them. */
  readonly row: (person: Person, id: string) => Row;
}

/** A provider's customers: examples first, then the people, then what was created. */
export interface Records<Row> {
  readonly size: number;
  get(id: string): Row | undefined;
  /** Creates or replaces. A row is never changed in place. */
  set(id: string, row: Row): void;
  idAt(position: number): string | undefined;
  positionOf(id: string): number | undefined;
  /** The number of the person at a position; undefined for examples and what was created. */
  personAt(position: number): number | undefined;
  /** The rows that may have this phone or e-mail address; to be compared by the caller. */
  candidates(contact: string): Row[];
  all(): Iterable<Row>;
}

/** Rows of people are made when they are asked for; only what was written is kept. */
export function createRecords<Row>(
  keeping: RecordKeeping<Row>,
  population: Population,
  provider: string,
): Records<Row> {
  const examples = Object.keys(keeping.examples);
  const people = population.heldBy(provider);
  const created: string[] = [];
  const createdAt = new Map<string, number>();
  const written = new Map<string, Row>();
  const firstCreated = examples.length + people.length;

  /** Where the person stands; undefined when this provider does not know them. */
  const placeOf = (number: number): number | undefined => {
    let low = 0;
    let high = people.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((people[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return people[low] === number ? low : undefined;
  };

  const placeOfId = (id: string): number | undefined => {
    const number = keeping.number(id);
    if (number === undefined || keeping.id(number) !== id) return undefined;
    return placeOf(number);
  };

  const records: Records<Row> = {
    get size() {
      return firstCreated + created.length;
    },
    get(id) {
      const row = written.get(id) ?? (Object.hasOwn(keeping.examples, id) ? keeping.examples[id] : undefined);
      if (row !== undefined) return row;
      const number = keeping.number(id);
      if (number === undefined || placeOfId(id) === undefined) return undefined;
      return keeping.row(population.spelled(number, provider), id);
    },
    set(id, row) {
      if (records.positionOf(id) === undefined) {
        createdAt.set(id, records.size);
        created.push(id);
      }
      written.set(id, row);
    },
    idAt(position) {
      const number = records.personAt(position);
      if (number !== undefined) return keeping.id(number);
      return position < examples.length ? examples[position] : created[position - firstCreated];
    },
    positionOf(id) {
      if (Object.hasOwn(keeping.examples, id)) return examples.indexOf(id);
      const place = placeOfId(id);
      return place === undefined ? createdAt.get(id) : examples.length + place;
    },
    personAt: (position) => (position < examples.length ? undefined : people[position - examples.length]),
    candidates(contact) {
      const numbers = [...new Set(population.candidates(contact))].filter((number) => placeOf(number) !== undefined);
      const ids = new Set([...examples, ...numbers.map(keeping.id), ...written.keys()]);
      return [...ids].flatMap((id) => records.get(id) ?? []);
    },
    *all() {
      for (let position = 0; position < records.size; position++) {
        const row = records.get(records.idAt(position) ?? '');
        if (row !== undefined) yield row;
      }
    },
  };
  return records;
}
