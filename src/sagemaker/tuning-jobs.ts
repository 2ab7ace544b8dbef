import {
  CreateHyperParameterTuningJobCommand,
  DescribeHyperParameterTuningJobCommand,
  type HyperParameterTrainingJobSummary,
  ListHyperParameterTuningJobsCommand,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  StopHyperParameterTuningJobCommand,
} from '@aws-sdk/client-sagemaker';
import type { Aws } from './aws.ts';
import { defined } from './defined.ts';
import { sending } from './fault.ts';
import { type ListQuery, listInput } from './list-query.ts';
import { tagsOf } from './managed-tag.ts';
import { type TrainingSettings, trainingSettings } from './training-settings.ts';

type Scaling = 'Auto' | 'Linear' | 'Logarithmic' | 'ReverseLogarithmic';

/** Values to try of one hyperparameter. */
export type TuningRange =
  | { readonly type: 'integer' | 'continuous'; readonly min: number; readonly max: number; readonly scaling?: Scaling }
  | { readonly type: 'categorical'; readonly values: readonly (string | number | boolean)[] };

/** All that SageMaker has to be told to search for hyperparameters. */
export interface TuningJobOrder extends TrainingSettings {
  readonly name: string;
  readonly strategy: 'Bayesian' | 'Random' | 'Grid' | 'Hyperband';
  readonly objective: { readonly metric: string; readonly goal: 'minimize' | 'maximize' };
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly ranges: Readonly<Record<string, TuningRange>>;
  readonly maxJobs?: number;
  readonly maxParallel: number;
  readonly earlyStopping: boolean;
  readonly targetValue?: number;
  readonly seed?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

const time = (date: Date | undefined): string | undefined => date?.toISOString();

function parameterRanges(ranges: TuningJobOrder['ranges']) {
  const all = Object.entries(ranges);
  const numeric = (wanted: 'integer' | 'continuous') =>
    all.flatMap(([Name, range]) =>
      range.type === wanted
        ? [{ Name, MinValue: String(range.min), MaxValue: String(range.max), ScalingType: range.scaling ?? 'Auto' }]
        : [],
    );
  return {
    IntegerParameterRanges: numeric('integer'),
    ContinuousParameterRanges: numeric('continuous'),
    CategoricalParameterRanges: all.flatMap(([Name, range]) =>
      range.type === 'categorical' ? [{ Name, Values: range.values.map(String) }] : [],
    ),
  };
}

export async function createTuningJob(aws: Aws, order: TuningJobOrder): Promise<void> {
  const command = new CreateHyperParameterTuningJobCommand({
    HyperParameterTuningJobName: order.name,
    HyperParameterTuningJobConfig: {
      Strategy: order.strategy,
      HyperParameterTuningJobObjective: {
        Type: order.objective.goal === 'minimize' ? 'Minimize' : 'Maximize',
        MetricName: order.objective.metric,
      },
      ResourceLimits: { MaxNumberOfTrainingJobs: order.maxJobs, MaxParallelTrainingJobs: order.maxParallel },
      ParameterRanges: parameterRanges(order.ranges),
      TrainingJobEarlyStoppingType: order.earlyStopping ? 'Auto' : 'Off',
      ...(order.targetValue === undefined
        ? {}
        : { TuningJobCompletionCriteria: { TargetObjectiveMetricValue: order.targetValue } }),
      RandomSeed: order.seed,
    },
    TrainingJobDefinition: { ...trainingSettings(order), StaticHyperParameters: order.hyperparameters },
    Tags: tagsOf(order.tags),
  });
  await sending(aws.sagemaker.send(command));
}

const trial = (job: HyperParameterTrainingJobSummary) =>
  defined({
    name: job.TrainingJobName ?? '',
    status: job.TrainingJobStatus ?? 'InProgress',
    hyperparameters: job.TunedHyperParameters ?? {},
    objective: job.FinalHyperParameterTuningJobObjectiveMetric?.Value,
    failureReason: job.FailureReason,
    createdAt: time(job.CreationTime),
    startedAt: time(job.TrainingStartTime),
    endedAt: time(job.TrainingEndTime),
  });

/** @throws GatewayError not_found */
export async function describeTuningJob(aws: Aws, name: string) {
  const job = await sending(
    aws.sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name })),
  );
  const {
    Strategy,
    HyperParameterTuningJobObjective: objective,
    ResourceLimits,
  } = job.HyperParameterTuningJobConfig ?? {};
  const { Completed = 0, InProgress = 0, Stopped = 0, NonRetryableError = 0 } = job.TrainingJobStatusCounters ?? {};
  const { TrainingJobDefinition: training } = job;
  return defined({
    name: job.HyperParameterTuningJobName ?? name,
    arn: job.HyperParameterTuningJobArn ?? '',
    status: job.HyperParameterTuningJobStatus ?? 'InProgress',
    failureReason: job.FailureReason,
    strategy: Strategy ?? 'Bayesian',
    objective: objective && {
      metric: objective.MetricName ?? '',
      goal: objective.Type === 'Minimize' ? ('minimize' as const) : ('maximize' as const),
    },
    jobs: defined({
      completed: Completed,
      running: InProgress,
      stopped: Stopped,
      failed: NonRetryableError,
      most: ResourceLimits?.MaxNumberOfTrainingJobs,
    }),
    best: job.BestTrainingJob?.TrainingJobName === undefined ? undefined : trial(job.BestTrainingJob),
    image: training?.AlgorithmSpecification?.TrainingImage,
    instanceType: training?.ResourceConfig?.InstanceType,
    instanceCount: training?.ResourceConfig?.InstanceCount,
    trainingSeconds: job.ConsumedResources?.RuntimeInSeconds,
    createdAt: time(job.CreationTime),
    endedAt: time(job.HyperParameterTuningEndTime),
  });
}

export type TuningJobQuery = ListQuery<'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped'>;

/** A page of all the jobs of the account and region. */
export async function listTuningJobs(aws: Aws, query: TuningJobQuery) {
  const page = await sending(aws.sagemaker.send(new ListHyperParameterTuningJobsCommand(listInput(query))));
  return defined({
    items: (page.HyperParameterTuningJobSummaries ?? []).map((job) =>
      defined({
        name: job.HyperParameterTuningJobName ?? '',
        status: job.HyperParameterTuningJobStatus ?? 'InProgress',
        createdAt: time(job.CreationTime),
        endedAt: time(job.HyperParameterTuningEndTime),
      }),
    ),
    nextToken: page.NextToken,
  });
}

/** All training jobs of a tuning job, of which there are 750 at most. */
export async function listTrials(aws: Aws, name: string) {
  const trials: ReturnType<typeof trial>[] = [];
  let NextToken: string | undefined;
  do {
    const page = await sending(
      aws.sagemaker.send(
        new ListTrainingJobsForHyperParameterTuningJobCommand({
          HyperParameterTuningJobName: name,
          MaxResults: 100,
          NextToken,
        }),
      ),
    );
    trials.push(...(page.TrainingJobSummaries ?? []).map(trial));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return trials;
}

export async function stopTuningJob(aws: Aws, name: string): Promise<void> {
  await sending(aws.sagemaker.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name })));
}
