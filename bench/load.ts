import { Pool } from 'undici';

export interface Client {
  /** Posts one operation. @throws Error when it is not answered with data and without errors */
  ask<Data>(query: string, variables: Readonly<Record<string, unknown>>): Promise<Data>;
  close(): Promise<void>;
}

/** @param cacheControl how old answers may be; as the gateway has it unless said */
export function createClient(url: string, key: string, connections: number, cacheControl?: string): Client {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
    ...(cacheControl !== undefined && { 'cache-control': cacheControl }),
  };
  return {
    async ask<Data>(query: string, variables: Readonly<Record<string, unknown>>) {
      const { statusCode, body } = await pool.request({
        path,
        method: 'POST',
        headers,
        body: JSON.stringify({ query, variables }),
      });
      const text = await body.text();
      const { data, errors } = JSON.parse(text) as { data?: Data; errors?: unknown };
      if (statusCode !== 200 || errors || !data)
        throw new Error(`an operation failed (${statusCode}): ${text.slice(0, 500)}`);
      return data;
    },
    close: () => pool.close(),
  };
}

/** Does `work` so many times, so many at once. */
export async function repeat(times: number, atOnce: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < times) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
