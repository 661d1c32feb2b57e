/** What came back, of a stream of events the first. */
export interface HostileAnswer {
  readonly status: number;
  readonly type: string;
  readonly requestId: string | undefined;
  readonly text: string;
}

interface ToldError {
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly requestId?: string };
}

/** Statuses of answers in JSON, and of those in plain text. */
const JSON_STATUSES = [200, 400, 401, 403, 405, 406, 413, 415, 429, 503, 504];
const TEXT_STATUSES = [404, 405, 406];

/** Why an answer is none that may be given, whatever was asked; null: it may. */
export function faultIn(answer: HostileAnswer): string | null {
  const { status, type, text } = answer;
  if (text.includes('INTERNAL_SERVER_ERROR')) return 'an error that nobody foresaw';
  switch (type.split(';')[0]) {
    // What Node refuses by itself.
    case '':
      return [400, 408, 413, 417, 431].includes(status) && text === '' ? null : `${status} without a type`;
    case 'text/event-stream':
      return status === 200 && /^(:\n\n|event: )/.test(text) ? null : 'no events';
    // The page of GraphiQL, to whoever asks for it by a GET.
    case 'text/html':
      return status === 200 && /^<!doctype html>/i.test(text.trimStart()) ? null : `a page with ${status}`;
    case 'text/plain':
      return TEXT_STATUSES.includes(status) ? null : `plain text with ${status}`;
    default:
      return faultInJson(answer);
  }
}

function faultInJson({ status, requestId, text }: HostileAnswer): string | null {
  if (!JSON_STATUSES.includes(status)) return `JSON with ${status}`;
  let json: { data?: unknown; errors?: readonly ToldError[]; extensions?: { cost?: { calls: number } } };
  try {
    json = JSON.parse(text);
  } catch {
    return 'no JSON';
  }
  const { data, errors = [], extensions, ...more } = json;
  if (Object.keys(more).length > 0) return 'more than data, errors and what it has cost';
  if ((extensions === undefined) !== (data === undefined) || (extensions && !(Number(extensions.cost?.calls) >= 0)))
    return 'a cost of nothing, or none of something';
  if (data === undefined && errors.length === 0) return 'neither data nor errors';
  return errors.every((error) => isTold(error, requestId)) ? null : 'an error without code or request id, or too long';
}

const isTold = ({ message, extensions }: ToldError, requestId: string | undefined): boolean =>
  message.length <= 1_000 && /^[A-Z]+(_[A-Z]+)*$/.test(extensions?.code ?? '') && extensions?.requestId === requestId;
