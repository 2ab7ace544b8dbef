import type { Upload } from './object-store.ts';
import { s3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';

/** The upload that `uploadId` names. Throws NoSuchBucket or NoSuchUpload. */
export function findUpload({ objects, bucket, key, query }: S3Request): Upload {
  objects.keys(bucket);
  const id = query.get('uploadId') ?? '';
  const upload = objects.uploads.get(id);
  if (upload?.bucket === bucket && upload.key === key) return upload;
  throw s3Error('NoSuchUpload', { UploadId: id });
}
