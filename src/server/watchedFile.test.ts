import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { FileFault, WatchedFile } from './watchedFile.ts';

const time = { elapsed: 0 };
let path: string;
let changes = 0;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-watched-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  path = join(folder, 'file');
  write('1');
});

/** Changes the file so that its time tells: a file system's clock may stand still meanwhile. */
function write(text: string): void {
  writeFileSync(path, text);
  changes += 1;
  utimesSync(path, changes, changes);
}

function watch(mostBytes?: number) {
  const told = { reads: [] as string[], lost: 0 };
  const parse = (text: string): number => {
    told.reads.push(text);
    return JSON.parse(text);
  };
  const clock = { now: () => 0, elapsed: () => time.elapsed };
  const file = new WatchedFile(path, parse, clock, () => void told.lost++, mostBytes);
  const later = (ms = 1_000) => {
    time.elapsed += ms;
    return file.content;
  };
  return { told, later, now: () => file.content };
}

it('is read anew within a second of a change, and not while it stays as it is', () => {
  const { told, later, now } = watch();
  expect([now(), later(), later()]).toEqual([1, 1, 1]);
  write('2');
  expect([now(), later(999), later(1), later()]).toEqual([1, 1, 2, 2]);
  expect(told).toEqual({ reads: ['1', '2'], lost: 0 });
});

it('holds nothing while it can’t be read, which is told once for each change', () => {
  const { told, later } = watch();
  write('{');
  expect([later(), later(), told.lost]).toEqual([null, null, 1]);
  rmSync(path);
  expect([later(), later(), told.lost]).toEqual([null, null, 2]);
  write('[');
  expect([later(), told.lost]).toEqual([null, 3]);
  write('4');
  expect([later(), told.lost]).toEqual([4, 3]);
});

it('is read again without a change where it could not be read', () => {
  const { later } = watch();
  rmSync(path);
  expect(later()).toBeNull();
  write('1');
  utimesSync(path, changes - 1, changes - 1);
  expect(later()).toBe(1);
});

it('has as many bytes as it may, and no more', () => {
  expect(watch(1).now()).toBe(1);
  write('10');
  expect(() => watch(1)).toThrow(new FileFault('it may have at most 1 bytes'));
});

it('has to be readable at the start', () => {
  rmSync(path);
  expect(() => watch()).toThrow('ENOENT');
});
