/**
 * Goes through every customer, a page at a time, and prints a line each.
 *
 *     npm run demo                                                         in one terminal
 *     npx node examples/list-customers.ts http://127.0.0.1:4000/graphql    in another
 *
 * A gateway that asks for a key takes it from CLIENTELE_API_KEY. The documents are typed: what goes in and what comes
 * back is known to the compiler. schema/client imports types alone, and can be copied into another project.
 */

import { CustomersDocument, type CustomersQuery, type TypedDocumentString } from '../schema/client/graphql.ts';

const [url = 'http://127.0.0.1:4000/graphql'] = process.argv.slice(2);
const key = process.env.CLIENTELE_API_KEY;

/** @throws Error with what the gateway says, where it gives no data at all */
async function ask<Data, Variables>(document: TypedDocumentString<Data, Variables>, variables: Variables) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  const { data, errors = [] } = (await response.json()) as { data?: Data; errors?: { message: string }[] };
  for (const { message } of errors) console.error(message);
  if (!data) throw new Error(`${url} answered ${response.status} without data`);
  return data;
}

type Customer = NonNullable<CustomersQuery['customers']>['nodes'][number];

async function* allCustomers(): AsyncGenerator<Customer> {
  let after: string | null = null;
  do {
    const { customers }: CustomersQuery = await ask(CustomersDocument, { first: 50, after });
    yield* customers?.nodes ?? [];
    after = customers?.pageInfo.hasNextPage ? customers.pageInfo.endCursor : null;
  } while (after !== null);
}

let count = 0;
for await (const { displayName, email, records } of allCustomers()) {
  count += 1;
  const providers = records.map(({ provider }) => provider).join(', ');
  console.log([displayName ?? '(no name)', email ?? '(no email)', providers].join('  '));
}
console.log(`${count} customers.`);
