import { createServer, type IncomingMessage } from 'node:http';
import { Pool } from 'undici';

/**
 * The gateway's peer: the same read by hand. node:http takes the same request, undici asks the same provider, and the same
 * answer goes out, with no GraphQL, no sealed ids, no checks of caller or answer, no logs and no metrics.
 */

const pool = new Pool(process.argv[2] ?? '', { connections: 16, pipelining: 1 });

async function read(id: string): Promise<unknown> {
  const { body } = await pool.request({ path: `/customers/${id}`, method: 'GET' });
  const customer = (await body.json()) as Record<string, unknown>;
  return {
    id,
    displayName: customer.name,
    kind: customer.business_type === 'B2B' ? 'BUSINESS' : 'INDIVIDUAL',
    email: customer.email,
    phone: customer.phone_number,
    taxId: customer.tax_number,
    address: {
      lines: [customer.billing_address_line1, `${customer.billing_address_zip} ${customer.billing_address_city}`],
      country: customer.billing_address_country,
    },
    octobat: { name: customer.name, businessType: customer.business_type },
  };
}

const server = createServer(async (request, response) => {
  const { variables } = JSON.parse(await textOf(request)) as { variables: { id: string } };
  const body = Buffer.from(JSON.stringify({ data: { customer: await read(variables.id) } }));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
});

function textOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks).toString()));
    request.on('error', reject);
  });
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`${JSON.stringify({ ready: true, url: `http://127.0.0.1:${port}` })}\n`);
});
