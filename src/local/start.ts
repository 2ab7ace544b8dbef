import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { type Logger, pino } from 'pino';
import type { ModelServers } from './hosting/model-server.ts';
import { answerForAws, type ServerIdentity } from './https-proxy.ts';
import { openAccount } from './open-account.ts';
import { Pace } from './pace.ts';
import { buildServer } from './server.ts';
import { lockState } from './store/state-lock.ts';
import type { Images } from './training/images.ts';

export interface LocalSageMakerOptions {
  /** Folder of everything that is to survive: one process at a time. */
  stateDir: string;
  /** 127.0.0.1 by default: there is no check of credentials. */
  host?: string;
  /** 0, the default, takes any free one. */
  port?: number;
  region?: string;
  /** 12 digits. */
  accountId?: string;
  /**
   * Programs that keep the container contract, to run in place of images, by image name with `*` as wildcard. The built-in XGBoost needs none, and
   * other images run as containers where a Docker engine answers.
   */
  images?: Images;
  /** Model servers of this process to run in place of serving images, by image name as above. */
  modelServers?: ModelServers;
  /** PATH on which notebook instances look for Jupyter; this process's own by default. */
  jupyterPath?: string;
  /** What AWS waits for a second takes this part of one, above 0 and at most 1, the default: bake times, periods of alarms, cooldowns. */
  timeScale?: number;
  /** Makes it an HTTPS proxy that answers for AWS's own addresses, with this certificate. */
  proxyIdentity?: ServerIdentity;
  /** Silent by default; requests are never logged, faults of the server are. */
  logger?: Logger;
}

export interface LocalSageMaker {
  /** Endpoint of every service, for AWS_ENDPOINT_URL or an SDK's `endpoint`. */
  url: string;
  region: string;
  accountId: string;
  close(): Promise<void>;
}

/**
 * Starts the embedded SageMaker, with the S3, STS, CloudWatch and CloudWatch Logs that its clients need. It listens when the endpoints it had are
 * in service again. Rejects when another process lives in `stateDir`, or the port is taken.
 */
export async function startLocalSageMaker(options: LocalSageMakerOptions): Promise<LocalSageMaker> {
  const {
    host = '127.0.0.1',
    port = 0,
    region = 'us-east-1',
    accountId = '000000000000',
    images = {},
    modelServers = {},
    timeScale = 1,
  } = options;
  if (!/^\d{12}$/.test(accountId)) throw new Error(`An account id has 12 digits, which "${accountId}" has not.`);
  const pace = new Pace(timeScale);
  const logger = options.logger ?? pino({ level: 'silent' });
  // Absolute, because the programs that train run elsewhere.
  const stateDir = resolve(options.stateDir);
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    closers.push(await lockState(stateDir));
    const account = await openAccount({
      stateDir,
      region,
      accountId,
      images,
      modelServers,
      pace,
      jupyterPath: options.jupyterPath,
      logger,
    });
    closers.push(() => account.close());
    const server = buildServer(account);
    closers.push(() => server.close());
    if (options.proxyIdentity) answerForAws(server.server, options.proxyIdentity);
    await server.listen({ host, port });
    const { port: bound } = server.server.address() as AddressInfo;
    const url = `http://${reachable(host)}:${bound}`;
    await account.notebooks.open(url);
    return { url, region, accountId, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The host for a URL of one's own: an address that means "any" is no place to connect to. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
