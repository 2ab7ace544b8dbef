import type { S3Action } from '../s3-request.ts';

export const deleteObject: S3Action = async ({ objects, bucket, key }) => {
  await objects.delete(bucket, key);
  return { status: 204 };
};
