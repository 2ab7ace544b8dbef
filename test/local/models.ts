import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  type ContainerDefinition,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  waitUntilTrainingJobCompletedOrStopped,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { pack } from 'tar-stream';
import type { connect } from './clients.ts';

type Clients = ReturnType<typeof connect>;

export const xgboostImage = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1';
const role = 'arn:aws:iam::000000000000:role/sagemaker';
const pace = { maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.05 };

export function trainingRequest(name: string, image: string, hyperParameters: Record<string, string>) {
  return {
    TrainingJobName: name,
    RoleArn: role,
    AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' as const },
    HyperParameters: hyperParameters,
    OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
    ResourceConfig: { InstanceType: 'ml.m5.large' as const, InstanceCount: 1, VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
  };
}

/** Trains `model` in the bucket named `bucket`: it scores high what has a first feature above a half. */
export async function trainModel({ sagemaker, s3 }: Clients, name: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const rows = Array.from({ length: 100 }, (_, at) => `${at % 2},${(at % 2) * 0.5 + (at % 47) / 100}`).join('\n');
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'train/data.csv', Body: rows }));
  await sagemaker.send(
    new CreateTrainingJobCommand({
      ...trainingRequest(name, xgboostImage, { num_round: '2', objective: 'binary:logistic' }),
      InputDataConfig: [
        {
          ChannelName: 'train',
          ContentType: 'text/csv',
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://bucket/train' } },
        },
      ],
    }),
  );
  await waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, ...pace }, { TrainingJobName: name });
  await createModel({ sagemaker }, name, `s3://bucket/out/${name}/output/model.tar.gz`);
}

export async function createModel(clients: Pick<Clients, 'sagemaker'>, name: string, url: string): Promise<void> {
  await createModelOf(clients, name, xgboostImage, { ModelDataUrl: url });
}

/** A model of any image. */
export async function createModelOf(
  { sagemaker }: Pick<Clients, 'sagemaker'>,
  name: string,
  Image: string,
  more: Partial<ContainerDefinition> = {},
): Promise<void> {
  const container = { Image, ...more };
  await sagemaker.send(
    new CreateModelCommand({ ModelName: name, ExecutionRoleArn: role, PrimaryContainer: container }),
  );
}

/** A configuration whose variants, by name, serve these models with these weights. */
export async function createConfig(
  { sagemaker }: Clients,
  name: string,
  variants: Record<string, [model: string, weight?: number]>,
  instances = 1,
): Promise<void> {
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: name,
      ProductionVariants: Object.entries(variants).map(([VariantName, [ModelName, InitialVariantWeight]]) => ({
        VariantName,
        ModelName,
        InitialVariantWeight,
        InitialInstanceCount: instances,
        InstanceType: 'ml.m5.large',
      })),
    }),
  );
}

export async function createEndpoint({ sagemaker }: Clients, name: string, config: string): Promise<void> {
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: config }));
}

/** The endpoint when nothing is under way any more. */
export async function settled({ sagemaker }: Clients, EndpointName: string): Promise<DescribeEndpointCommandOutput> {
  for (;;) {
    const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
    if (endpoint.EndpointStatus === 'InService' || endpoint.EndpointStatus === 'Failed') return endpoint;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Variant that answered, and its score. */
export async function score({ runtime }: Clients, EndpointName: string, row = '0.9', more = {}) {
  const answer = await runtime.send(
    new InvokeEndpointCommand({ EndpointName, ContentType: 'text/csv', Body: row, ...more }),
  );
  return { variant: answer.InvokedProductionVariant, score: Number(Buffer.from(answer.Body).toString()) };
}

export async function tarGz(files: Record<string, string>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive) pieces.push(piece as Buffer);
  return gzipSync(Buffer.concat(pieces));
}
