import type { ContainerDefinition } from '../api/sagemaker.ts';
import { matchImage } from '../training/images.ts';
import type { SessionNews } from './sessions.ts';

export interface ModelRequest {
  contentType: string;
  accept: string;
  customAttributes?: string;
  /** Of a stateful session, or NEW_SESSION. */
  sessionId?: string;
  body: Buffer;
  /** Aborted when nobody waits for the answer any more. */
  signal?: AbortSignal;
}

interface ModelResponseHead extends SessionNews {
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

/** Loads the model that has been unpacked in `modelDir`. What the server prints goes to `log`. Throws when it cannot be loaded. */
export type LoadModelServer = (
  modelDir: string,
  container: ContainerDefinition,
  log: (line: string) => void,
) => Promise<ModelServer>;

/** Model servers in place of container images, by image name; `*` stands for any characters. */
export type ModelServers = Readonly<Record<string, LoadModelServer>>;

/** Starts the server that an image stands for. Throws when the model cannot be loaded or the image is not known. */
export async function loadModelServer(
  container: ContainerDefinition,
  modelDir: string,
  bound: ModelServers = {},
  log: (line: string) => void = () => undefined,
): Promise<ModelServer> {
  const load = matchImage(container.Image ?? '', bound);
  if (!load) throw new Error(`No model server is bound to the image "${container.Image}".`);
  return load(modelDir, container, log);
}

/** In place of a server where requests never come without naming a model. */
export const noServer: Pick<ModelServer, 'invoke' | 'stream'> = {
  invoke: () => Promise.reject(new Error('No model was named.')),
  stream: () => Promise.reject(new Error('No model was named.')),
};
