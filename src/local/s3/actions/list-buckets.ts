import { xmlDocument } from '../../wire/xml.ts';
import type { S3Action } from '../s3-request.ts';
import { namespace } from '../xml-namespace.ts';

export const listBuckets: S3Action = ({ objects, accountId }) => {
  const buckets = [...objects.buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    body: xmlDocument(
      'ListAllMyBucketsResult',
      {
        Owner: { ID: accountId },
        Buckets: {
          Bucket: buckets.map(({ name, created }) => ({ Name: name, CreationDate: new Date(created).toISOString() })),
        },
      },
      namespace,
    ),
  };
};
