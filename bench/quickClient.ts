import { connect, type Socket } from 'node:net';

/** What waits for the answer on a connection. */
interface Asking {
  readonly resolve: (status: number) => void;
  text: string;
}

/** Node closes a connection that nobody has used for five seconds, and what is sent at that moment is lost. */
const IDLE_MS = 3_000;

/**
 * Asks one request at a time on each of its connections, and reads of an answer its status and its length: whoever asks for
 * more than a gateway can answer must not be the first to be late. Who finds no connection free waits for one.
 */
export class QuickClient {
  readonly #url: URL;
  readonly #connections: number;
  readonly #free: { readonly socket: Socket; readonly since: number }[] = [];
  readonly #all = new Set<Socket>();
  readonly #waiting: ((socket: Socket) => void)[] = [];
  readonly #asking = new Map<Socket, Asking>();

  constructor(url: string, connections: number) {
    this.#url = new URL(url);
    this.#connections = connections;
  }

  /** @returns the status; 0 where there was no answer */
  async post(body: string, headers: Readonly<Record<string, string>>): Promise<number> {
    const socket = await this.#connection();
    const lines = Object.entries({
      ...headers,
      host: this.#url.host,
      'content-length': String(Buffer.byteLength(body)),
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    return new Promise((resolve) => {
      this.#asking.set(socket, { resolve, text: '' });
      socket.write(`POST ${this.#url.pathname} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
    });
  }

  close(): void {
    for (const socket of this.#all) socket.destroy();
  }

  #connection(): Socket | Promise<Socket> {
    for (let free = this.#free.pop(); free; free = this.#free.pop()) {
      if (performance.now() - free.since < IDLE_MS && !free.socket.destroyed) return free.socket;
      free.socket.destroy();
    }
    if (this.#all.size < this.#connections) return this.#open();
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  #open(): Socket {
    const socket = connect(Number(this.#url.port), this.#url.hostname).setNoDelay();
    this.#all.add(socket);
    const over = (status: number): void => {
      const asking = this.#asking.get(socket);
      this.#asking.delete(socket);
      asking?.resolve(status);
    };
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      const asking = this.#asking.get(socket);
      if (!asking) return;
      asking.text += chunk;
      const end = asking.text.indexOf('\r\n\r\n');
      const length = /\r\ncontent-length: (\d+)/i.exec(asking.text)?.[1];
      if (end < 0 || length === undefined || asking.text.length < end + 4 + Number(length)) return;
      const hasErrors = asking.text.includes('"errors":', end);
      const status = Number(asking.text.slice(9, 12));
      const next = this.#waiting.shift();
      if (next) next(socket);
      else this.#free.push({ socket, since: performance.now() });
      over(status === 200 && hasErrors ? 500 : status);
    });
    socket
      .on('error', () => undefined)
      .on('close', () => {
        this.#all.delete(socket);
        over(0);
      });
    return socket;
  }
}
