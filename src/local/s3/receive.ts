import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { decodeAwsChunked } from './aws-chunked.ts';
import type { Blob, BlobStore } from './blob-store.ts';
import { announcedAlgorithm, type Checksum, checksumHeader, newDigest } from './checksum.ts';
import { s3Error } from './s3-error.ts';

export interface Received {
  blob: Blob;
  etag: string;
  checksum?: Checksum;
}

/** Stores the body of a PutObject or UploadPart and proves every length and digest that the client gave. What does not match is not kept. */
export async function receive(
  blobs: BlobStore,
  headers: IncomingHttpHeaders,
  body: AsyncIterable<Buffer>,
): Promise<Received> {
  const chunked =
    headers['content-encoding']?.includes('aws-chunked') === true ||
    String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  const trailers = new Map<string, string>();
  const md5 = createHash('md5');
  const algorithm = announcedAlgorithm(headers);
  const digest = algorithm && newDigest(algorithm);
  const blob = await blobs.write(chunked ? decodeAwsChunked(body, trailers) : body, (piece) => {
    md5.update(piece);
    digest?.update(piece);
  });
  try {
    const expected = headers[chunked ? 'x-amz-decoded-content-length' : 'content-length'];
    if (expected !== undefined && Number(expected) !== blob.size) throw s3Error('IncompleteBody');
    const hash = md5.digest();
    verifyMd5(headers['content-md5'], hash);
    if (!algorithm || !digest) return { blob, etag: hash.toString('hex') };
    const value = digest.digest().toString('base64');
    const claimed = headers[checksumHeader(algorithm)] ?? trailers.get(checksumHeader(algorithm));
    if (claimed !== undefined && claimed !== value) {
      throw s3Error('BadDigest', {}, `The ${algorithm} you specified did not match the calculated checksum.`);
    }
    return { blob, etag: hash.toString('hex'), checksum: { algorithm, value, type: 'FULL_OBJECT' } };
  } catch (error) {
    await blobs.remove([blob]);
    throw error;
  }
}

function verifyMd5(claimed: string | string[] | undefined, hash: Buffer): void {
  if (claimed === undefined) return;
  const given = Buffer.from(String(claimed), 'base64');
  if (given.length !== hash.length) throw s3Error('InvalidDigest');
  if (!given.equals(hash)) {
    throw s3Error('BadDigest', { ExpectedDigest: given.toString('hex'), CalculatedDigest: hash.toString('base64') });
  }
}
