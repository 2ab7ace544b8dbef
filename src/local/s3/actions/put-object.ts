import { checksumHeader } from '../checksum.ts';
import { checkWritable, keptHeaders } from '../object-headers.ts';
import { receive } from '../receive.ts';
import { s3Error } from '../s3-error.ts';
import type { S3Action } from '../s3-request.ts';

export const putObject: S3Action = async ({ objects, bucket, key, headers, body }) => {
  if (Buffer.byteLength(key) > 1024) throw s3Error('KeyTooLongError', { MaxSizeAllowed: 1024 });
  checkWritable(objects.find(bucket, key), headers);
  const { blob, etag, checksum } = await receive(objects.blobs, headers, body);
  try {
    // Once more: of two writers with If-None-Match only the first to finish may win.
    checkWritable(objects.find(bucket, key), headers);
    await objects.commit({
      bucket,
      key,
      size: blob.size,
      etag,
      modified: Date.now(),
      headers: keptHeaders(headers),
      ...(checksum && { checksum }),
      blobs: [blob],
    });
  } catch (error) {
    await objects.blobs.remove([blob]);
    throw error;
  }
  return {
    headers: {
      etag: `"${etag}"`,
      ...(checksum && { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type }),
    },
  };
};
