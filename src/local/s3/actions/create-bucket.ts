import { s3Error } from '../s3-error.ts';
import type { S3Action } from '../s3-request.ts';

const validName = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export const createBucket: S3Action = async ({ objects, bucket, region }) => {
  if (!validName.test(bucket)) throw s3Error('InvalidBucketName', { BucketName: bucket });
  const existing = objects.buckets.get(bucket);
  // us-east-1 alone, for compatibility with S3's first years, answers a second creation with success.
  if (existing && region !== 'us-east-1') throw s3Error('BucketAlreadyOwnedByYou', { BucketName: bucket });
  if (!existing) await objects.buckets.set(bucket, { name: bucket, created: Date.now() });
  return { headers: { location: `/${bucket}` } };
};
