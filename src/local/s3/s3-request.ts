import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { ObjectStore } from './object-store.ts';
import { s3Error } from './s3-error.ts';

export interface S3Request {
  objects: ObjectStore;
  accountId: string;
  region: string;
  /** Path style address of the server: what Location in an answer starts with. */
  origin: string;
  method: string;
  /** '' for an operation on the account. */
  bucket: string;
  /** '' for an operation on the bucket. */
  key: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Readable;
}

export interface S3Answer {
  status?: number;
  headers?: Record<string, string | number>;
  body?: string | Readable;
}

export type S3Action = (request: S3Request) => S3Answer | Promise<S3Answer>;

/** Bucket and key of a path-style URL, or of a virtual-hosted one, which SDKs choose when the endpoint is a name such as `localhost`. */
export function parseAddress(path: string, host = ''): { bucket: string; key: string } {
  const virtual = /^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.(?:localhost|s3[.-][^:]*)(?::\d+)?$/.exec(host)?.[1];
  const rest = path.slice(1);
  const slash = rest.indexOf('/');
  try {
    if (virtual !== undefined) return { bucket: virtual, key: decodeURIComponent(rest) };
    if (slash < 0) return { bucket: decodeURIComponent(rest), key: '' };
    return { bucket: decodeURIComponent(rest.slice(0, slash)), key: decodeURIComponent(rest.slice(slash + 1)) };
  } catch {
    throw s3Error('InvalidURI', { URI: path });
  }
}

const smallBody = 4 * 1024 * 1024;

/** The whole of an XML request body, which S3 limits too. */
export async function readXml(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > smallBody) throw s3Error('MalformedXML');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

export function intParameter(query: URLSearchParams, name: string, fallback: number, max: number): number {
  const text = query.get(name);
  if (text === null || text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return Math.min(value, max);
  throw s3Error(
    'InvalidArgument',
    { ArgumentName: name, ArgumentValue: text },
    `Provided ${name} not an integer or within integer range`,
  );
}
