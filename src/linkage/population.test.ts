import { expect, test } from 'vitest';
import { readSandbox } from '../../scripts/linkage/sandbox.ts';
import { figuresAt, link } from '../../scripts/linkage/scoring.ts';

/** What is promised at a score of 0.9: see the README. */
const PRECISION = 0.98;
const RECALL = 0.85;

test.each([
  [100, 101],
  [100, 102],
  [300, 103],
])(
  'finds the records of %i people (seed %i) again: families, namesakes, firms and clerks’ spellings are told apart',
  async (size, seed) => {
    const { precision, recall } = figuresAt(0.9, link(await readSandbox(size, seed)));
    expect(precision).toBeGreaterThanOrEqual(PRECISION);
    expect(recall).toBeGreaterThanOrEqual(RECALL);
  },
);
