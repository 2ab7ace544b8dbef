import { createHash } from 'node:crypto';
import { xmlDocument } from '../../wire/xml.ts';
import { type Checksum, checksumHeader, compositeChecksum } from '../checksum.ts';
import { checkWritable } from '../object-headers.ts';
import type { Part, Upload } from '../object-store.ts';
import { parseXml } from '../parse-xml.ts';
import { s3Error } from '../s3-error.ts';
import { readXml, type S3Action, type S3Request } from '../s3-request.ts';
import { findUpload } from '../uploads.ts';
import { namespace } from '../xml-namespace.ts';

type PartClaim = { PartNumber: string; ETag: string } & Record<string, string>;

/** Every part but the last. */
const smallestPart = 5 * 1024 * 1024;

export const completeMultipartUpload: S3Action = async (request) => {
  const { objects, bucket, key, headers, body, origin } = request;
  const xml = await readXml(body);
  const upload = findUpload(request);
  const claims = parseXml<{ Part?: PartClaim[] }>(xml, 'CompleteMultipartUpload', ['Part']).Part ?? [];
  const parts = claimedParts(upload, claims);
  checkWritable(objects.find(bucket, key), headers);
  const checksum = wholeChecksum(upload, parts, request);
  const md5 = createHash('md5');
  for (const { etag } of parts) md5.update(Buffer.from(etag, 'hex'));
  const etag = `${md5.digest('hex')}-${parts.length}`;
  await objects.commit({
    bucket,
    key,
    size: parts.reduce((sum, { size }) => sum + size, 0),
    etag,
    modified: Date.now(),
    headers: upload.headers,
    ...(checksum && { checksum }),
    blobs: parts.map(({ blob }) => blob),
  });
  // After the object: a crash between the two leaves a spare upload, which the next start removes, not an object without bytes.
  await objects.uploads.delete(upload.id);
  await objects.blobs.remove(upload.parts.filter((part) => !parts.includes(part)).map(({ blob }) => blob));
  return {
    body: xmlDocument(
      'CompleteMultipartUploadResult',
      {
        Location: `${origin}/${bucket}/${key}`,
        Bucket: bucket,
        Key: key,
        ETag: `"${etag}"`,
        ...(checksum && { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type }),
      },
      namespace,
    ),
  };
};

function claimedParts(upload: Upload, claims: PartClaim[]): Part[] {
  if (claims.length === 0) throw s3Error('MalformedXML');
  const stored = new Map(upload.parts.map((part) => [part.number, part]));
  let previous = 0;
  const parts = claims.map((claim) => {
    const number = Number(claim.PartNumber);
    if (number <= previous) throw s3Error('InvalidPartOrder', { UploadId: upload.id });
    previous = number;
    const part = stored.get(number);
    const { checksum } = part ?? {};
    const claimed = checksum && claim[`Checksum${checksum.algorithm}`];
    if (part?.etag !== claim.ETag?.replaceAll('"', '') || (claimed !== undefined && claimed !== checksum?.value)) {
      throw s3Error('InvalidPart', { UploadId: upload.id, PartNumber: number, ETag: claim.ETag });
    }
    return part as Part;
  });
  const small = parts.slice(0, -1).find(({ size }) => size < smallestPart);
  if (small) {
    throw s3Error('EntityTooSmall', {
      ProposedSize: small.size,
      MinSizeAllowed: smallestPart,
      PartNumber: small.number,
      ETag: small.etag,
    });
  }
  return parts;
}

/** A checksum of the whole object is taken from the client: S3 derives it from those of the parts, and so could not prove it either. */
function wholeChecksum({ checksum }: Upload, parts: Part[], { headers }: S3Request): Checksum | undefined {
  if (!checksum) return undefined;
  const { algorithm, type } = checksum;
  if (type === 'FULL_OBJECT') {
    const value = headers[checksumHeader(algorithm)];
    return value === undefined ? undefined : { algorithm, value: String(value), type };
  }
  const values = parts.map((part) => part.checksum?.value);
  return values.includes(undefined) ? undefined : compositeChecksum(algorithm, values as string[]);
}
