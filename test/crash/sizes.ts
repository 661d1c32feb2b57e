/** How long the tests here go on. */

const number = (name: string, usual: number): number => Number(process.env[name] ?? usual);

/** How often a gateway is killed at each point. */
export const ROUNDS = number('ROUNDS', 20);
/** How many idempotency keys are asked by, again and again. */
export const KEYS = number('KEYS', 200);
/** How many interleavings are generated. */
export const RUNS = number('RUNS', 500);
/** How many processes are killed while they write to the embedded store. */
export const WRITERS = number('WRITERS', 50);
/** How often what was written at one process is read at another. */
export const READS = number('READS', 50);
