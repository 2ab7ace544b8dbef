/** CRC-32C (Castagnoli), reflected. Chain by passing the value so far. */
export function crc32c(data: Uint8Array, value = 0): number {
  let crc = ~value;
  for (const byte of data) crc = (crc >>> 8) ^ (castagnoli.low[(crc ^ byte) & 0xff] as number);
  return ~crc >>> 0;
}

/** CRC-64/NVME, which newer AWS clients send by default, in two halves of 32 bits because BigInt would be far too slow. */
export class Crc64 {
  #high = -1;
  #low = -1;

  update(data: Uint8Array): void {
    let high = this.#high;
    let low = this.#low;
    for (const byte of data) {
      const index = (low ^ byte) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (nvme.low[index] as number);
      high = (high >>> 8) ^ (nvme.high[index] as number);
    }
    this.#high = high;
    this.#low = low;
  }

  digest(): Buffer {
    const value = Buffer.alloc(8);
    value.writeInt32BE(~this.#high, 0);
    value.writeInt32BE(~this.#low, 4);
    return value;
  }
}

function table(polynomial: bigint): { high: Int32Array; low: Int32Array } {
  const high = new Int32Array(256);
  const low = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    high[byte] = Number(BigInt.asIntN(32, value >> 32n));
    low[byte] = Number(BigInt.asIntN(32, value));
  }
  return { high, low };
}

const castagnoli = table(0x82f63b78n);
const nvme = table(0x9a6c9329ac4bc9b5n);
