import {
  InvokeEndpointCommand,
  type InvokeEndpointCommandOutput,
  type SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import { ConfigError } from '../config/load.ts';
import type { Credentials } from './sigv4.ts';

/** Where and as whom to call the SageMaker runtime. */
export interface RuntimeTarget {
  readonly origin: string;
  /** Value of the host header, with the port where it is not the scheme's own. */
  readonly host: string;
  /** Path before `/endpoints`, for an endpoint URL that has one; usually empty. */
  readonly basePath: string;
  readonly region: string;
  /** At once as long as they are fresh, for the hot path. */
  credentials(): Credentials | Promise<Credentials>;
}

interface BuiltRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
}

/**
 * The SDK's own resolution of endpoint, region and credentials (variables, shared files, FIPS, dual stack, custom endpoints): a command is
 * taken through its middleware up to the built request, and no further.
 * @throws ConfigError when neither the environment nor a profile names a region
 */
export async function resolveRuntimeTarget(client: SageMakerRuntimeClient): Promise<RuntimeTarget> {
  const region = await client.config.region().catch(() => {
    throw new ConfigError([
      'AWS_REGION: neither it nor an AWS profile names a region; or say GATEWAY_MODE=local for the embedded SageMaker',
    ]);
  });
  let built: BuiltRequest | undefined;
  const probe = new InvokeEndpointCommand({ EndpointName: 'probe', Body: '' });
  probe.middlewareStack.add(
    () => async (args) => {
      built = args.request as BuiltRequest;
      return { output: { $metadata: {} } as InvokeEndpointCommandOutput, response: {} };
    },
    { step: 'build', priority: 'low', name: 'stopBeforeSending' },
  );
  await client.send(probe);
  if (built === undefined) throw new Error('The AWS SDK built no request');

  const { protocol, hostname, port, path } = built;
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  return {
    origin: `${protocol}//${host}`,
    host,
    basePath: path.slice(0, path.lastIndexOf('/endpoints/')),
    region,
    credentials: freshly(() => client.config.credentials()),
  };
}

/** The SDK keeps credentials and fetches new ones minutes before they expire; that it is asked at most so often, ms, spares a request its promises. */
const askedEvery = 1_000;

function freshly(ask: () => Promise<Credentials>): RuntimeTarget['credentials'] {
  let known: Credentials | undefined;
  let since = 0;
  return () => {
    const now = performance.now();
    if (known !== undefined && now - since < askedEvery) return known;
    return ask().then((credentials) => {
      known = credentials;
      since = now;
      return credentials;
    });
  };
}
