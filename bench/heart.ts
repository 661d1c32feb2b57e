import { get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

/** In a thread: asks again and again, and tells in the end how many milliseconds each answer took. */

const EVERY_MS = 5;
const took: number[] = [];
let isOver = false;
parentPort?.once('message', () => {
  isOver = true;
});
while (!isOver) {
  const from = performance.now();
  await new Promise<void>((answered) => {
    get(workerData as string, (response) => response.resume().once('end', answered)).once('error', () => answered());
  });
  took.push(performance.now() - from);
  await wait(EVERY_MS);
}
parentPort?.postMessage(took);
