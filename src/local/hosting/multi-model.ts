import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ContainerDefinition } from '../api/sagemaker.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import { parseS3Uri } from '../s3/s3-uri.ts';
import { modelDataUri } from './model.ts';
import type { ModelServer } from './model-server.ts';
import { unpackModel } from './unpack-model.ts';

/** There is no such archive under the prefix. */
export class MissingArchive extends Error {
  override readonly name = 'MissingArchive';
}

interface MultiModelOptions {
  container: ContainerDefinition;
  /** Where the archives are unpacked, a folder each. */
  folder: string;
  objects: ObjectStore;
  load(folder: string): Promise<ModelServer>;
}

export const isMultiModel = ({ Mode }: ContainerDefinition) => Mode === 'MultiModel';

/** The models under one prefix in S3, each loaded when it is first asked for, and then kept: an archive that is replaced later is not read again. */
export class MultiModel {
  readonly #options: MultiModelOptions;
  readonly #servers = new Map<string, Promise<ModelServer>>();

  constructor(options: MultiModelOptions) {
    this.#options = options;
  }

  /** The server of an archive, by its path below the prefix. @throws MissingArchive, or what the loading throws */
  model(target: string): Promise<ModelServer> {
    const known = this.#servers.get(target);
    if (known) return known;
    const loading = this.#load(target);
    this.#servers.set(target, loading);
    // What failed is tried again by the next request.
    loading.catch(() => this.#servers.delete(target));
    return loading;
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#servers.values()].map((server) => server.then((each) => each.close()).catch(() => undefined)),
    );
  }

  async #load(target: string): Promise<ModelServer> {
    const { container, objects, load } = this.#options;
    const url = `${modelDataUri(container)?.replace(/\/?$/, '/')}${target.replace(/^\//, '')}`;
    const { bucket, key } = parseS3Uri(url);
    try {
      objects.get(bucket, key);
    } catch {
      throw new MissingArchive(
        `Failed to download model data(bucket: ${bucket}, key: ${key}). Please ensure that there is an object located at the URL and that the role passed to CreateModel has permissions to download the model.`,
      );
    }
    const folder = join(this.#options.folder, createHash('sha256').update(target).digest('hex'));
    await unpackModel({ ...container, ModelDataUrl: url }, folder, objects);
    return load(folder);
  }
}
