import { join } from 'node:path';
import { Config } from '../../../src/config/schema.ts';
import { cores } from './cores.ts';
import { writeTemporary } from './payload.ts';
import { type ServerProcess, startServer } from './server-process.ts';

const here = import.meta.dirname;
const region = 'us-east-1';
const credentials = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example', AWS_REGION: region };

const script = (core: number, file: string, args: readonly string[] = [], env: Record<string, string> = {}) =>
  startServer({ core, command: process.execPath, args: [join(here, file), ...args], env });

export interface StubDelay {
  /** Before every answer, ms. */
  readonly fixedMs?: number;
  readonly rowMs?: number;
}

/** What stands for SageMaker. */
export const startStub = ({ fixedMs = 0, rowMs = 0 }: StubDelay = {}): Promise<ServerProcess> =>
  script(cores().rest, '../servers/stub.ts', [String(fixedMs), String(rowMs)]);

/** The practical limit: node:http to undici and nothing else. */
export const startBareProxy = (upstream: ServerProcess): Promise<ServerProcess> =>
  script(cores().measured, '../servers/bare-proxy.ts', [upstream.url]);

/** The same route through the AWS SDK's default client. */
export const startSdkRoute = (upstream: ServerProcess): Promise<ServerProcess> =>
  script(cores().measured, '../servers/sdk-route.ts', [], {
    ...credentials,
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: upstream.url,
  });

let configurations = 0;

/** The gateway as in production: AWS mode, logging and metrics as they are by default. `models` as in gateway.yaml. */
export function startGateway(
  upstream: ServerProcess,
  models: Readonly<Record<string, unknown>>,
): Promise<ServerProcess> {
  configurations += 1;
  const [defaultModel] = Object.keys(models);
  return script(cores().measured, '../../../src/main.ts', [], {
    ...credentials,
    GATEWAY_MODE: 'aws',
    PORT: '0',
    // JSON is YAML.
    GATEWAY_CONFIG: writeTemporary(`gateway-${configurations}.yaml`, JSON.stringify({ defaultModel, models })),
    AWS_ENDPOINT_URL: upstream.url,
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: upstream.url,
  });
}

/** What is said of the gateway's identity checks beside a figure that depends on them. */
export const identityNote =
  'auth' in Config.properties
    ? 'identity checks as configured by default'
    : 'no API keys: the configuration knows none yet';
