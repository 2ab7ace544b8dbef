import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  ListTrainingJobsCommand,
  StopTrainingJobCommand,
  type TrainingJobStatus,
} from '@aws-sdk/client-sagemaker';
import { GatewayError } from '../errors.ts';
import type { Aws } from './aws.ts';
import { defined } from './defined.ts';
import { sending } from './fault.ts';
import { type ListQuery, listInput } from './list-query.ts';
import { tagsOf } from './managed-tag.ts';
import { type TrainingSettings, trainingSettings } from './training-settings.ts';

/** All that SageMaker has to be told to train. */
export interface TrainingJobOrder extends TrainingSettings {
  readonly name: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

const time = (date: Date | undefined): string | undefined => date?.toISOString();

export async function createTrainingJob(aws: Aws, order: TrainingJobOrder): Promise<void> {
  const command = new CreateTrainingJobCommand({
    ...trainingSettings(order),
    TrainingJobName: order.name,
    HyperParameters: order.hyperparameters,
    Tags: tagsOf(order.tags),
  });
  await sending(aws.sagemaker.send(command));
}

export type TrainingJobState = Awaited<ReturnType<typeof describeTrainingJob>>;

/** @throws GatewayError not_found */
export async function describeTrainingJob(aws: Aws, name: string) {
  const job = await sending(aws.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name })));
  return defined({
    name,
    arn: job.TrainingJobArn ?? '',
    status: job.TrainingJobStatus ?? 'InProgress',
    secondaryStatus: job.SecondaryStatus ?? 'Starting',
    transitions: (job.SecondaryStatusTransitions ?? []).map((transition) =>
      defined({
        status: transition.Status ?? 'Starting',
        startedAt: time(transition.StartTime),
        endedAt: time(transition.EndTime),
        message: transition.StatusMessage,
      }),
    ),
    metrics: Object.fromEntries(
      (job.FinalMetricDataList ?? []).map(({ MetricName = '', Value = 0 }) => [MetricName, Value]),
    ),
    image: job.AlgorithmSpecification?.TrainingImage,
    hyperparameters: job.HyperParameters ?? {},
    inputs: Object.fromEntries(
      (job.InputDataConfig ?? []).map(({ ChannelName = '', DataSource }) => [
        ChannelName,
        DataSource?.S3DataSource?.S3Uri ?? '',
      ]),
    ),
    instanceType: job.ResourceConfig?.InstanceType,
    instanceCount: job.ResourceConfig?.InstanceCount,
    volumeSizeGB: job.ResourceConfig?.VolumeSizeInGB,
    maxRuntimeSeconds: job.StoppingCondition?.MaxRuntimeInSeconds,
    spot: job.EnableManagedSpotTraining || undefined,
    tuningJob: job.TuningJobArn?.replace(/^.*\//, ''),
    // SageMaker names the place from the start; something is there when the job has ended well or was stopped.
    modelArtifacts:
      job.TrainingJobStatus === 'Completed' || job.TrainingJobStatus === 'Stopped'
        ? job.ModelArtifacts?.S3ModelArtifacts
        : undefined,
    failureReason: job.FailureReason,
    createdAt: time(job.CreationTime),
    startedAt: time(job.TrainingStartTime),
    endedAt: time(job.TrainingEndTime),
    billableSeconds: job.BillableTimeInSeconds,
  });
}

/** Undefined when there is no such job. */
export async function findTrainingJob(aws: Aws, name: string): Promise<TrainingJobState | undefined> {
  try {
    return await describeTrainingJob(aws, name);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'not_found') return undefined;
    throw error;
  }
}

export type TrainingJobQuery = ListQuery<TrainingJobStatus>;

/** A page of all the jobs of the account and region. */
export async function listTrainingJobs(aws: Aws, query: TrainingJobQuery) {
  const page = await sending(aws.sagemaker.send(new ListTrainingJobsCommand(listInput(query))));
  return defined({
    items: (page.TrainingJobSummaries ?? []).map((job) =>
      defined({
        name: job.TrainingJobName ?? '',
        status: job.TrainingJobStatus ?? 'InProgress',
        secondaryStatus: job.SecondaryStatus,
        createdAt: time(job.CreationTime),
        endedAt: time(job.TrainingEndTime),
      }),
    ),
    nextToken: page.NextToken,
  });
}

export async function stopTrainingJob(aws: Aws, name: string): Promise<void> {
  await sending(aws.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name })));
}
