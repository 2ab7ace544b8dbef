/** A message begins with its whole length, as an unsigned number of this many bytes. */
const lengthBytes = 4;

/** Follows an event stream, however it was cut into pieces, to know where its messages end; nothing of them is read but their lengths. */
export class Boundaries {
  #lengthRead = 0;
  #length = 0;
  /** Bytes of the message that are to come, when its length has been read. */
  #left = 0;

  /** Whether the last message has ended and no other has begun. */
  get between(): boolean {
    return this.#lengthRead === 0;
  }

  /** Takes from `at` on what belongs to one message. @returns where that ends in these bytes: with the message, or with them */
  take(bytes: Uint8Array, at: number): number {
    let next = at;
    for (; this.#lengthRead < lengthBytes; next += 1) {
      if (next === bytes.length) return next;
      this.#length = this.#length * 256 + (bytes[next] as number);
      this.#lengthRead += 1;
      this.#left = this.#length - lengthBytes;
    }
    const taken = Math.min(Math.max(this.#left, 0), bytes.length - next);
    this.#left -= taken;
    if (this.#left <= 0) {
      this.#lengthRead = 0;
      this.#length = 0;
    }
    return next + taken;
  }
}
