import type { ContainerDefinition } from '../api/sagemaker.ts';
import { isXgboostImage, matchImage } from '../training/images.ts';
import { loadXgboostServer } from '../xgboost/server.ts';

export interface ModelRequest {
  contentType: string;
  accept: string;
  customAttributes?: string;
  body: Buffer;
  /** Aborted when nobody waits for the answer any more. */
  signal?: AbortSignal;
}

interface ModelResponseHead {
  status: number;
  contentType: string;
  customAttributes?: string;
}

export interface ModelResponse extends ModelResponseHead {
  body: Buffer;
}

/** An answer that is made while it is read: the model goes on when the reader takes the next piece. */
export interface ModelStream extends ModelResponseHead {
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** What stands behind a variant: the serving side of a container, POST /invocations as a function, in its two forms. */
export interface ModelServer {
  invoke(request: ModelRequest): Promise<ModelResponse>;
  stream(request: ModelRequest): Promise<ModelStream>;
  close(): Promise<void>;
}

/** Model servers of this process in place of container images, by image name; `*` stands for any characters. */
export type ModelServers = Readonly<Record<string, (modelDir: string) => Promise<ModelServer>>>;

/** Starts the server that an image stands for, on a model unpacked in `modelDir`. Throws when the model cannot be loaded or the image is not known. */
export async function loadModelServer(
  { Image = '' }: ContainerDefinition,
  modelDir: string,
  bound: ModelServers = {},
): Promise<ModelServer> {
  const load = matchImage(Image, bound);
  if (load) return load(modelDir);
  if (!isXgboostImage(Image)) throw new Error(`No model server is bound to the image "${Image}".`);
  const { invoke, stream } = await loadXgboostServer(modelDir);
  return { invoke, stream, close: async () => undefined };
}
