import {
  CreateTransformJobCommand,
  DescribeTransformJobCommand,
  ListTransformJobsCommand,
  StopTransformJobCommand,
  type TransformInstanceType,
  type TransformJobStatus,
} from '@aws-sdk/client-sagemaker';
import type { Aws } from './aws.ts';
import { defined } from './defined.ts';
import { sending } from './fault.ts';
import { type ListQuery, listInput } from './list-query.ts';
import { managedTag } from './managed-tag.ts';

/** All that SageMaker has to be told to send lines of CSV through a model. */
export interface TransformJobOrder {
  readonly name: string;
  /** Model in SageMaker. */
  readonly model: string;
  readonly inputUri: string;
  readonly outputUri: string;
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly strategy: 'MultiRecord' | 'SingleRecord';
  readonly maxPayloadMB: number;
  readonly maxConcurrent: number;
}

const time = (date: Date | undefined): string | undefined => date?.toISOString();

export async function createTransformJob(aws: Aws, order: TransformJobOrder): Promise<void> {
  const command = new CreateTransformJobCommand({
    TransformJobName: order.name,
    ModelName: order.model,
    BatchStrategy: order.strategy,
    MaxPayloadInMB: order.maxPayloadMB,
    MaxConcurrentTransforms: order.maxConcurrent,
    TransformInput: {
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: order.inputUri } },
      ContentType: 'text/csv',
      SplitType: 'Line',
    },
    TransformOutput: { S3OutputPath: order.outputUri, Accept: 'text/csv', AssembleWith: 'Line' },
    TransformResources: {
      InstanceType: order.instanceType as TransformInstanceType,
      InstanceCount: order.instanceCount,
    },
    Tags: [managedTag],
  });
  await sending(aws.sagemaker.send(command));
}

/** @throws GatewayError not_found */
export async function describeTransformJob(aws: Aws, name: string) {
  const job = await sending(aws.sagemaker.send(new DescribeTransformJobCommand({ TransformJobName: name })));
  return defined({
    name: job.TransformJobName ?? name,
    arn: job.TransformJobArn ?? '',
    status: job.TransformJobStatus ?? 'InProgress',
    failureReason: job.FailureReason,
    model: job.ModelName ?? '',
    inputUri: job.TransformInput?.DataSource?.S3DataSource?.S3Uri,
    outputUri: job.TransformOutput?.S3OutputPath,
    instanceType: job.TransformResources?.InstanceType,
    instanceCount: job.TransformResources?.InstanceCount,
    createdAt: time(job.CreationTime),
    startedAt: time(job.TransformStartTime),
    endedAt: time(job.TransformEndTime),
  });
}

export type TransformJobQuery = ListQuery<TransformJobStatus>;

/** A page of all the jobs of the account and region. */
export async function listTransformJobs(aws: Aws, query: TransformJobQuery) {
  const page = await sending(aws.sagemaker.send(new ListTransformJobsCommand(listInput(query))));
  return defined({
    items: (page.TransformJobSummaries ?? []).map((job) =>
      defined({
        name: job.TransformJobName ?? '',
        status: job.TransformJobStatus ?? 'InProgress',
        createdAt: time(job.CreationTime),
        endedAt: time(job.TransformEndTime),
      }),
    ),
    nextToken: page.NextToken,
  });
}

export async function stopTransformJob(aws: Aws, name: string): Promise<void> {
  await sending(aws.sagemaker.send(new StopTransformJobCommand({ TransformJobName: name })));
}
