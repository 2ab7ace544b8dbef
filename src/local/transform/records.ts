export type SplitType = 'None' | 'Line' | 'RecordIO' | 'TFRecord';

/** Cuts a file into the records that a model may be sent by themselves; without a split it is one. Lines come without their end. */
export async function* splitRecords(source: AsyncIterable<Buffer>, split: SplitType): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  const parts: Buffer[] = [];
  for await (const piece of source) {
    if (split === 'None') {
      parts.push(piece);
      continue;
    }
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let from = 0;
    for (;;) {
      const length = recordLength[split](rest.subarray(from));
      if (length === undefined) break;
      yield* record(rest.subarray(from, from + length), split);
      from += length;
    }
    rest = rest.subarray(from);
  }
  if (split === 'None') yield Buffer.concat(parts);
  else if (rest.length > 0) {
    if (split !== 'Line') throw new Error('The input ends within a record');
    yield* record(rest, split);
  }
}

/** Empty lines are no records. */
function* record(bytes: Buffer, split: SplitType): Generator<Buffer> {
  if (split !== 'Line') return yield bytes;
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end--;
  if (end > 0) yield bytes.subarray(0, end);
}

/** Bytes of the first record, its frame included; undefined while it is not whole. */
const recordLength = {
  Line(bytes: Buffer): number | undefined {
    const end = bytes.indexOf(0x0a);
    return end < 0 ? undefined : end + 1;
  },
  /** MXNet's: magic number, length in the lower 29 bits, data padded to four bytes. */
  RecordIO(bytes: Buffer): number | undefined {
    if (bytes.length < 8) return undefined;
    if (bytes.readUInt32LE(0) !== 0xced7230a) throw new Error('The input is not in RecordIO format');
    const length = 8 + Math.ceil((bytes.readUInt32LE(4) & 0x1fffffff) / 4) * 4;
    return bytes.length < length ? undefined : length;
  },
  /** u64 length, its CRC, data, their CRC. */
  TFRecord(bytes: Buffer): number | undefined {
    if (bytes.length < 12) return undefined;
    const length = 16 + Number(bytes.readBigUInt64LE(0));
    return bytes.length < length ? undefined : length;
  },
};

/** Packs records into payloads of at most `maxBytes`: as many as fit, or one each. Throws when one alone is too large. */
export async function* packPayloads(
  records: AsyncIterable<Buffer>,
  { maxBytes, single }: { maxBytes: number; single: boolean },
): AsyncGenerator<Buffer[]> {
  let packed: Buffer[] = [];
  let bytes = 0;
  for await (const each of records) {
    // A line's end is counted too.
    const size = each.length + 1;
    if (each.length > maxBytes) throw new Error('ClientError: Too much data for max payload size');
    if (packed.length > 0 && (single || bytes + size > maxBytes)) {
      yield packed;
      packed = [];
      bytes = 0;
    }
    packed.push(each);
    bytes += size;
  }
  if (packed.length > 0) yield packed;
}
