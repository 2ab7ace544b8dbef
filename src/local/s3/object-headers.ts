import type { IncomingHttpHeaders } from 'node:http';
import { checksumHeader } from './checksum.ts';
import type { StoredObject } from './object-store.ts';
import { s3Error } from './s3-error.ts';
import { parseAddress } from './s3-request.ts';

const kept = ['content-type', 'cache-control', 'content-disposition', 'content-language', 'expires'];

/** The headers of an upload that come back with the object. */
export function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const result: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && (kept.includes(name) || name.startsWith('x-amz-meta-'))) result[name] = String(value);
  }
  // `aws-chunked` describes the transfer, not the object.
  const encoding = headers['content-encoding']
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== 'aws-chunked');
  if (encoding?.length) result['content-encoding'] = encoding.join(', ');
  return result;
}

export function objectHeaders(object: StoredObject, request: IncomingHttpHeaders): Record<string, string | number> {
  const { checksum } = object;
  const withChecksum = request['x-amz-checksum-mode'] === 'ENABLED' && checksum !== undefined;
  return {
    ...object.headers,
    'accept-ranges': 'bytes',
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.modified).toUTCString(),
    ...(withChecksum && {
      [checksumHeader(checksum.algorithm)]: checksum.value,
      'x-amz-checksum-type': checksum.type,
    }),
  };
}

/** The conditions of a read. Returns true for 304; throws PreconditionFailed. */
export function notModified(object: StoredObject, headers: IncomingHttpHeaders): boolean {
  const modified = Math.floor(object.modified / 1000) * 1000;
  const match = headers['if-match'];
  if (match !== undefined) {
    if (!lists(match, object.etag)) throw s3Error('PreconditionFailed', { Condition: 'If-Match' });
  } else if (headers['if-unmodified-since'] !== undefined && modified > Date.parse(headers['if-unmodified-since'])) {
    throw s3Error('PreconditionFailed', { Condition: 'If-Unmodified-Since' });
  }
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined) return lists(noneMatch, object.etag);
  return headers['if-modified-since'] !== undefined && modified <= Date.parse(headers['if-modified-since']);
}

/** The conditions of a write: `If-None-Match: *` creates only, `If-Match` replaces only what the client has seen. */
export function checkWritable(existing: StoredObject | undefined, headers: IncomingHttpHeaders): void {
  if (headers['if-none-match'] !== undefined && existing)
    throw s3Error('PreconditionFailed', { Condition: 'If-None-Match' });
  const match = headers['if-match'];
  if (match === undefined) return;
  if (!existing) throw s3Error('NoSuchKey');
  if (!lists(match, existing.etag)) throw s3Error('PreconditionFailed', { Condition: 'If-Match' });
}

const lists = (header: string, etag: string) =>
  header === '*' || header.split(',').some((each) => each.trim().replaceAll('"', '') === etag);

/** `[/]bucket/key[?versionId=…]`, percent-encoded. */
export function copySource(headers: IncomingHttpHeaders): { bucket: string; key: string } {
  const [path = ''] = String(headers['x-amz-copy-source']).split('?');
  return parseAddress(`/${path.replace(/^\//, '')}`);
}

/** First and last byte of a Range header; undefined when it asks for nothing that S3 understands, which then sends the whole object. */
export function parseRange(header: string | undefined, size: number): [start: number, end: number] | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const start = match[1] === '' ? Math.max(size - Number(match[2]), 0) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (match[1] !== '' && match[2] !== '' && Number(match[2]) < start) return undefined;
  if (start >= size || start > end) throw s3Error('InvalidRange', { RangeRequested: header, ActualObjectSize: size });
  return [start, end];
}
