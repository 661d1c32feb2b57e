import type { Dispatcher, Pool } from 'undici';

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** null: it was not wanted. */
  readonly body: Uint8Array | null;
}

/** What a wanted body is ended with that is larger than allowed. */
export class AnswerTooLarge extends Error {}

/** Of a body nobody wants so much is let by: where it ends within, its connection lives on. */
const UNWANTED_BYTES = 16 * 1024;

/**
 * One call at undici's lowest level: what its `request()` makes for each (a stream, its iterator, a signal's listeners)
 * costs more than the call itself.
 */
export class Call implements Dispatcher.DispatchHandler {
  /** Whether any of it may have left: true from the moment it is written to a connection that stands. */
  sent = false;
  /** Fulfilled when undici is through with the call, which may be later than the answer. */
  readonly over: Promise<void>;
  readonly #isOver = Promise.withResolvers<void>();
  readonly #wants: (status: number, headers: AnswerHeaders) => boolean;
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #answer: PromiseWithResolvers<Answer> | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #endedBy: Error | undefined;
  #status = 0;
  #headers: AnswerHeaders = {};
  #wanted = true;
  #bytes = 0;

  /**
   * @param wants sees the answer's headers, and says whether its body is wanted
   * @param maxBytes of a wanted body
   */
  constructor(wants: (status: number, headers: AnswerHeaders) => boolean, maxBytes: number) {
    this.#wants = wants;
    this.#maxBytes = maxBytes;
    this.over = this.#isOver.promise;
  }

  /** @throws whatever keeps the answer from coming, AnswerTooLarge, and what `end` was called with */
  send(pool: Pool, message: Dispatcher.DispatchOptions): Promise<Answer> {
    this.#answer = Promise.withResolvers<Answer>();
    pool.dispatch(message, this);
    return this.#answer.promise;
  }

  /**
   * Ends the call early. undici can end it only once its connection stands: until then (an address that swallows
   * everything, a TLS handshake that nobody answers) its caller is told here, and what undici still holds is never sent.
   */
  end(reason: Error): void {
    this.#endedBy = reason;
    if (this.#controller) this.#controller.abort(reason);
    else this.#answer?.reject(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#endedBy) controller.abort(this.#endedBy);
    else this.sent = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    this.#status = status;
    this.#headers = headers;
    this.#wanted = this.#wants(status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > (this.#wanted ? this.#maxBytes : UNWANTED_BYTES)) controller.abort(new AnswerTooLarge());
    else if (this.#wanted) this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const only = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    this.#settle(this.#wanted ? (only ?? Buffer.concat(this.#chunks)) : null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // However a body ends that nobody wants: the headers have said all.
    if (this.#wanted) this.#answer?.reject(error);
    this.#settle(null);
  }

  #settle(body: Uint8Array | null): void {
    this.#answer?.resolve({ status: this.#status, headers: this.#headers, body });
    this.#isOver.resolve();
  }
}
