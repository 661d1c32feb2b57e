import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { openAt } from '../src/openStore.ts';
import type { CopyToKeep } from '../src/store/store.ts';
import { createDirectory, TRUST_ORDER } from './directoryPeople.ts';
import type { Figure } from './figure.ts';

/**
 * A directory of many records: how fast it fills through `keepCopies`, a page at a time, how large it is, and what another
 * process that only asks it needs of time and memory.
 */

const PAGE = 500;
const SERVER = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

interface Place {
  readonly name: string;
  readonly url: string;
  bytes(): Promise<number>;
  /** What the database does by itself within minutes of being filled. */
  settle(): Promise<unknown>;
  drop(): Promise<void>;
}

/** @param say for how far it has come */
export async function benchDirectory(
  records: number,
  stores: readonly string[],
  say: (line: string) => void,
): Promise<readonly Figure[]> {
  const lines: Figure[] = [];
  for (const name of stores) {
    const place = name === 'sqlite' ? sqlite() : await postgres();
    try {
      lines.push(...(await filled(place, records, say)));
      say(`${place.name}: asking`);
      lines.push(...(await asked(place, records)));
    } finally {
      await place.drop();
    }
  }
  return lines;
}

async function filled(place: Place, records: number, say: (line: string) => void): Promise<readonly Figure[]> {
  const store = await openAt(place.url, TRUST_ORDER, () => undefined);
  const directory = createDirectory(records);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let ms = 0;
  let longest = 0;
  let lateMs = 0;
  let busyMs = 0;
  for (let first = 0; first < records; first += PAGE) {
    const copies: CopyToKeep[] = [];
    for (let record = first; record < Math.min(records, first + PAGE); record++) copies.push(directory.copy(record));
    // What is made here is not what is measured.
    await new Promise(setImmediate);
    delay.enable();
    const start = performance.now();
    const before = process.cpuUsage();
    await store.keepCopies(copies, { asked: false, told: false });
    const took = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    busyMs += (user + system) / 1000;
    await new Promise(setImmediate);
    delay.disable();
    ms += took;
    longest = Math.max(longest, took);
    if (first + PAGE > records * 0.9) lateMs += took;
    if ((first + PAGE) % (PAGE * 100) === 0)
      say(`${place.name}: ${first + PAGE} records, ${µs(ms, first + PAGE)} each`);
  }
  await store.close();
  await place.settle();
  const bytes = await place.bytes();
  return [
    line(place, 'filling, all', `${rate(records, ms)}, ${µs(ms, records)} a record`),
    line(place, 'filling, processor time of this process', `${µs(busyMs, records)} a record`),
    line(place, 'filling, the last tenth', `${µs(lateMs, records / 10)} a record`),
    line(place, 'filling, longest page of 500', `${Math.round(longest)} ms`),
    line(place, 'filling, event loop held', `${held(delay.max)} ms`, '< 100 ms', delay.max < 100e6),
    line(place, 'size', `${Math.round(bytes / 2 ** 20)} MB, ${Math.round(bytes / records)} bytes a record`),
  ];
}

const rate = (records: number, ms: number): string => `${Math.round((records * 1000) / ms)} records/s`;
const µs = (ms: number, records: number): string => `${Math.round((ms * 1000) / records)} µs`;
const held = (ns: number): number => Math.round(ns / 1e6);

const line = ({ name }: Place, what: string, value: string, target?: string, met?: boolean): Figure => ({
  what: `${name}: ${what}`,
  value,
  ...(target !== undefined && { target }),
  ...(met !== undefined && { met }),
});

/** In processes of their own: what filling needed is not their memory. */
async function asked(place: Place, records: number): Promise<readonly Figure[]> {
  const lines: Figure[] = [];
  for (const name of ['directoryQueries.ts', 'directoryDuplicates.ts']) {
    const script = new URL(name, import.meta.url).pathname;
    const arguments_ = [script, place.url, String(records)];
    const { stdout } = await promisify(execFile)(process.execPath, arguments_, { maxBuffer: 2 ** 24 });
    lines.push(...(JSON.parse(stdout) as Figure[]));
  }
  return lines.map((each) => ({ ...each, what: `${place.name}: ${each.what}` }));
}

function sqlite(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-directory-'));
  const path = join(folder, 'clientele.db');
  return {
    name: 'SQLite',
    url: `file:${path}`,
    bytes: async () => statSync(path).size,
    settle: async () => undefined,
    drop: async () => rmSync(folder, { recursive: true }),
  };
}

async function postgres(): Promise<Place> {
  const name = `clientele_bench_${randomUUID().replaceAll('-', '')}`;
  await onServer(SERVER, `CREATE DATABASE ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return {
    name: 'PostgreSQL',
    url: url.href,
    bytes: async () => Number((await onServer(SERVER, `SELECT pg_database_size('${name}') AS size`))[0]?.size),
    // Its autovacuum, which some servers have switched off.
    settle: () => onServer(url.href, 'VACUUM (ANALYZE)'),
    drop: async () => void (await onServer(SERVER, `DROP DATABASE ${name} WITH (FORCE)`)),
  };
}

async function onServer(server: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
