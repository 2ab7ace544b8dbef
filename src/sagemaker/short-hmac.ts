import { hash } from 'node:crypto';

const blockBytes = 64;
const hashBytes = 32;
const longest = 1_024;

/**
 * HMAC-SHA256 (RFC 2104) of short ASCII texts under one key of at most 64 bytes: two hashes of one step each over blocks that are kept ready
 * take half the time of createHmac, whose objects cost more than the hashing.
 */
export class ShortHmac {
  readonly #inner = Buffer.alloc(blockBytes + longest, 0x36);
  readonly #outer = Buffer.alloc(blockBytes + hashBytes, 0x5c);

  constructor(key: Uint8Array) {
    for (const [i, byte] of key.entries()) {
      this.#inner[i] = byte ^ 0x36;
      this.#outer[i] = byte ^ 0x5c;
    }
  }

  /** In hexadecimal. */
  sign(text: string): string {
    if (text.length > longest) throw new RangeError(`A text of ${text.length} characters is not short`);
    const end = blockBytes + this.#inner.write(text, blockBytes, 'latin1');
    this.#outer.write(hash('sha256', this.#inner.subarray(0, end)), blockBytes, 'hex');
    return hash('sha256', this.#outer);
  }
}
