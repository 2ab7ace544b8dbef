import { createHash } from 'node:crypto';
import { xmlDocument } from '../../wire/xml.ts';
import { copySource, parseRange } from '../object-headers.ts';
import type { S3Action } from '../s3-request.ts';
import { findUpload, partNumber, savePart } from '../uploads.ts';
import { namespace } from '../xml-namespace.ts';

export const uploadPartCopy: S3Action = async (request) => {
  const { objects, headers } = request;
  const number = partNumber(request);
  findUpload(request);
  const from = copySource(headers);
  const source = objects.get(from.bucket, from.key);
  const range = parseRange(headers['x-amz-copy-source-range'] as string | undefined, source.size) ?? [];
  const md5 = createHash('md5');
  const blob = await objects.blobs.write(objects.read(source, ...range), (piece) => md5.update(piece));
  const part = { number, size: blob.size, etag: md5.digest('hex'), modified: Date.now(), blob };
  await savePart(request, part);
  const result = { LastModified: new Date(part.modified).toISOString(), ETag: `"${part.etag}"` };
  return { body: xmlDocument('CopyPartResult', result, namespace) };
};
