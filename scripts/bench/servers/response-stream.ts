import type { ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';

/** Payload of one answer, bytes. */
export const streamBytes = 50 * 1_024 * 1_024;
const partBytes = 64 * 1_024;

const text = 7;

function header(name: string, value: string): Buffer {
  const bytes = Buffer.alloc(4 + name.length + value.length);
  bytes.writeUInt8(name.length, 0);
  bytes.write(name, 1);
  bytes.writeUInt8(text, 1 + name.length);
  bytes.writeUInt16BE(value.length, 2 + name.length);
  bytes.write(value, 4 + name.length);
  return bytes;
}

/** One event of AWS's event stream: lengths and their checksum, headers, payload, checksum of it all. */
function frame(payload: Buffer): Buffer {
  const headers = Buffer.concat([
    header(':event-type', 'PayloadPart'),
    header(':content-type', 'application/octet-stream'),
    header(':message-type', 'event'),
  ]);
  const bytes = Buffer.alloc(12 + headers.length + payload.length + 4);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(headers.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  headers.copy(bytes, 12);
  payload.copy(bytes, 12 + headers.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

const part = frame(Buffer.alloc(partBytes, 'x'));

/** What InvokeEndpointWithResponseStream answers, as fast as it is read. */
export function sendStream(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'application/vnd.amazon.eventstream',
    'x-amzn-sagemaker-content-type': 'application/octet-stream',
    'x-amzn-invoked-production-variant': 'AllTraffic',
    'x-amzn-requestid': '6f8c3d62-5d53-4e4e-9a3e-0a5b5e1c7f10',
  });
  let left = streamBytes / partBytes;
  const send = () => {
    while (left > 0) {
      left -= 1;
      if (!response.write(part)) return response.once('drain', send);
    }
    return response.end();
  };
  send();
}
