import { xmlDocument } from '../../wire/xml.ts';
import { objectEntries, readListQuery } from '../listing.ts';
import { s3Error } from '../s3-error.ts';
import type { S3Action } from '../s3-request.ts';
import { namespace } from '../xml-namespace.ts';

export const listObjectsV2: S3Action = ({ objects, bucket, query, accountId }) => {
  const { prefix, delimiter, limit, encode, encodingType } = readListQuery(query);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const after = token === null ? startAfter : parseToken(token);
  const { keys, prefixes, last } = objects.keys(bucket).page(prefix, delimiter, after, limit);
  const owner = query.get('fetch-owner') === 'true' ? { ID: accountId } : undefined;
  return {
    body: xmlDocument(
      'ListBucketResult',
      {
        Name: bucket,
        Prefix: encode(prefix),
        Delimiter: delimiter === '' ? undefined : encode(delimiter),
        StartAfter: startAfter === '' ? undefined : encode(startAfter),
        MaxKeys: limit,
        EncodingType: encodingType,
        KeyCount: keys.length + prefixes.length,
        IsTruncated: last !== undefined,
        ContinuationToken: token ?? undefined,
        NextContinuationToken: last === undefined ? undefined : Buffer.from(last).toString('base64'),
        Contents: objectEntries(objects, bucket, keys, encode, owner),
        CommonPrefixes: prefixes.map((each) => ({ Prefix: encode(each) })),
      },
      namespace,
    ),
  };
};

function parseToken(token: string): string {
  const key = Buffer.from(token, 'base64').toString();
  if (Buffer.from(key).toString('base64') === token) return key;
  throw s3Error(
    'InvalidArgument',
    { ArgumentName: 'continuation-token' },
    'The continuation token provided is incorrect',
  );
}
