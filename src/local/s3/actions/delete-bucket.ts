import { s3Error } from '../s3-error.ts';
import type { S3Action } from '../s3-request.ts';

export const deleteBucket: S3Action = async ({ objects, bucket }) => {
  if (objects.keys(bucket).size > 0) throw s3Error('BucketNotEmpty', { BucketName: bucket });
  for (const upload of [...objects.uploads.values()].filter((each) => each.bucket === bucket)) {
    await objects.uploads.delete(upload.id);
    await objects.blobs.remove(upload.parts.map(({ blob }) => blob));
  }
  await objects.buckets.delete(bucket);
  return { status: 204 };
};
