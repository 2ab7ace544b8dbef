import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteObjectsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { startLocalSageMaker } from '../../src/local/start.ts';

/**
 * What the contract suites run against: the embedded SageMaker, or AWS with REMOTE=1, which then needs credentials, a region,
 * SAGEMAKER_ROLE_ARN and TEST_BUCKET, costs money and takes minutes where the other takes seconds:
 * `REMOTE=1 npx tap --disable-coverage --timeout 3600 test/contract/*.test.ts`. Suites say only what is true of both, and take
 * away what they make: what they put into the bucket goes by itself, training and transform jobs, which cost nothing once they are over, stay.
 */
export async function openTarget() {
  const remote = process.env.REMOTE === '1';
  const local = remote ? undefined : await startLocal();
  const client = local ? { ...local.client, maxAttempts: 1 } : {};
  const sts = new STSClient(client);
  const { Account: accountId = '' } = await sts.send(new GetCallerIdentityCommand({}));
  const clients = {
    sagemaker: new SageMakerClient(client),
    runtime: new SageMakerRuntimeClient(client),
    s3: new S3Client(client),
    logs: new CloudWatchLogsClient(client),
    sts,
  };
  const region = await clients.sagemaker.config.region();
  const bucket = remote ? setting('TEST_BUCKET') : 'contract';
  const names: string[] = [];
  return {
    ...clients,
    accountId,
    region,
    arn: (type: string, name: string) => `arn:aws:sagemaker:${region}:${accountId}:${type}/${name.toLowerCase()}`,
    roleArn: remote ? setting('SAGEMAKER_ROLE_ARN') : `arn:aws:iam::${accountId}:role/sagemaker`,
    bucket,
    /** False when the bucket is the suite's to create. */
    bucketExists: remote,
    image: `${accountOf(region)}.dkr.ecr.${region}.amazonaws.com/sagemaker-xgboost:1.7-1`,
    /** For waiters, seconds. */
    pace: remote
      ? { maxWaitTime: 1800, minDelay: 10, maxDelay: 30 }
      : { maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.1 },
    /** Names that no run before has used. */
    unique(name: string) {
      const unique = `${name}-${Date.now().toString(36)}`;
      names.push(unique);
      return unique;
    },
    /** Deletes what is still there of these, whatever else went wrong. */
    async remove({
      endpoints = [],
      configs = [],
      models = [],
    }: Partial<Record<'endpoints' | 'configs' | 'models', string[]>>) {
      const { sagemaker } = clients;
      await Promise.allSettled([
        ...endpoints.map((EndpointName) => sagemaker.send(new DeleteEndpointCommand({ EndpointName }))),
        ...configs.map((EndpointConfigName) => sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName }))),
        ...models.map((ModelName) => sagemaker.send(new DeleteModelCommand({ ModelName }))),
      ]);
    },
    async close() {
      await Promise.all(names.map((name) => empty(clients.s3, bucket, `${name}/`)));
      for (const each of Object.values(clients)) each.destroy();
      await local?.close();
    },
  };
}

export type Target = Awaited<ReturnType<typeof openTarget>>;

const xgboostAccounts: Record<string, string> = {
  'us-east-1': '683313688378',
  'us-east-2': '257758044811',
  'us-west-1': '746614075791',
  'us-west-2': '246618743249',
  'eu-west-1': '141502667606',
  'eu-west-2': '764974769150',
  'eu-central-1': '492215442770',
  'ap-northeast-1': '354813040037',
};

function accountOf(region: string): string {
  const account = xgboostAccounts[region];
  if (account) return account;
  throw new Error(`The account of SageMaker's images in ${region} is not known here: ${Object.keys(xgboostAccounts)}`);
}

/** Of a bucket that may not have come to be. */
async function empty(s3: S3Client, Bucket: string, Prefix: string): Promise<void> {
  for (;;) {
    const { Contents } = await s3
      .send(new ListObjectsV2Command({ Bucket, Prefix }))
      .catch(() => ({ Contents: undefined }));
    if (!Contents?.length) return;
    const Objects = Contents.map(({ Key }) => ({ Key }));
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  }
}

async function startLocal() {
  const stateDir = await mkdtemp(join(tmpdir(), 'local-sagemaker-'));
  const sagemaker = await startLocalSageMaker({ stateDir });
  return {
    client: {
      endpoint: sagemaker.url,
      region: sagemaker.region,
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    },
    async close() {
      await sagemaker.close();
      await rm(stateDir, { recursive: true });
    },
  };
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`REMOTE=1 needs ${name}`);
  return value;
}
