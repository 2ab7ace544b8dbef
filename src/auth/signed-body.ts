import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { GatewayError } from '../errors.ts';

/** A body that was read ahead, for the parser. */
export interface ReadBody {
  readonly hash: string;
  readonly stream: Readable & { receivedEncodedLength: number };
}

/** Reads a body whole: only then it is known who sent it. @throws GatewayError body_too_large */
export async function readSignedBody(payload: AsyncIterable<Buffer>, limit: number): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of payload) {
    length += chunk.length;
    if (length > limit) throw new GatewayError('body_too_large', `The body is over the limit of ${limit} bytes.`);
    hash.update(chunk);
    chunks.push(chunk);
  }
  const stream = Object.assign(Readable.from(chunks, { objectMode: false }), { receivedEncodedLength: length });
  return { hash: hash.digest('hex'), stream };
}
