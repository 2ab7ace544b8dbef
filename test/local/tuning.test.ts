import {
  CreateHyperParameterTuningJobCommand,
  type CreateHyperParameterTuningJobCommandInput,
  DeleteHyperParameterTuningJobCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeTrainingJobCommand,
  ListHyperParameterTuningJobsCommand,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  StopHyperParameterTuningJobCommand,
} from '@aws-sdk/client-sagemaker';
import t from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { trainModel, xgboostImage } from './models.ts';
import { sandbox } from './sandbox.ts';

const stateDir = await sandbox(t);
const curve = { command: process.execPath, args: [`${import.meta.dirname}/curve-container.ts`] };
const options = { stateDir, images: { curve } };
let local = await startLocalSageMaker(options);
let clients = connect(local);
t.teardown(async () => {
  clients.close();
  await local.close();
});

type Request = CreateHyperParameterTuningJobCommandInput;
type Config = NonNullable<Request['HyperParameterTuningJobConfig']>;
type Definition = NonNullable<Request['TrainingJobDefinition']>;

const xRange = { ContinuousParameterRanges: [{ Name: 'x', MinValue: '0', MaxValue: '1' }] };
const definition = (more: Partial<Definition> = {}): Definition => ({
  StaticHyperParameters: {},
  AlgorithmSpecification: {
    TrainingImage: 'curve',
    TrainingInputMode: 'File',
    MetricDefinitions: [{ Name: 'loss', Regex: 'loss=([-+0-9.e]+)' }],
  },
  RoleArn: 'arn:aws:iam::000000000000:role/sagemaker',
  OutputDataConfig: { S3OutputPath: 's3://bucket/tuned' },
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
  StoppingCondition: { MaxRuntimeInSeconds: 60 },
  ...more,
});

let count = 0;
async function create(config: Partial<Config>, training: Partial<Definition> = {}, more: Partial<Request> = {}) {
  const HyperParameterTuningJobName = `Tune-${++count}`;
  await clients.sagemaker.send(
    new CreateHyperParameterTuningJobCommand({
      HyperParameterTuningJobName,
      HyperParameterTuningJobConfig: {
        Strategy: 'Random',
        HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'loss' },
        ResourceLimits: { MaxNumberOfTrainingJobs: 4, MaxParallelTrainingJobs: 2 },
        ParameterRanges: xRange,
        RandomSeed: 7,
        ...config,
      },
      TrainingJobDefinition: definition(training),
      ...more,
    }),
  );
  return HyperParameterTuningJobName;
}
const describe = (HyperParameterTuningJobName: string) =>
  clients.sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName }));
async function until(name: string, test: (job: Awaited<ReturnType<typeof describe>>) => boolean) {
  for (;;) {
    const job = await describe(name);
    if (test(job)) return job;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const end = (name: string) =>
  until(name, (job) => !/^(InProgress|Stopping)$/.test(String(job.HyperParameterTuningJobStatus)));
async function trials(HyperParameterTuningJobName: string, more = {}) {
  const { TrainingJobSummaries = [] } = await clients.sagemaker.send(
    new ListTrainingJobsForHyperParameterTuningJobCommand({ HyperParameterTuningJobName, MaxResults: 100, ...more }),
  );
  return TrainingJobSummaries;
}
const lossOf = (trial: Awaited<ReturnType<typeof trials>>[number] | undefined) =>
  trial?.FinalHyperParameterTuningJobObjectiveMetric?.Value ?? Number.NaN;

t.before(() => trainModel(clients, 'first'));

t.test('a random search of the built-in algorithm finds its best training job', async (t) => {
  const name = await create(
    {
      HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'validation:auc' },
      ParameterRanges: {
        IntegerParameterRanges: [{ Name: 'max_depth', MinValue: '1', MaxValue: '4' }],
        ContinuousParameterRanges: [{ Name: 'eta', MinValue: '0.01', MaxValue: '1', ScalingType: 'Logarithmic' }],
        CategoricalParameterRanges: [{ Name: 'tree_method', Values: ['hist', 'auto'] }],
      },
    },
    {
      StaticHyperParameters: { num_round: '3', objective: 'binary:logistic', eval_metric: 'auc' },
      AlgorithmSpecification: { TrainingImage: xgboostImage, TrainingInputMode: 'File' },
      InputDataConfig: ['train', 'validation'].map((ChannelName) => ({
        ChannelName,
        ContentType: 'text/csv',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: 's3://bucket/train' } },
      })),
    },
  );
  const job = await end(name);
  t.match(job, {
    HyperParameterTuningJobArn: /:hyper-parameter-tuning-job\/tune-1$/,
    HyperParameterTuningJobStatus: 'Completed',
    TrainingJobStatusCounters: { Completed: 4, InProgress: 0, Stopped: 0, NonRetryableError: 0 },
    ObjectiveStatusCounters: { Succeeded: 4, Pending: 0, Failed: 0 },
    HyperParameterTuningEndTime: Date,
    BestTrainingJob: {
      TrainingJobName: new RegExp(`^${name}-00[1-4]-[0-9a-f]{8}$`),
      TrainingJobStatus: 'Completed',
      ObjectiveStatus: 'Succeeded',
      FinalHyperParameterTuningJobObjectiveMetric: { Type: 'Maximize', MetricName: 'validation:auc', Value: Number },
      TunedHyperParameters: { eta: /^0|1/, max_depth: /^[1-4]$/, tree_method: /^(hist|auto)$/ },
    },
  });
  const all = await trials(name, { SortBy: 'FinalObjectiveMetricValue', SortOrder: 'Descending' });
  t.equal(all.length, 4);
  t.equal(lossOf(all[0]), lossOf(job.BestTrainingJob), 'the best one is the best');
  const best = await clients.sagemaker.send(
    new DescribeTrainingJobCommand({ TrainingJobName: job.BestTrainingJob?.TrainingJobName }),
  );
  t.match(best, {
    TuningJobArn: job.HyperParameterTuningJobArn,
    HyperParameters: { num_round: '3', _tuning_objective_metric: 'validation:auc' },
    ModelArtifacts: { S3ModelArtifacts: /^s3:\/\/bucket\/tuned\/Tune-1-00\d-/ },
  });
});

t.test('a grid is searched whole, each combination once, and never more at once than allowed', async (t) => {
  const name = await create(
    {
      Strategy: 'Grid',
      ResourceLimits: { MaxParallelTrainingJobs: 2 },
      ParameterRanges: {
        CategoricalParameterRanges: [
          { Name: 'kind', Values: ['good', 'bad'] },
          { Name: 'x', Values: ['0.1', '0.3', '0.9'] },
        ],
      },
    },
    { StaticHyperParameters: { pause: '50' } },
  );
  let most = 0;
  await until(name, (job) => {
    most = Math.max(most, job.TrainingJobStatusCounters?.InProgress ?? 0);
    return job.HyperParameterTuningJobStatus === 'Completed';
  });
  t.equal(most, 2);
  const tried = (await trials(name)).map(({ TunedHyperParameters: values }) => `${values?.kind} ${values?.x}`);
  t.strictSame(tried.toSorted(), ['bad 0.1', 'bad 0.3', 'bad 0.9', 'good 0.1', 'good 0.3', 'good 0.9']);
  t.match((await describe(name)).BestTrainingJob?.TunedHyperParameters, { kind: 'good', x: '0.3' });
});

t.test('a Bayesian search learns where it is worth looking', async (t) => {
  const name = await create({
    Strategy: 'Bayesian',
    ParameterRanges: { ...xRange, CategoricalParameterRanges: [{ Name: 'kind', Values: ['good', 'bad'] }] },
    ResourceLimits: { MaxNumberOfTrainingJobs: 20, MaxParallelTrainingJobs: 2 },
  });
  await end(name);
  const losses = (await trials(name, { SortBy: 'Name', SortOrder: 'Ascending' })).map(lossOf);
  t.equal(losses.length, 20);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  t.ok(mean(losses.slice(-8)) < mean(losses.slice(0, 5)) / 2, 'the last trials are much better than the first');
  t.ok(Math.min(...losses) < 0.01);

  const warm = await create(
    { Strategy: 'Bayesian', ResourceLimits: { MaxNumberOfTrainingJobs: 3, MaxParallelTrainingJobs: 1 } },
    {},
    {
      WarmStartConfig: {
        ParentHyperParameterTuningJobs: [{ HyperParameterTuningJobName: name }],
        WarmStartType: 'TransferLearning',
      },
    },
  );
  const { OverallBestTrainingJob, BestTrainingJob } = await end(warm);
  t.ok(lossOf(BestTrainingJob) < 0.1, 'starts from what another has learnt');
  t.match(OverallBestTrainingJob, { TuningJobName: /^Tune-/ });
});

t.test('hopeless training jobs are stopped early', async (t) => {
  const slow = { StaticHyperParameters: { epochs: '20', pause: '25' } };
  const xs = { CategoricalParameterRanges: [{ Name: 'x', Values: ['0.3', '0.35', '0.4', '0.45', '0.9', '1'] }] };
  const auto = await create(
    {
      Strategy: 'Grid',
      ParameterRanges: xs,
      ResourceLimits: { MaxParallelTrainingJobs: 1 },
      TrainingJobEarlyStoppingType: 'Auto',
    },
    slow,
  );
  t.match(await end(auto), {
    HyperParameterTuningJobStatus: 'Completed',
    BestTrainingJob: { TunedHyperParameters: { x: '0.3' } },
  });
  const status = Object.fromEntries(
    (await trials(auto)).map((trial) => [trial.TunedHyperParameters?.x, trial.TrainingJobStatus]),
  );
  t.match(status, { '0.3': 'Completed', '0.4': 'Completed', '0.9': 'Stopped', '1': 'Stopped' });
  t.ok(
    (await trials(auto)).every(({ ObjectiveStatus }) => ObjectiveStatus === 'Succeeded'),
    'with what they had come to',
  );

  const hyperband = await create(
    {
      Strategy: 'Hyperband',
      StrategyConfig: { HyperbandStrategyConfig: { MinResource: 1, MaxResource: 20 } },
      ResourceLimits: { MaxNumberOfTrainingJobs: 9, MaxParallelTrainingJobs: 3 },
    },
    slow,
  );
  const { TrainingJobStatusCounters, BestTrainingJob } = await end(hyperband);
  t.ok(
    (TrainingJobStatusCounters?.Stopped ?? 0) >= 3,
    `${TrainingJobStatusCounters?.Stopped} of 9 did not go all the way`,
  );
  const all = (await trials(hyperband)).map(lossOf);
  t.equal(lossOf(BestTrainingJob), Math.min(...all));
});

t.test('it ends when it has what it looked for', async (t) => {
  const target = await create({
    ResourceLimits: { MaxNumberOfTrainingJobs: 50, MaxParallelTrainingJobs: 1 },
    TuningJobCompletionCriteria: { TargetObjectiveMetricValue: 0.2 },
  });
  t.match(await end(target), { HyperParameterTuningJobStatus: 'Completed' });
  t.ok((await trials(target)).length < 50);
  const patient = await create({
    ResourceLimits: { MaxNumberOfTrainingJobs: 50, MaxParallelTrainingJobs: 1 },
    TuningJobCompletionCriteria: { BestObjectiveNotImproving: { MaxNumberOfTrainingJobsNotImproving: 3 } },
  });
  await end(patient);
  const losses = (await trials(patient)).map(lossOf);
  t.equal(losses.indexOf(Math.min(...losses)), losses.length - 4);
});

t.test('several definitions take turns; failures are counted, and fail it when nothing is left', async (t) => {
  const [some, all] = await Promise.all([
    create(
      {},
      {},
      {
        TrainingJobDefinition: undefined,
        HyperParameterTuningJobConfig: {
          Strategy: 'Random',
          ResourceLimits: { MaxNumberOfTrainingJobs: 4, MaxParallelTrainingJobs: 1 },
        },
        TrainingJobDefinitions: ['well', 'ill'].map((DefinitionName) =>
          definition({
            DefinitionName,
            TuningObjective: { Type: 'Minimize', MetricName: 'loss' },
            HyperParameterRanges: xRange,
            StaticHyperParameters: DefinitionName === 'ill' ? { fail: '-1' } : {},
          }),
        ),
      },
    ),
    create({}, { StaticHyperParameters: { fail: '-1' } }),
  ]);
  t.match(await end(some), {
    HyperParameterTuningJobStatus: 'Completed',
    TrainingJobStatusCounters: { Completed: 2, NonRetryableError: 2 },
    ObjectiveStatusCounters: { Succeeded: 2, Failed: 2 },
    BestTrainingJob: { TrainingJobDefinitionName: 'well' },
  });
  t.match(await end(all), { HyperParameterTuningJobStatus: 'Failed', FailureReason: /^All training jobs failed/ });
});

t.test('what cannot be searched is refused', async (t) => {
  const refused = (message: RegExp, config: Partial<Config>, training = {}, more = {}) =>
    t.rejects(create(config, training, more), { name: 'ValidationException', message });
  const range = (
    MinValue: string,
    MaxValue: string,
    ScalingType: 'Auto' | 'Logarithmic' | 'ReverseLogarithmic' = 'Auto',
  ) => ({
    ParameterRanges: { ContinuousParameterRanges: [{ Name: 'x', MinValue, MaxValue, ScalingType }] },
  });
  await refused(/isn’t valid for the \[curve\] algorithm/, {
    HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'other' },
  });
  await refused(/categorical hyperparameters only/, { Strategy: 'Grid' });
  await refused(/\[2, 1\]/, range('2', '1'));
  await refused(/Logarithmic cannot be used/, range('0', '1', 'Logarithmic'));
  await refused(/ReverseLogarithmic cannot be used/, range('0', '1', 'ReverseLogarithmic'));
  await refused(/both static and to be tuned/, {}, { StaticHyperParameters: { x: '1' } });
  await refused(/cannot be greater than MaxNumberOfTrainingJobs/, {
    ResourceLimits: { MaxNumberOfTrainingJobs: 1, MaxParallelTrainingJobs: 2 },
  });
  await refused(/either TrainingJobDefinition or/, {}, {}, { TrainingJobDefinition: undefined });
  await refused(/Autotune/, {}, {}, { Autotune: { Mode: 'Enabled' } });
  await t.rejects(describe('none'), { name: 'ResourceNotFound' });
});

t.test('a job is stopped with its training jobs, listed, deleted, and does not survive its process', async (t) => {
  const endless = { StaticHyperParameters: { epochs: '1000', pause: '50' } };
  const stopped = await create({}, endless);
  await until(stopped, (job) => job.TrainingJobStatusCounters?.InProgress === 2);
  await clients.sagemaker.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: stopped }));
  t.match(await end(stopped), {
    HyperParameterTuningJobStatus: 'Stopped',
    TrainingJobStatusCounters: { Stopped: 2, InProgress: 0 },
  });
  t.match(await clients.sagemaker.send(new ListHyperParameterTuningJobsCommand({ StatusEquals: 'Stopped' })), {
    HyperParameterTuningJobSummaries: [{ HyperParameterTuningJobName: stopped, Strategy: 'Random' }],
  });
  const running = await create({}, endless);
  await t.rejects(
    clients.sagemaker.send(new DeleteHyperParameterTuningJobCommand({ HyperParameterTuningJobName: running })),
    { name: 'ValidationException' },
  );
  clients.close();
  await local.close();
  local = await startLocalSageMaker(options);
  clients = connect(local);
  t.match(await describe(running), {
    HyperParameterTuningJobStatus: 'Failed',
    FailureReason: /^InternalServerError/,
    TrainingJobStatusCounters: { InProgress: 0 },
  });
  await clients.sagemaker.send(new DeleteHyperParameterTuningJobCommand({ HyperParameterTuningJobName: stopped }));
  await t.rejects(describe(stopped), { name: 'ResourceNotFound' });
});
