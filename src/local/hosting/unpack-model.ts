import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { ContainerDefinition } from '../api/sagemaker.ts';
import type { ObjectStore, StoredObject } from '../s3/object-store.ts';
import { parseS3Uri } from '../s3/s3-uri.ts';
import { modelDataUri } from './model.ts';

/** Fetches a container's model data into `folder`, as SageMaker fills /opt/ml/model. Throws what becomes the endpoint's FailureReason. */
export async function unpackModel(container: ContainerDefinition, folder: string, objects: ObjectStore): Promise<void> {
  await mkdir(folder, { recursive: true });
  const uri = modelDataUri(container);
  if (uri === undefined) return;
  const { bucket, key } = parseS3Uri(uri);
  const source = container.ModelDataSource?.S3DataSource;
  if (source?.CompressionType === 'None') return copyFiles(bucket, key, folder, objects);
  let archive: StoredObject;
  try {
    archive = objects.get(bucket, key);
  } catch {
    throw new Error(
      `Failed to download model data for container "container_1" from URL: "${uri}". Please ensure that there is an object located at the URL and that the role passed to CreateModel has permissions to download the object.`,
    );
  }
  await untar(archive, folder, objects).catch(() => {
    throw new Error(
      `Failed to extract model data archive from URL "${uri}" for container "container_1". Please ensure that the object located at the URL is a valid tar.gz archive.`,
    );
  });
}

async function untar(archive: StoredObject, folder: string, objects: ObjectStore): Promise<void> {
  const entries = extract();
  const feeding = pipeline(objects.read(archive), createGunzip(), entries);
  // A broken archive breaks the loop below too; the reason is the same.
  feeding.catch(() => undefined);
  for await (const entry of entries) {
    if (entry.header.type === 'file') await pipeline(entry, createWriteStream(await place(folder, entry.header.name)));
    else entry.resume();
  }
  await feeding;
}

/** An uncompressed model: every object under the prefix. */
async function copyFiles(bucket: string, prefix: string, folder: string, objects: ObjectStore): Promise<void> {
  const from = prefix.endsWith('/') ? prefix.length : prefix.lastIndexOf('/') + 1;
  for (const key of objects.keys(bucket).withPrefix(prefix)) {
    if (key.endsWith('/')) continue;
    const path = await place(folder, key.slice(from));
    await pipeline(objects.read(objects.get(bucket, key)), createWriteStream(path));
  }
}

/** Where a file of that name goes, which must be inside the folder. */
async function place(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  if (!path.startsWith(folder + sep)) throw new Error(`"${name}" is outside of the model's folder`);
  await mkdir(dirname(path), { recursive: true });
  return path;
}
