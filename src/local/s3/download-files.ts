import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { inputFiles } from './input-files.ts';
import type { ObjectStore } from './object-store.ts';

/** Copies the objects of a job's data source into a folder. Throws, in SageMaker's words, when there are none. */
export async function downloadFiles(
  objects: ObjectStore,
  source: { S3DataType: string; S3Uri: string },
  folder: string,
  compression = 'None',
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of await inputFiles(objects, source)) {
    const path = join(folder, file.name);
    // A key may hold `..`; what it names must stay inside the folder.
    if (!path.startsWith(folder + sep))
      throw new Error(`S3 key "${file.key}" does not name a file inside the channel.`);
    await mkdir(dirname(path), { recursive: true });
    const body = objects.read(objects.get(file.bucket, file.key));
    const target = createWriteStream(path);
    await (compression === 'Gzip' ? pipeline(body, createGunzip(), target) : pipeline(body, target));
  }
}
