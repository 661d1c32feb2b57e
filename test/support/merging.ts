import { expect } from 'vitest';
import { createAda } from './customers.ts';
import type { World } from './world.ts';

/** One customer over several records: ways to have providers say what a test needs, and to read what is made of it. */

/** From now on the provider has this in its record of the customer, whatever was written. */
export const says = (world: World, provider: string, fields: object) =>
  world.provider(provider).fault({
    kind: 'mutate',
    method: 'GET',
    change: (json) => ({ ...(json as object), ...fields }),
  });

export const read = async (world: World, selection: string, id: string) => {
  const { data, errors } = await world.query(`query ($id: ID!) { customer(id: $id) { ${selection} } }`, { id });
  expect(errors).toEqual([]);
  return data.customer;
};

let phones = 200;
/** The phone of whoever was created last. */
export const newestPhone = (): string => `+31612345${phones}`;
export const newAda = (world: World, providers: readonly string[], more = {}) => {
  phones += 1;
  return createAda(world, providers, { phone: newestPhone(), ...more });
};
