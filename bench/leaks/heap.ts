/** Of the objects of one class. */
interface Held {
  readonly count: number;
  /** Their own, without what they refer to. */
  readonly bytes: number;
}

/** By class: numbers only, since what texts say is of customers. */
export type Heap = ReadonlyMap<string, Held>;

/** What V8's inspector answers or tells. */
interface Message {
  readonly id?: number;
  readonly params?: { readonly chunk?: string };
  readonly error?: { readonly message: string };
}

/** What is used of V8's format of a heap snapshot. */
interface Snapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: readonly string[]; readonly node_types: [string[]] } };
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

/**
 * Types of nodes whose names are those of classes and functions, and those that have none. What is compiled comes and goes
 * with its use, and a number is part of an object.
 */
const NAMED = new Set(['object', 'closure', 'native', 'array']);
const UNNAMED = new Set(['string', 'concatenated string', 'sliced string', 'symbol', 'bigint', 'regexp']);

/**
 * What a process holds when its garbage is collected. It stands still for that long.
 * @param inspector the process's own, `ws://…`
 */
export async function heapOf(inspector: string): Promise<Heap> {
  const socket = new WebSocket(inspector);
  const chunks: string[] = [];
  const waiting = new Map<number, PromiseWithResolvers<void>>();
  const over = (): void => {
    for (const each of waiting.values()) each.reject(new Error('the inspector has hung up'));
  };
  socket.addEventListener('message', ({ data }) => {
    const { id, params, error } = JSON.parse(String(data)) as Message;
    if (params?.chunk !== undefined) chunks.push(params.chunk);
    if (id === undefined) return;
    if (error) waiting.get(id)?.reject(new Error(error.message));
    else waiting.get(id)?.resolve();
    waiting.delete(id);
  });
  socket.addEventListener('close', over);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('the inspector does not answer')));
  });
  let last = 0;
  const ask = (method: string): Promise<void> => {
    const answer = Promise.withResolvers<void>();
    waiting.set(++last, answer);
    socket.send(JSON.stringify({ id: last, method }));
    return answer.promise;
  };
  // What a first collection finalizes, a second one frees.
  for (const _ of [1, 2]) await ask('HeapProfiler.collectGarbage');
  await ask('HeapProfiler.takeHeapSnapshot');
  // Forgets which objects it has numbered, for which it would need memory of its own.
  await ask('HeapProfiler.disable');
  const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
  socket.close();
  await closed;
  return summary(JSON.parse(chunks.join('')) as Snapshot);
}

function summary({ snapshot, nodes, strings }: Snapshot): Heap {
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [typeAt, nameAt, sizeAt] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field)) as [
    number,
    number,
    number,
  ];
  const heap = new Map<string, { count: number; bytes: number }>();
  for (let node = 0; node < nodes.length; node += fields.length) {
    const type = types[0][nodes[node + typeAt] ?? -1] ?? '';
    if (!NAMED.has(type) && !UNNAMED.has(type)) continue;
    const name = NAMED.has(type) ? `${type} ${strings[nodes[node + nameAt] ?? -1]}` : type;
    const held = heap.get(name) ?? { count: 0, bytes: 0 };
    held.count += 1;
    held.bytes += nodes[node + sizeAt] ?? 0;
    heap.set(name, held);
  }
  return heap;
}
