import { checksumHeader } from '../checksum.ts';
import { receive } from '../receive.ts';
import { s3Error } from '../s3-error.ts';
import type { S3Action } from '../s3-request.ts';
import { findUpload } from '../uploads.ts';

export const uploadPart: S3Action = async (request) => {
  const { objects, query, headers, body } = request;
  const number = Number(query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw s3Error(
      'InvalidArgument',
      { ArgumentName: 'partNumber' },
      'Part number must be an integer between 1 and 10000, inclusive',
    );
  }
  findUpload(request);
  const { blob, etag, checksum } = await receive(objects.blobs, headers, body);
  try {
    // Looked up again: other parts, or an abort, may have come while this one was on its way.
    const upload = findUpload(request);
    const replaced = upload.parts.filter((part) => part.number === number);
    const part = { number, size: blob.size, etag, modified: Date.now(), blob, ...(checksum && { checksum }) };
    const parts = [...upload.parts.filter((each) => each.number !== number), part].sort((a, b) => a.number - b.number);
    await objects.uploads.set(upload.id, { ...upload, parts });
    await objects.blobs.remove(replaced.map((each) => each.blob));
  } catch (error) {
    await objects.blobs.remove([blob]);
    throw error;
  }
  return {
    headers: { etag: `"${etag}"`, ...(checksum && { [checksumHeader(checksum.algorithm)]: checksum.value }) },
  };
};
