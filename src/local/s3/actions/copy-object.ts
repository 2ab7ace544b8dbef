import { xmlDocument } from '../../wire/xml.ts';
import { copySource, keptHeaders, notModified } from '../object-headers.ts';
import { s3Error } from '../s3-error.ts';
import type { S3Action } from '../s3-request.ts';
import { namespace } from '../xml-namespace.ts';

export const copyObject: S3Action = async ({ objects, bucket, key, headers }) => {
  const from = copySource(headers);
  objects.keys(bucket);
  const source = objects.get(from.bucket, from.key);
  const condition = (name: string) => headers[`x-amz-copy-source-${name}`] as string | undefined;
  const [match, noneMatch] = [condition('if-match'), condition('if-none-match')];
  if (notModified(source, { ...(match && { 'if-match': match }), ...(noneMatch && { 'if-none-match': noneMatch }) })) {
    throw s3Error('PreconditionFailed', { Condition: 'x-amz-copy-source-If-None-Match' });
  }
  const replaces = headers['x-amz-metadata-directive'] === 'REPLACE';
  if (!replaces && from.bucket === bucket && from.key === key) {
    throw s3Error(
      'InvalidRequest',
      {},
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const copy = {
    ...source,
    bucket,
    key,
    modified: Date.now(),
    headers: replaces ? keptHeaders(headers) : source.headers,
    blobs: await objects.blobs.copy(source.blobs),
  };
  await objects.commit(copy);
  return {
    body: xmlDocument(
      'CopyObjectResult',
      {
        ETag: `"${copy.etag}"`,
        LastModified: new Date(copy.modified).toISOString(),
        ...(copy.checksum && {
          [`Checksum${copy.checksum.algorithm}`]: copy.checksum.value,
          ChecksumType: copy.checksum.type,
        }),
      },
      namespace,
    ),
  };
};
