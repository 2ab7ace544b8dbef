import { checksumHeader } from '../checksum.ts';
import { receive } from '../receive.ts';
import type { S3Action } from '../s3-request.ts';
import { findUpload, partNumber, savePart } from '../uploads.ts';

export const uploadPart: S3Action = async (request) => {
  const number = partNumber(request);
  findUpload(request);
  const { blob, etag, checksum } = await receive(request.objects.blobs, request.headers, request.body);
  await savePart(request, { number, size: blob.size, etag, modified: Date.now(), blob, ...(checksum && { checksum }) });
  return {
    headers: { etag: `"${etag}"`, ...(checksum && { [checksumHeader(checksum.algorithm)]: checksum.value }) },
  };
};
