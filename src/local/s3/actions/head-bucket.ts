import type { S3Action } from '../s3-request.ts';

export const headBucket: S3Action = ({ objects, bucket, region }) => {
  objects.keys(bucket);
  return { headers: { 'x-amz-bucket-region': region } };
};
