import type { S3Action } from '../s3-request.ts';
import { findUpload } from '../uploads.ts';

export const abortMultipartUpload: S3Action = async (request) => {
  const upload = findUpload(request);
  await request.objects.uploads.delete(upload.id);
  await request.objects.blobs.remove(upload.parts.map(({ blob }) => blob));
  return { status: 204 };
};
