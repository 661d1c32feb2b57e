import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Comparing, comparable } from './comparable.ts';
import { learn, type Model, sampleOf } from './model.ts';

/** Records to learn from, as they cross to the process. */
export interface Lesson {
  /** Profiles as JSON: first those drawn at random, then all that share a key with one of them. */
  readonly profiles: readonly string[];
  /** How many were drawn. */
  readonly drawn: number;
  /** How many records the directory has. */
  readonly total: number;
}

/** Learning from more would take minutes, and tell no more. A directory that is no larger is drawn whole. */
export const LARGEST_SAMPLE = 20_000;

/** Of what is learnt in the other process. */
type Learnt = { readonly model: Model } | { readonly error: string };

/**
 * Learns in a process of its own: whoever serves requests is not held up, and the memory that it takes, some hundred
 * megabytes, goes with it.
 * @param signal ends the process
 * @throws whatever went wrong there, or that the sample is too large
 */
export async function learnAside(lesson: Lesson, signal?: AbortSignal): Promise<Model> {
  if (lesson.drawn > LARGEST_SAMPLE)
    throw new RangeError(`A sample of ${lesson.drawn} records is too large: draw ${LARGEST_SAMPLE} or fewer`);
  signal?.throwIfAborted();
  const child = fork(fileURLToPath(import.meta.url), { serialization: 'advanced', execArgv: [], stdio: 'ignore' });
  const { promise, resolve, reject } = Promise.withResolvers<Model>();
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  child.once('message', (learnt: Learnt) =>
    'model' in learnt ? resolve(learnt.model) : reject(new Error(learnt.error)),
  );
  child.once('error', reject);
  // Not at its exit: that can be told before the message it left behind is read.
  child.once('disconnect', () => reject(new Error('The process that learns ended without a model')));
  child.send(lesson, (error) => error && reject(error));
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', abort);
    child.kill();
  }
}

function learnLesson({ profiles, drawn, total }: Lesson): Model {
  const records = profiles.map((profile) => comparable(JSON.parse(profile) as Comparing));
  return learn(sampleOf(records, drawn, total));
}

if (import.meta.main)
  process.once('message', (lesson: Lesson) => {
    let learnt: Learnt;
    try {
      learnt = { model: learnLesson(lesson) };
    } catch (thrown) {
      // Its message might quote a profile.
      learnt = { error: `Nothing could be learnt: ${thrown instanceof Error ? thrown.name : typeof thrown}` };
    }
    process.send?.(learnt);
  });
