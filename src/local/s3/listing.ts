import type { XmlValue } from '../wire/xml.ts';
import type { ObjectStore } from './object-store.ts';
import { s3Error } from './s3-error.ts';
import { intParameter } from './s3-request.ts';

export interface ListQuery {
  prefix: string;
  delimiter: string;
  limit: number;
  encodingType: string | undefined;
  /** XML 1.0 cannot hold every character a key may have: with `encoding-type=url` they travel percent-encoded. */
  encode: (text: string) => string;
}

export function readListQuery(query: URLSearchParams): ListQuery {
  const encodingType = query.get('encoding-type') ?? undefined;
  if (encodingType !== undefined && encodingType !== 'url') {
    throw s3Error('InvalidArgument', { ArgumentName: 'encoding-type' }, 'Invalid Encoding Method specified in Request');
  }
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    limit: intParameter(query, 'max-keys', 1000, 1000),
    encodingType,
    encode: encodingType === undefined ? (text) => text : urlEncode,
  };
}

/** As S3 does it: slashes stay, a space is a plus sign. */
const urlEncode = (text: string) => encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%20', '+');

export function objectEntries(
  objects: ObjectStore,
  bucket: string,
  keys: string[],
  encode: (text: string) => string,
  owner?: { ID: string },
): Record<string, XmlValue>[] {
  return keys.map((key) => {
    const { modified, etag, size, checksum } = objects.get(bucket, key);
    return {
      Key: encode(key),
      LastModified: new Date(modified).toISOString(),
      ETag: `"${etag}"`,
      ChecksumAlgorithm: checksum?.algorithm,
      ChecksumType: checksum?.type,
      Size: size,
      StorageClass: 'STANDARD',
      Owner: owner,
    };
  });
}
