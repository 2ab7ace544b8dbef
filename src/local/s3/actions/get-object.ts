import { notModified, objectHeaders, parseRange } from '../object-headers.ts';
import type { S3Action, S3Request } from '../s3-request.ts';

export const getObject: S3Action = (request) => {
  const { objects, bucket, key, headers } = request;
  const object = objects.get(bucket, key);
  const described = { ...objectHeaders(object, headers), ...overrides(request) };
  if (notModified(object, headers)) return { status: 304, headers: described };
  const range = parseRange(headers.range, object.size);
  if (!range) return { headers: { ...described, 'content-length': object.size }, body: objects.read(object) };
  const [start, end] = range;
  return {
    status: 206,
    headers: {
      // A checksum of the whole would not match the part.
      ...withoutChecksum(described),
      'content-length': end - start + 1,
      'content-range': `bytes ${start}-${end}/${object.size}`,
    },
    body: objects.read(object, start, end),
  };
};

const withoutChecksum = (headers: Record<string, string | number>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-amz-checksum-')));

/** `response-content-type=…` and its kin, which presigned URLs use. */
function overrides({ query }: S3Request): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of query) {
    if (name.startsWith('response-')) result[name.slice('response-'.length)] = value;
  }
  return result;
}
