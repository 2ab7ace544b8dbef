import { crc32 } from 'node:zlib';

/** Type of a string among the header values of application/vnd.amazon.eventstream. */
const stringType = 7;
/** Total length, header length, CRC of these two. */
const preludeBytes = 12;

function encodeHeaders(headers: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(headers).map(([name, value]) => {
    const bytes = Buffer.byteLength(value);
    const header = Buffer.alloc(1 + name.length + 3 + bytes);
    header.writeUInt8(name.length, 0);
    header.write(name, 1, 'latin1');
    header.writeUInt8(stringType, 1 + name.length);
    header.writeUInt16BE(bytes, 2 + name.length);
    header.write(value, 4 + name.length);
    return header;
  });
  return Buffer.concat(parts);
}

/** One message, framed with its lengths and the checksums of its prelude and of all of it. */
function encode(headers: Buffer, payload: Uint8Array): Buffer {
  const length = preludeBytes + headers.length + payload.length + 4;
  const message = Buffer.allocUnsafe(length);
  message.writeUInt32BE(length, 0);
  message.writeUInt32BE(headers.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  message.set(headers, preludeBytes);
  message.set(payload, preludeBytes + headers.length);
  message.writeUInt32BE(crc32(message.subarray(0, length - 4)), length - 4);
  return message;
}

const payloadPartHeaders = encodeHeaders({
  ':message-type': 'event',
  ':event-type': 'PayloadPart',
  ':content-type': 'application/octet-stream',
});

/** A piece of the model's answer. */
export const payloadPart = (bytes: Uint8Array): Buffer => encode(payloadPartHeaders, bytes);

/** The end of a stream that went wrong: an SDK throws it where the next piece would have come. */
export const streamException = (type: string, members: Readonly<Record<string, string>>): Buffer =>
  encode(
    encodeHeaders({ ':message-type': 'exception', ':exception-type': type, ':content-type': 'application/json' }),
    Buffer.from(JSON.stringify(members)),
  );
