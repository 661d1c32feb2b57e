import { createServer } from 'node:http';

/**
 * Stands in for Octobat, cheaply: answers its document's customer for any id, and tells how often and how much at once it
 * was asked. `/delay?ms=5` lets the answers wait, so that what is asked at once can be seen; `/told` tells and forgets.
 */

const [before = '', after = ''] = JSON.stringify({
  id: '<id>',
  object: 'customer',
  livemode: true,
  name: 'Octobat Inc.',
  email: 'contact@octobat.com',
  phone_number: '+33 9 52 54 03 70',
  billing_address_line1: '12 rue des Archives',
  billing_address_line2: null,
  billing_address_city: 'Paris',
  billing_address_zip: '75004',
  billing_address_state: null,
  billing_address_country: 'France',
  business_type: 'B2B',
  tax_number: 'FR60528551658',
  octobat_billing_page: 'https://bp.octobat.com/c/1421878635hksc26e4de79',
  payment_sources: { object: 'list', data: [] },
}).split('<id>');

let calls = 0;
let running = 0;
let most = 0;
let delayMs = 0;

const server = createServer((request, response) => {
  const url = request.url ?? '';
  const json = (text: string): void => {
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      .end(text);
  };
  if (url.startsWith('/told')) {
    json(JSON.stringify({ calls, most }));
    calls = most = 0;
  } else if (url.startsWith('/delay')) {
    delayMs = Number(new URL(url, 'http://localhost').searchParams.get('ms'));
    json('{}');
  } else {
    calls++;
    most = Math.max(most, ++running);
    const answer = (): void => {
      running--;
      json(before + url.slice('/customers/'.length) + after);
    };
    if (delayMs > 0) setTimeout(answer, delayMs);
    else answer();
  }
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`${JSON.stringify({ ready: true, url: `http://127.0.0.1:${port}` })}\n`);
});
