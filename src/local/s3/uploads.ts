import type { Part, Upload } from './object-store.ts';
import { s3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';

/** The upload that `uploadId` names. Throws NoSuchBucket or NoSuchUpload. */
export function findUpload({ objects, bucket, key, query }: S3Request): Upload {
  objects.keys(bucket);
  const id = query.get('uploadId') ?? '';
  const upload = objects.uploads.get(id);
  if (upload?.bucket === bucket && upload.key === key) return upload;
  throw s3Error('NoSuchUpload', { UploadId: id });
}

export function partNumber({ query }: S3Request): number {
  const number = Number(query.get('partNumber'));
  if (Number.isInteger(number) && number >= 1 && number <= 10_000) return number;
  const message = 'Part number must be an integer between 1 and 10000, inclusive';
  throw s3Error('InvalidArgument', { ArgumentName: 'partNumber' }, message);
}

/** Adds a part, in place of one of the same number. */
export async function savePart(request: S3Request, part: Part): Promise<void> {
  const { objects } = request;
  try {
    // Looked up now: other parts, or an abort, may have come while this one was on its way.
    const upload = findUpload(request);
    const others = upload.parts.filter(({ number }) => number !== part.number);
    const replaced = upload.parts.filter(({ number }) => number === part.number);
    const parts = [...others, part].sort((a, b) => a.number - b.number);
    await objects.uploads.set(upload.id, { ...upload, parts });
    await objects.blobs.remove(replaced.map(({ blob }) => blob));
  } catch (error) {
    await objects.blobs.remove([part.blob]);
    throw error;
  }
}
