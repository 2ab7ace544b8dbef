import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { ObjectStore } from '../s3/object-store.ts';
import { parseS3Uri } from '../s3/s3-uri.ts';
import { storeObject } from '../s3/store-object.ts';

/** Packs a folder into one tar.gz object. False, and nothing stored, when the folder holds no file. */
export async function saveArtifacts(folder: string, uri: string, objects: ObjectStore): Promise<boolean> {
  const files = await filesIn(folder);
  if (files.length === 0) return false;
  const { bucket, key } = parseS3Uri(uri);
  objects.keys(bucket);
  const archive = pack();
  const gzip = createGzip();
  const packing = Promise.all([addFiles(archive, folder, files), pipeline(archive, gzip)]);
  await Promise.all([storeObject(objects, { bucket, key }, gzip, 'application/x-gzip'), packing]);
  return true;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function addFiles(archive: ReturnType<typeof pack>, folder: string, files: string[]): Promise<void> {
  for (const file of files) {
    const { size, mtime } = await stat(file);
    const name = relative(folder, file).split(sep).join('/');
    await pipeline(createReadStream(file), archive.entry({ name, size, mtime }));
  }
  archive.finalize();
}
