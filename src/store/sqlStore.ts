import { linkCustomers, unlinkRecord } from './customers.ts';
import { linksOf, toLinks } from './links.ts';
import { byKey, counted, keepRecords, ofCustomer, ofProvider, toRecord } from './records.ts';
import type { Database } from './script.ts';
import type { Store } from './store.ts';

/** The store on a database, whichever it is. */
export const createStore = (database: Database): Store => ({
  async record(key) {
    const [row] = await database.read(...byKey(key));
    return row ? toRecord(row) : null;
  },
  async recordsOf(customer) {
    return (await database.read(...ofCustomer(customer))).map(toRecord);
  },
  async page(provider, afterSequence, limit) {
    return (await database.read(...ofProvider(provider, afterSequence, limit))).map(toRecord);
  },
  async count(provider) {
    const [row] = await database.read(...counted(provider));
    return Number(row?.records ?? 0);
  },
  keep: (records, link) => database.transaction(() => keepRecords(records, link)),
  link: (customers, link, most) => database.transaction(() => linkCustomers(customers, link, most)),
  unlink: (record) => database.transaction(() => unlinkRecord(record)),
  async linksOf(customer) {
    return toLinks(await database.read(...linksOf(customer)));
  },
  close: () => database.close(),
});
