import { keyText } from '../ids/ids.ts';
import { auditRecord, entries, toEntry } from './audit.ts';
import { changesAfter, changesBefore, formerOf, lastChange, tellOwn, toChange } from './changes.ts';
import { codesAsked, giveCodeBack, giveGuessBack, noteCodesAsked, takeGuess } from './codes.ts';
import { payloads } from './copies.ts';
import { countFound } from './counting.ts';
import { keepRecords, linkCustomers, unlinkRecord } from './customers.ts';
import type { Effort, Reader } from './effort.ts';
import { eraseCustomer, markMissing } from './erase.ts';
import { forgetWritesBefore } from './forgetWrites.ts';
import { heldOn } from './held.ts';
import { keepCopies, ready, seenRecords, settled } from './keepCopies.ts';
import {
  countedWrites,
  makerOf,
  openCreates,
  openWrites,
  restOf,
  toOpenWrite,
  toWrite,
  updatesOf,
  writeOf,
  writesIn,
  writesOf,
} from './keptWrites.ts';
import { keepKeyUses, keyUses, toKeyUses } from './keyUses.ts';
import { leftMutations, takenLeft } from './leftMutations.ts';
import { linksOf, toLinks } from './links.ts';
import {
  byKey,
  counted,
  erasedBehind,
  keysOf,
  ofCustomer,
  ofCustomers,
  ofProvider,
  toRecord,
  toRecords,
} from './records.ts';
import { type Database, type Row, reading, type Script, type Statement } from './script.ts';
import { search } from './searching.ts';
import { settle } from './settling.ts';
import { sample, sharing } from './sharing.ts';
import type { KeptCopy, Store, Summarise } from './store.ts';
import { heldSync, releasedSync, savedSync, syncState } from './syncStates.ts';
import { createTelling } from './telling.ts';
import { beforeIn, everybodyIn, lineEntered, lineLeft, putOut, toInLine } from './turns.ts';
import { beginMutation, intend, letGo, mutationBy, notedAnswer, takenToSend, toMutation } from './writes.ts';

/** The store on a database, whichever it is. */
export function createStore(on: Database, merge: Summarise, effort: Effort): Store {
  const { database, onChange } = createTelling(on);
  const reader: Reader = { read: database.read, effort };
  const run = (statement: Statement, durable = true): Promise<readonly Row[]> =>
    database.transaction(function* (): Script<readonly Row[]> {
      return yield statement;
    }, durable);
  return {
    async record(key) {
      const [row] = await database.read(...byKey(key));
      return row ? toRecord(row) : null;
    },
    async recordsOf(record) {
      return toRecords(await database.read(...ofCustomer(record)));
    },
    recordsOfAll: (records) => reading(database, ofCustomers(records)),
    async page(provider, afterSequence, limit) {
      return (await database.read(...ofProvider(provider, afterSequence, limit))).map(toRecord);
    },
    async count(provider) {
      const [row] = await database.read(...counted(provider));
      return Number(row?.records ?? 0);
    },
    keep: (records, link) => database.transaction(() => keepRecords(records, link, merge)),
    link: (...link) => database.transaction(() => linkCustomers(...link, merge)),
    unlink: (...unlink) => database.transaction(() => unlinkRecord(...unlink, merge)),
    async linksOf(customer) {
      return toLinks(await database.read(...linksOf(customer)));
    },

    async weigh(copies, source) {
      const seen = await reading(database, seenRecords(copies.map(({ key }) => key)));
      return copies.map((copy) => settled(seen.get(keyText(copy.key)), copy, source));
    },
    async keepCopies(copies, source) {
      const kept: KeptCopy[] = [];
      // What a listing loses, it lists again: see saveSync.
      const durable = source.told || source.asked;
      const atOnce = database.copiesAtOnce ?? Math.max(1, copies.length);
      for (let start = 0; start < copies.length; start += atOnce) {
        const some = copies.slice(start, start + atOnce).map((copy) => ready(copy, merge));
        kept.push(...(await database.transaction(() => keepCopies(some, source, merge), durable)));
      }
      return kept;
    },
    copies: (keys) => reading(database, payloads(keys)),
    async markMissing(keys, at) {
      const seen = await reading(database, seenRecords(keys));
      const sequences = [...seen.values()].map(({ sequence }) => sequence);
      await database.transaction(() => markMissing(sequences, at, merge));
    },
    heldOn: (record) => reading(database, heldOn(record)),
    async erase(...erasure) {
      const records = await database.transaction(() => eraseCustomer(...erasure, merge));
      database.erased?.();
      return records;
    },

    search: (request) => search(reader, request),
    countFound: (criteria) => countFound(reader, criteria),
    sharing: (terms, most) => sharing(database, terms, most),
    sample: (records) => sample(database, records),

    async syncState(provider) {
      const [row] = await database.read(...syncState(provider));
      return row ? JSON.parse(String(row.state)) : null;
    },
    // Where the machine fails, it is lost with the copies that it speaks of, or after them: both are written in order.
    saveSync: async (provider, state) => void (await run(savedSync(provider, state), false)),
    holdSync: async (...hold) => (await run(heldSync(...hold))).length > 0,
    releaseSync: async (...hold) => void (await run(releasedSync(...hold))),

    tell: (changes) => database.transaction(() => tellOwn(changes)),
    async changesAfter(sequence, limit) {
      const rows = await database.read(...changesAfter(sequence, limit));
      const named = await reading(database, keysOf(formerOf(rows)));
      return rows.map((row) => toChange(row, named));
    },
    async lastChange() {
      const [row] = await database.read(...lastChange);
      return Number(row?.last ?? 0);
    },
    forgetChangesBefore: async (at) => void (await run(changesBefore(at))),
    onChange,
    onChangeElsewhere: (listener) => database.listen?.(listener) ?? (() => undefined),

    async mutationBy(...named) {
      const [row] = await database.read(...mutationBy(...named));
      return row ? toMutation(row) : null;
    },
    beginMutation: (mutation) => database.transaction(() => beginMutation(mutation)),
    letGo: (...mutation) => database.transaction(() => letGo(...mutation)),
    intend: (...intents) => database.transaction(() => intend(...intents)),
    takeToSend: async (...write) => (await run(takenToSend(...write))).length > 0,
    noteAnswer: async (write, noted) => void (await run(notedAnswer(write, noted))),
    settle: (settlement) => database.transaction(() => settle(settlement, merge)),
    writesOf: async (mutation) => (await database.read(...writesOf(mutation))).map(toWrite),
    keepRest: async (mutation, rest) => void (await run(['UPDATE mutation SET rest = ? WHERE id = ?', rest, mutation])),
    async restOf(mutation) {
      const [row] = await database.read(...restOf(mutation));
      return typeof row?.rest === 'string' ? row.rest : null;
    },
    async write(id) {
      const [row] = await database.read(...writeOf(id));
      return row ? toWrite(row) : null;
    },
    isMade: async (record) => (await database.read(...makerOf(record))).length > 0,
    hasErased: async (...behind) => (await database.read(...erasedBehind(...behind))).length > 0,
    leftMutations: async (...which) =>
      (await database.read(...leftMutations(...which))).map(({ mutation }) => Number(mutation)),
    takeLeft: async (...which) => (await run(takenLeft(...which))).length > 0,
    writesIn: async (states, most) => (await database.read(...writesIn(states, most))).map(toWrite),
    openCreates: async (...at) => (await database.read(...openCreates(...at))).map(toWrite),
    openWrites: async (...which) => (await database.read(...openWrites(...which))).map(toOpenWrite),
    updatesOf: async (record) => (await database.read(...updatesOf(record))).map(toOpenWrite),
    async countWrites(state) {
      const [row] = await database.read(...countedWrites(state));
      return Number(row?.writes ?? 0);
    },
    forgetWritesBefore: (at) => database.transaction(() => forgetWritesBefore(at)),

    // What is in line is gone with the processes that are: only with what they send does it have to be durable.
    enterLine: (...line) => database.transaction(() => lineEntered(...line), false),
    async lineBefore(holder) {
      const [row] = await database.read(...beforeIn(holder));
      return row ? toInLine(row) : null;
    },
    putOut: async (place) => void (await run(putOut(place), false)),
    everybodyInLine: async (most) => (await database.read(...everybodyIn(most))).map(toInLine),
    leaveLine: async (holder) => void (await run(lineLeft(holder), false)),

    takeGuess: (...guess) => database.transaction(() => takeGuess(...guess)),
    giveGuessBack: (...guess) => database.transaction(() => giveGuessBack(...guess)),
    codesAsked: (record) => reading(database, codesAsked(record)),
    noteCodesAsked: (...asked) => database.transaction(() => noteCodesAsked(...asked)),
    giveCodeBack: (...asked) => database.transaction(() => giveCodeBack(...asked)),

    audit: (entry) => database.transaction(() => auditRecord(entry)),
    auditLog: async (...asked) => (await database.read(...entries(...asked))).map(toEntry),

    // A minute of it may be lost with the machine.
    keepKeyUses: (uses) => database.transaction(() => keepKeyUses(uses), false),
    keyUses: async () => toKeyUses(await database.read(...keyUses)),

    close: () => database.close(),
  };
}
