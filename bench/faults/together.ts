import type { Figure } from '../figure.ts';
import { idsAt, openStage, READ_OCTOBAT } from './stage.ts';

const ALIASES = 50;
const CUSTOMERS = 10;
const AT_ONCE = 100;

/** What is asked for several times is asked once at its provider, of all whose rights are the same. */
export async function together(): Promise<Figure[]> {
  // As where nothing is set: an answer serves for half a minute.
  const stage = await openStage({ CACHE_MAX_AGE: '30' });
  const octobat = stage.sandbox.provider('octobat');
  const [first, second, ...others] = idsAt(stage.sandbox, 'octobat');
  const customers = others.slice(0, CUSTOMERS);
  // So late that all have asked by then.
  octobat.fault({ kind: 'delay', ms: 500 });
  const callsOf = async (asked: Promise<unknown>): Promise<number> => {
    octobat.clearCalls();
    await asked;
    return octobat.calls.length;
  };
  const aliases = Array.from(
    { length: ALIASES },
    (_, place) =>
      `c${place}: customerByProviderId(provider: OCTOBAT, providerId: $c${place % CUSTOMERS}) { octobat { name } }`,
  );
  const many = `query (${customers.map((_, place) => `$c${place}: String!`)}) { ${aliases.join('\n')} }`;
  const ofAliases = await callsOf(
    stage.ask(many, Object.fromEntries(customers.map((each, place) => [`c${place}`, each]))),
  );
  const ofEqual = await callsOf(
    Promise.all(Array.from({ length: AT_ONCE }, () => stage.ask(READ_OCTOBAT, { providerId: first }))),
  );
  const ofTwo = await callsOf(
    Promise.all(
      Array.from({ length: AT_ONCE }, (_, place) =>
        stage.ask(READ_OCTOBAT, { providerId: second }, { caller: place % 2 === 0 ? 'all' : 'reader' }),
      ),
    ),
  );
  await stage.close();
  return [
    {
      what: `calls for ${ALIASES} aliases of ${CUSTOMERS} customers in one operation`,
      value: String(ofAliases),
      target: String(CUSTOMERS),
      met: ofAliases === CUSTOMERS,
    },
    {
      what: `calls for ${AT_ONCE} equal operations at once; of two callers whose rights differ`,
      value: `${ofEqual}; ${ofTwo}`,
      target: '1; 2',
      met: ofEqual === 1 && ofTwo === 2,
    },
  ];
}
