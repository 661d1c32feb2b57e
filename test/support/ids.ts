import type { Answer, World } from './world.ts';

/** Every id that is met beside a customer, and what an answer says of one that is refused. */

export const codes = ({ errors }: Answer): string[] => errors.map(({ extensions }) => extensions.code);

export const ALL_IDS = `query ($id: ID!) { customer(id: $id) {
  id octobat { id } cycleSoftware { id } dirtyLemon { id } onboardFlow { id }
  records { id providerId extension { id } } } providers { id } }`;

/** Every id that is seen beside Ada, by what it is the id of; forgets the calls that it took. */
export async function idsOfAda(
  world: World,
  ada: string,
): Promise<Record<'customer' | 'record' | 'extension' | 'provider', string>> {
  const { data } = await world.query(ALL_IDS, { id: ada });
  world.calls();
  const [record] = data.customer.records;
  return {
    customer: data.customer.id,
    record: record.id,
    extension: record.extension.id,
    provider: data.providers[0].id,
  };
}
