import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Half a thousand million places: nobody has more, and what is read back has to have a bound. */
const MOST_BYTES = 2 ** 26;

/** Places of records, a bit each: a million take 125 kB, and as text at the most a third more. */
export class Places {
  #bits: Uint8Array;

  constructor(bits: Uint8Array = new Uint8Array(1024)) {
    this.#bits = bits;
  }

  /** @throws Error for what `toText` did not write */
  static async fromText(text: string): Promise<Places> {
    return new Places(await inflate(Buffer.from(text, 'base64'), { maxOutputLength: MOST_BYTES }));
  }

  async toText(): Promise<string> {
    return (await deflate(this.#bits)).toString('base64');
  }

  add(place: number): void {
    const byte = Math.floor(place / 8);
    if (byte >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(this.#bits.length * 2, byte + 1));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[byte] = (this.#bits[byte] ?? 0) | (1 << (place % 8));
  }

  has(place: number): boolean {
    return ((this.#bits[Math.floor(place / 8)] ?? 0) & (1 << (place % 8))) !== 0;
  }
}
