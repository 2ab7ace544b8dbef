import { xmlDocument } from '../../wire/xml.ts';
import { intParameter, type S3Action } from '../s3-request.ts';
import { findUpload } from '../uploads.ts';
import { namespace } from '../xml-namespace.ts';

export const listParts: S3Action = (request) => {
  const { id, bucket, key, parts } = findUpload(request);
  const limit = intParameter(request.query, 'max-parts', 1000, 1000);
  const marker = intParameter(request.query, 'part-number-marker', 0, 10_000);
  const rest = parts.filter(({ number }) => number > marker);
  const page = rest.slice(0, limit);
  return {
    body: xmlDocument(
      'ListPartsResult',
      {
        Bucket: bucket,
        Key: key,
        UploadId: id,
        PartNumberMarker: marker,
        NextPartNumberMarker: page.at(-1)?.number ?? 0,
        MaxParts: limit,
        IsTruncated: page.length < rest.length,
        StorageClass: 'STANDARD',
        Part: page.map(({ number, modified, etag, size, checksum }) => ({
          PartNumber: number,
          LastModified: new Date(modified).toISOString(),
          ETag: `"${etag}"`,
          Size: size,
          ...(checksum && { [`Checksum${checksum.algorithm}`]: checksum.value }),
        })),
      },
      namespace,
    ),
  };
};
