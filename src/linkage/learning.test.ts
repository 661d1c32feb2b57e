import { expect, test } from 'vitest';
import { comparable } from './comparable.ts';
import { LARGEST_SAMPLE, learnAside } from './learning.ts';
import { learn, sampleOf } from './model.ts';
import { CROWD } from './test-records.ts';

const profiles = [...CROWD, ...CROWD.slice(0, 50)].map((profile) => JSON.stringify(profile));

test('a process of its own learns what is learnt here', async () => {
  const records = [...CROWD, ...CROWD.slice(0, 50)].map((profile) => comparable(profile));
  const model = await learnAside({ profiles, drawn: CROWD.length, total: 5_000 });
  expect(model).toEqual(learn(sampleOf(records, CROWD.length, 5_000)));
});

test('whoever asked can end it', async () => {
  const leaving = new AbortController();
  const learning = learnAside({ profiles, drawn: profiles.length, total: profiles.length }, leaving.signal);
  leaving.abort(new Error('leaving'));
  await expect(learning).rejects.toThrow('leaving');
  await expect(learnAside({ profiles, drawn: 1, total: 1 }, leaving.signal)).rejects.toThrow('leaving');
});

test('what goes wrong in that process is told', async () => {
  await expect(learnAside({ profiles: ['{'], drawn: 1, total: 1 })).rejects.toThrow(
    'Nothing could be learnt: SyntaxError',
  );
});

test('a sample that would take too long is refused', async () => {
  await expect(learnAside({ profiles: [], drawn: LARGEST_SAMPLE + 1, total: 1_000_000 })).rejects.toThrow('draw 20000');
});
