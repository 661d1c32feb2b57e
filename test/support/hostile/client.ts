import type { Dispatcher } from 'undici';
import type { HostileAnswer } from './judge.ts';
import type { HostileRequest } from './requests.ts';

/** Sends what nobody should send, and reads what comes back: of a stream of events, the first. */
export async function sendHostile(client: Dispatcher, request: HostileRequest): Promise<HostileAnswer> {
  const response = await client.request(request);
  const type = String(response.headers['content-type'] ?? '');
  const id = response.headers['x-request-id'];
  let text = '';
  response.body.setEncoding('utf8');
  for await (const chunk of response.body) {
    text += chunk;
    if (type.startsWith('text/event-stream')) break;
  }
  return { status: response.statusCode, type, requestId: id === undefined ? undefined : String(id), text };
}
