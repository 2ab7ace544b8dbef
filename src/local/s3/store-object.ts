import { createHash } from 'node:crypto';
import type { ObjectStore } from './object-store.ts';

/** Stores what SageMaker itself writes into a bucket. Throws NoSuchBucket; a source that breaks leaves no object. */
export async function storeObject(
  objects: ObjectStore,
  { bucket, key }: { bucket: string; key: string },
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  contentType: string,
): Promise<void> {
  objects.keys(bucket);
  const md5 = createHash('md5');
  const blob = await objects.blobs.write(source, (piece) => md5.update(piece));
  await objects.commit({
    bucket,
    key,
    size: blob.size,
    etag: md5.digest('hex'),
    modified: Date.now(),
    headers: { 'content-type': contentType },
    blobs: [blob],
  });
}
