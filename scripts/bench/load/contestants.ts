import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApiKey } from '../../../src/auth/api-key.ts';
import { cores } from './cores.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { writeTemporary } from './temporary.ts';

const here = import.meta.dirname;
const region = 'us-east-1';
export const credentials = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example', AWS_REGION: region };

export const script = (core: number, file: string, args: readonly string[] = [], env: Record<string, string> = {}) =>
  startServer({ core, command: process.execPath, args: [join(here, file), ...args], env });

export interface StubDelay {
  /** Before every answer, ms. */
  readonly fixedMs?: number;
  readonly rowMs?: number;
}

/** What stands for SageMaker. */
export const startStub = ({ fixedMs = 0, rowMs = 0 }: StubDelay = {}): Promise<ServerProcess> =>
  script(cores().rest, '../servers/stub.ts', [String(fixedMs), String(rowMs)]);

/** node:http to undici and nothing else. */
export const startBareProxy = (upstream: ServerProcess): Promise<ServerProcess> =>
  script(cores().measured, '../servers/bare-proxy.ts', [upstream.url]);

/** The practical limit: as little of undici as can be. */
export const startLeastProxy = (upstream: ServerProcess): Promise<ServerProcess> =>
  script(cores().measured, '../servers/least-proxy.ts', [upstream.url]);

/** The same route through the AWS SDK's default client. */
export const startSdkRoute = (upstream: ServerProcess): Promise<ServerProcess> =>
  script(cores().measured, '../servers/sdk-route.ts', [], {
    ...credentials,
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: upstream.url,
  });

const { key, stored } = createApiKey();
/** What the gateway's caller says of itself. Sent to all contestants, so that all get the same request. */
export const callerHeaders = { 'x-api-key': key };

/** The caller as a client of the gateway. */
export const caller = { keys: [stored], scopes: ['predict'] };

/** Node's options in the image. */
const [, nodeOptions = ''] =
  /^ARG NODE_OPTIONS=(.*)$/m.exec(readFileSync(join(here, '../../../Dockerfile'), 'utf8')) ?? [];
let configurations = 0;

/** The gateway as in production: AWS mode, API keys, logging and metrics as they are by default. Models and settings as in gateway.yaml. */
export function startGateway(
  upstream: ServerProcess,
  models: Readonly<Record<string, unknown>> = { x: { endpoint: 'x' } },
  settings: Readonly<Record<string, unknown>> = { clients: { bench: caller } },
): Promise<ServerProcess> {
  configurations += 1;
  const [defaultModel] = Object.keys(models);
  return script(cores().measured, '../../../src/main.ts', [], {
    ...credentials,
    NODE_OPTIONS: nodeOptions,
    GATEWAY_MODE: 'aws',
    PORT: '0',
    // JSON is YAML.
    GATEWAY_CONFIG: writeTemporary(
      `gateway-${configurations}.yaml`,
      JSON.stringify({ defaultModel, models, ...settings }),
    ),
    AWS_ENDPOINT_URL: upstream.url,
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: upstream.url,
  });
}
