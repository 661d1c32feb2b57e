import { parentPort, Worker, workerData } from 'node:worker_threads';
import { type Comparing, comparable } from './comparable.ts';
import { learn, type Model, sampleOf } from './model.ts';

/** Records to learn from, as they cross to the thread. */
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

/**
 * Learns in a thread of its own: whoever serves requests beside it is not held up.
 * @param signal ends the thread
 * @throws whatever went wrong in the thread, or that the sample is too large
 */
export async function learnAside(lesson: Lesson, signal?: AbortSignal): Promise<Model> {
  if (lesson.drawn > LARGEST_SAMPLE)
    throw new RangeError(`A sample of ${lesson.drawn} records is too large: draw ${LARGEST_SAMPLE} or fewer`);
  signal?.throwIfAborted();
  const worker = new Worker(new URL(import.meta.url), { workerData: lesson });
  const { promise, resolve, reject } = Promise.withResolvers<Model>();
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('The thread that learns ended without a model')));
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', abort);
    await worker.terminate();
  }
}

function learnLesson({ profiles, drawn, total }: Lesson): Model {
  const records = profiles.map((profile) => comparable(JSON.parse(profile) as Comparing));
  return learn(sampleOf(records, drawn, total));
}

if (parentPort !== null && isLesson(workerData)) parentPort.postMessage(learnLesson(workerData));

/** Other threads may import this file, too. */
function isLesson(data: unknown): data is Lesson {
  return typeof data === 'object' && data !== null && 'profiles' in data && 'drawn' in data && 'total' in data;
}
