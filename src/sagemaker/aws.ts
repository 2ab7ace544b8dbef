import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECRClient } from '@aws-sdk/client-ecr';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Config } from '../config/schema.ts';
import { planCallsOf } from './dry-run.ts';

/** The AWS clients of one gateway, sharing region and credentials, and what the gateway has to know of the account. */
export interface Aws {
  readonly sagemaker: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;
  readonly s3: S3Client;
  readonly logs: CloudWatchLogsClient;
  readonly cloudwatch: CloudWatchClient;
  readonly scaling: ApplicationAutoScalingClient;
  readonly ecr: ECRClient;
  readonly sts: STSClient;
  region(): Promise<string>;
  /** The 12-digit account, asked once. */
  accountId(): Promise<string>;
  close(): void;
}

/** Where AWS is; set in local mode. Without it the SDK's own resolution holds (region, AWS_ENDPOINT_URL_…, credentials chain). */
export interface AwsTarget {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export function createAws(config: Pick<Config, 'aws'>, target?: AwsTarget): Aws {
  const region = target?.region ?? config.aws.region;
  const common = { ...(region === undefined ? {} : { region }), ...target, maxAttempts: 3 };
  const sagemaker = new SageMakerClient(common);
  // A stream holds its connection for minutes, and the SDK's usual 50 would make the next one wait.
  const agent = { maxSockets: 1_024, keepAlive: true };
  const runtime = new SageMakerRuntimeClient({
    ...common,
    requestHandler: { httpAgent: agent, httpsAgent: agent },
  });
  // Virtual-host addressing (bucket.host) needs DNS names that a server on loopback, named by its address, does not have.
  const s3 = new S3Client({
    ...common,
    forcePathStyle: target !== undefined || process.env.AWS_ENDPOINT_URL_S3 !== undefined,
  });
  const logs = new CloudWatchLogsClient(common);
  const cloudwatch = new CloudWatchClient(common);
  const scaling = new ApplicationAutoScalingClient(common);
  const ecr = new ECRClient(common);
  const sts = new STSClient(common);
  const clients = [sagemaker, runtime, s3, logs, cloudwatch, scaling, ecr, sts];
  for (const client of clients) planCallsOf(client);
  let account: Promise<string> | undefined;

  return {
    sagemaker,
    runtime,
    s3,
    logs,
    cloudwatch,
    scaling,
    ecr,
    sts,
    region: () => sagemaker.config.region(),
    accountId() {
      account ??= sts.send(new GetCallerIdentityCommand({})).then(({ Account }) => Account ?? '');
      // A failure is not kept: the next caller asks again.
      account.catch(() => {
        account = undefined;
      });
      return account;
    },
    close() {
      for (const client of clients) client.destroy();
    },
  };
}
