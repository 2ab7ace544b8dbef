import { isXgboostImage } from '../training/images.ts';
import { loadXgboostServer } from '../xgboost/server.ts';
import type { ContainerDefinition } from './model.ts';

export interface ModelRequest {
  contentType: string;
  accept: string;
  customAttributes?: string;
  body: Buffer;
}

export interface ModelResponse {
  status: number;
  contentType: string;
  customAttributes?: string;
  body: Buffer;
}

/** What stands behind a variant: the serving side of a container, POST /invocations as a function. */
export interface ModelServer {
  invoke(request: ModelRequest): Promise<ModelResponse>;
  close(): Promise<void>;
}

/** Starts the server that an image stands for, on a model unpacked in `modelDir`. Throws when the model cannot be loaded or the image is not known. */
export async function loadModelServer({ Image = '' }: ContainerDefinition, modelDir: string): Promise<ModelServer> {
  if (!isXgboostImage(Image)) throw new Error(`No model server is bound to the image "${Image}".`);
  const { invoke } = await loadXgboostServer(modelDir);
  return { invoke, close: async () => undefined };
}
