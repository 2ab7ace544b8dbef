import { rm } from 'node:fs/promises';
import type { LoadModelServer, ModelServer, ModelServers } from '../hosting/model-server.ts';
import { isXgboostImage } from '../training/images.ts';
import { loadXgboostServer } from '../xgboost/server.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import { prefixFor, ServedContainer } from './served-container.ts';

/** What stands in for any image: servers of this process first, then programs, the built-in algorithm, and Docker. */
export function servingImages(servers: ModelServers, containers: ContainerRuntime): ModelServers {
  const load: LoadModelServer = async (modelDir, container, log) => {
    const { Image: image = '', Environment = {} } = container;
    if (isXgboostImage(image) && !containers.isBound(image)) return loadBuiltIn(modelDir);
    const prefix = await prefixFor(modelDir);
    const launch = await containers.server({ image, prefix, environment: Environment });
    if (!launch) throw new Error(`No program is bound to the image "${image}", and no Docker engine answers.`);
    const server = await ServedContainer.start(launch, (line) => log(line.replaceAll(prefix, '/opt/ml')));
    return {
      invoke: (request) => server.invoke(request),
      stream: (request) => server.stream(request),
      async close() {
        await server.close();
        await rm(prefix, { recursive: true, force: true });
      },
    };
  };
  return { ...servers, '*': load };
}

async function loadBuiltIn(modelDir: string): Promise<ModelServer> {
  const { invoke, stream } = await loadXgboostServer(modelDir);
  return { invoke, stream, close: async () => undefined };
}
