import { notModified, objectHeaders, parseRange } from '../object-headers.ts';
import type { S3Action } from '../s3-request.ts';

export const headObject: S3Action = ({ objects, bucket, key, headers }) => {
  const object = objects.get(bucket, key);
  const described = objectHeaders(object, headers);
  if (notModified(object, headers)) return { status: 304, headers: described };
  const range = parseRange(headers.range, object.size);
  if (!range) return { headers: { ...described, 'content-length': object.size } };
  const [start, end] = range;
  return {
    status: 206,
    headers: {
      ...described,
      'content-length': end - start + 1,
      'content-range': `bytes ${start}-${end}/${object.size}`,
    },
  };
};
