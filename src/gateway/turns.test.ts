import { expect, it } from 'vitest';
import { createTurns } from './turns.ts';

const LONG = 60_000;

it('come one after the other for one key, in the order of asking, and side by side for others', async () => {
  const turns = createTurns();
  const [first, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const done: string[] = [];
  const take = (name: string, keys: string[], until?: Promise<void>) =>
    turns.take(keys, LONG, async () => {
      await until;
      done.push(name);
      return name;
    });
  const all = [
    take('first', ['a'], first.promise),
    take('both', ['a', 'b', 'a']),
    take('other', ['c'], other.promise),
    take('last', ['b']),
  ];
  other.resolve();
  expect(await all[2]).toBe('other');
  first.resolve();
  expect(await Promise.all(all)).toEqual(['first', 'both', 'other', 'last']);
  expect(done).toEqual(['other', 'first', 'both', 'last']);
});

it('are not waited for longer than asked, and who came after still waits for who was before', async () => {
  const turns = createTurns();
  const first = Promise.withResolvers<void>();
  const done: string[] = [];
  const work = (name: string) => async () => void done.push(name);
  const before = turns.take(['a'], LONG, () => first.promise.then(work('first')));
  expect(await turns.take(['a'], 1, work('impatient'))).toBeNull();
  const after = turns.take(['a'], LONG, work('after'));
  first.resolve();
  await Promise.all([before, after]);
  expect(done).toEqual(['first', 'after']);
});

it('are left where the work fails', async () => {
  const turns = createTurns();
  await expect(turns.take(['a'], LONG, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await turns.take(['a'], LONG, async () => 'next')).toBe('next');
});
