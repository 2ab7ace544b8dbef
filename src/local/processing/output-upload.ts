import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessingS3Output } from '../api/sagemaker.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import { parseS3Uri } from '../s3/s3-uri.ts';
import { storeObject } from '../s3/store-object.ts';

/** Between two looks for what a container has written meanwhile, ms. */
const between = 500;

/** Takes the files of one output folder to S3, each again when it has changed. */
export class OutputUpload {
  readonly #folder: string;
  readonly #to: { bucket: string; key: string };
  readonly #objects: ObjectStore;
  /** Size and time of what has been uploaded, by path. */
  readonly #uploaded = new Map<string, string>();
  readonly isContinuous: boolean;

  constructor({ S3Uri, S3UploadMode }: ProcessingS3Output, folder: string, objects: ObjectStore) {
    this.#folder = folder;
    const { bucket, key } = parseS3Uri(S3Uri);
    this.#to = { bucket, key: key === '' || key.endsWith('/') ? key : `${key}/` };
    this.#objects = objects;
    this.isContinuous = S3UploadMode === 'Continuous';
  }

  /** Until it is told to stop. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(between, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.upload();
    }
  }

  async upload(): Promise<void> {
    // A bucket that is not there is a fault even where there is nothing to put into it.
    this.#objects.keys(this.#to.bucket);
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true });
    for (const path of entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))) {
      const { size, mtimeMs } = await stat(path);
      const version = `${size} ${mtimeMs}`;
      if (this.#uploaded.get(path) === version) continue;
      const key = this.#to.key + relative(this.#folder, path).split(sep).join('/');
      await storeObject(this.#objects, { ...this.#to, key }, createReadStream(path), 'application/octet-stream');
      this.#uploaded.set(path, version);
    }
  }
}
