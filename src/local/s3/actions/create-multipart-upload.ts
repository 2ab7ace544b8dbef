import { randomUUID } from 'node:crypto';
import { xmlDocument } from '../../wire/xml.ts';
import { type Checksum, parseAlgorithm } from '../checksum.ts';
import { keptHeaders } from '../object-headers.ts';
import type { S3Action } from '../s3-request.ts';
import { namespace } from '../xml-namespace.ts';

export const createMultipartUpload: S3Action = async ({ objects, bucket, key, headers }) => {
  objects.keys(bucket);
  const algorithm = parseAlgorithm(headers['x-amz-checksum-algorithm'] as string | undefined);
  // CRC-64 exists for whole objects only, SHA for parts only.
  const type = (headers['x-amz-checksum-type'] ??
    (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE')) as Checksum['type'];
  const id = randomUUID().replaceAll('-', '');
  await objects.uploads.set(id, {
    id,
    bucket,
    key,
    created: Date.now(),
    headers: keptHeaders(headers),
    ...(algorithm && { checksum: { algorithm, type } }),
    parts: [],
  });
  return {
    headers: algorithm ? { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type } : {},
    body: xmlDocument('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: id }, namespace),
  };
};
