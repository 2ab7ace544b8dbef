import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { startLocalSageMaker } from '../../src/local/start.ts';

/**
 * What the contract suites run against: the embedded SageMaker, or AWS with REMOTE=1, which then needs credentials, a region,
 * SAGEMAKER_ROLE_ARN and TEST_BUCKET, costs money and takes minutes where the other takes seconds. Suites say only what is true of both.
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
  return {
    ...clients,
    accountId,
    region,
    arn: (type: string, name: string) => `arn:aws:sagemaker:${region}:${accountId}:${type}/${name.toLowerCase()}`,
    roleArn: remote ? setting('SAGEMAKER_ROLE_ARN') : `arn:aws:iam::${accountId}:role/sagemaker`,
    bucket: remote ? setting('TEST_BUCKET') : 'contract',
    /** False when the bucket is the suite's to create. */
    bucketExists: remote,
    image: `${xgboostAccounts[region] ?? accountId}.dkr.ecr.${region}.amazonaws.com/sagemaker-xgboost:1.7-1`,
    /** For waiters, seconds. */
    pace: remote
      ? { maxWaitTime: 1800, minDelay: 10, maxDelay: 30 }
      : { maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.1 },
    /** Names that no run before has used. */
    unique: (name: string) => `${name}-${Date.now().toString(36)}`,
    async close() {
      for (const each of Object.values(clients)) each.destroy();
      await local?.close();
    },
  };
}

export type Target = Awaited<ReturnType<typeof openTarget>>;

const xgboostAccounts: Record<string, string> = {
  'us-east-1': '683313688378',
  'us-east-2': '257758044811',
  'us-west-2': '246618743249',
  'eu-west-1': '141502667606',
  'eu-central-1': '492215442770',
};

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
