/** Places of records, a bit each: a million take 125 kB. */
export class Places {
  #bits = new Uint8Array(1024);

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
