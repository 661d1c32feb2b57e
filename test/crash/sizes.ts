/** How long the tests here go on. */

const number = (name: string, usual: number): number => Number(process.env[name] ?? usual);

/** How often a gateway is killed at each point. */
export const ROUNDS = number('ROUNDS', 20);
/** How many idempotency keys are asked by, again and again. */
export const KEYS = number('KEYS', 200);
/** How many interleavings are generated. */
export const RUNS = number('RUNS', 500);
