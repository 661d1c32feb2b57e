/** How often, from the environment: `RUNS`, and from which seed on: `SEED`. A failure prints both. */
export const runs = (usual: number) => ({
  numRuns: Number(process.env.RUNS ?? usual),
  endOnFailure: true,
  ...(process.env.SEED !== undefined && { seed: Number(process.env.SEED) }),
});
