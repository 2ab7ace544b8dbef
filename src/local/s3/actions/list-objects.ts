import { xmlDocument } from '../../wire/xml.ts';
import { objectEntries, readListQuery } from '../listing.ts';
import type { S3Action } from '../s3-request.ts';
import { namespace } from '../xml-namespace.ts';

export const listObjects: S3Action = ({ objects, bucket, query, accountId }) => {
  const { prefix, delimiter, limit, encode, encodingType } = readListQuery(query);
  const marker = query.get('marker') ?? '';
  const { keys, prefixes, last } = objects.keys(bucket).page(prefix, delimiter, marker, limit);
  return {
    body: xmlDocument(
      'ListBucketResult',
      {
        Name: bucket,
        Prefix: encode(prefix),
        Marker: encode(marker),
        MaxKeys: limit,
        EncodingType: encodingType,
        Delimiter: delimiter === '' ? undefined : encode(delimiter),
        IsTruncated: last !== undefined,
        // Without a delimiter the next marker is the last key, which the client has already.
        NextMarker: last === undefined || delimiter === '' ? undefined : encode(last),
        Contents: objectEntries(objects, bucket, keys, encode, { ID: accountId }),
        CommonPrefixes: prefixes.map((each) => ({ Prefix: encode(each) })),
      },
      namespace,
    ),
  };
};
