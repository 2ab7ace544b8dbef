import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { Crc64, crc32c } from './crc.ts';
import { s3Error } from './s3-error.ts';

export type Algorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';

/** A checksum that S3 keeps beside an object: base64, with `-<parts>` after it when it is a checksum of the parts' checksums. */
export interface Checksum {
  algorithm: Algorithm;
  value: string;
  type: 'FULL_OBJECT' | 'COMPOSITE';
}

export interface Digest {
  update(data: Uint8Array): void;
  digest(): Buffer;
}

const digests: Record<Algorithm, () => Digest> = {
  CRC32: () => new Crc32(crc32),
  CRC32C: () => new Crc32(crc32c),
  CRC64NVME: () => new Crc64(),
  SHA1: () => createHash('sha1'),
  SHA256: () => createHash('sha256'),
};

export const algorithms = Object.keys(digests) as Algorithm[];
export const newDigest = (algorithm: Algorithm): Digest => digests[algorithm]();
export const checksumHeader = (algorithm: Algorithm) => `x-amz-checksum-${algorithm.toLowerCase()}`;

export function parseAlgorithm(text: string | undefined): Algorithm | undefined {
  if (text === undefined) return undefined;
  const algorithm = algorithms.find((name) => name === text.toUpperCase());
  if (algorithm) return algorithm;
  throw s3Error(
    'InvalidRequest',
    {},
    'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
  );
}

/** The algorithm that a request's headers announce, be the value itself a header or a trailer still to come. */
export function announcedAlgorithm(headers: IncomingHttpHeaders): Algorithm | undefined {
  const trailer = String(headers['x-amz-trailer'] ?? '').toLowerCase();
  return (
    algorithms.find((name) => headers[checksumHeader(name)] !== undefined || trailer === checksumHeader(name)) ??
    parseAlgorithm(headers['x-amz-sdk-checksum-algorithm'] as string | undefined)
  );
}

/** Checksum of the parts' checksums, as a multipart upload has it. */
export function compositeChecksum(algorithm: Algorithm, parts: string[]): Checksum {
  const digest = newDigest(algorithm);
  for (const part of parts) digest.update(Buffer.from(part, 'base64'));
  return { algorithm, value: `${digest.digest().toString('base64')}-${parts.length}`, type: 'COMPOSITE' };
}

class Crc32 implements Digest {
  readonly #step: (data: Uint8Array, value: number) => number;
  #value = 0;

  constructor(step: (data: Uint8Array, value: number) => number) {
    this.#step = step;
  }

  update(data: Uint8Array): void {
    this.#value = this.#step(data, this.#value);
  }

  digest(): Buffer {
    const value = Buffer.alloc(4);
    value.writeUInt32BE(this.#value);
    return value;
  }
}
