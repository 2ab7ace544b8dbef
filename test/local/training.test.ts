import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DeleteTrainingJobCommand,
  DescribeTrainingJobCommand,
  ListTagsCommand,
  ListTrainingJobsCommand,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import t from 'tap';
import { extract } from 'tar-stream';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { sandbox } from './sandbox.ts';

const fake = { command: process.execPath, args: [`${import.meta.dirname}/fake-container.ts`] };
const server = await startLocalSageMaker({
  stateDir: await sandbox(t),
  images: { '*/fake:*': fake, missing: { command: '/no/such/program', args: [] } },
});
const { sagemaker, s3, logs, close } = connect(server);
t.teardown(async () => {
  close();
  await server.close();
});

const RoleArn = 'arn:aws:iam::000000000000:role/sagemaker';
const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body }));
const describe = (TrainingJobName: string) => sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
let count = 0;

async function start(mode: string, more: Partial<CreateTrainingJobCommandInput> = {}): Promise<string> {
  const TrainingJobName = `Job-${++count}`;
  await sagemaker.send(
    new CreateTrainingJobCommand({
      TrainingJobName,
      RoleArn,
      AlgorithmSpecification: { TrainingImage: 'here/fake:1', TrainingInputMode: 'File' },
      HyperParameters: { mode },
      OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
      ...more,
    }),
  );
  return TrainingJobName;
}

async function until(name: string, test: (job: Awaited<ReturnType<typeof describe>>) => boolean) {
  for (;;) {
    const job = await describe(name);
    if (test(job)) return job;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const end = (name: string) => until(name, (job) => !/^(InProgress|Stopping)$/.test(String(job.TrainingJobStatus)));

async function log(name: string): Promise<string[]> {
  const logGroupName = '/aws/sagemaker/TrainingJobs';
  const { logStreams } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${name}/` }),
  );
  const logStreamName = logStreams?.[0]?.logStreamName;
  const { events } = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }));
  return (events ?? []).map(({ message }) => String(message));
}

async function untar(Key: string): Promise<Record<string, string>> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key }));
  const entries = createGunzip()
    .end(await Body?.transformToByteArray())
    .pipe(extract());
  const files: Record<string, string> = {};
  for await (const entry of entries) files[entry.header.name] = await text(entry);
  return files;
}

t.before(async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await put('in/train/a.csv', 'a');
  await put('in/train/deep/b.csv', 'b');
  await put('in/train2.csv', '2');
  await put('in/manifest.json', JSON.stringify([{ prefix: 's3://bucket/in/' }, 'train/deep/b.csv', 'train2.csv']));
});

const channel = (ChannelName: string, S3Uri: string, S3DataType: 'S3Prefix' | 'ManifestFile' = 'S3Prefix') => ({
  ChannelName,
  ContentType: 'text/csv',
  DataSource: { S3DataSource: { S3DataType, S3Uri } },
});

t.test('the container finds what SageMaker gives it, and its work is kept', async (t) => {
  const name = await start('ok', {
    HyperParameters: { mode: 'ok', depth: '3' },
    Environment: { EXTRA: 'x' },
    InputDataConfig: [
      channel('folder', 's3://bucket/in/train/'),
      channel('plain', 's3://bucket/in/train'),
      channel('object', 's3://bucket/in/train/a.csv'),
      channel('listed', 's3://bucket/in/manifest.json', 'ManifestFile'),
    ],
    AlgorithmSpecification: {
      TrainingImage: 'here/fake:1',
      TrainingInputMode: 'File',
      MetricDefinitions: [
        { Name: 'loss', Regex: 'loss=([0-9.]+)' },
        { Name: 'acc', Regex: '.*#011acc=([-+0-9.e]+)' },
        { Name: 'never', Regex: 'never=(.*)' },
        { Name: 'python only', Regex: '(?P<x>.*)' },
      ],
    },
  });
  const job = await end(name);
  t.equal(job.TrainingJobStatus, 'Completed', job.FailureReason ?? 'no reason');
  t.same(Object.fromEntries(job.FinalMetricDataList?.map((each) => [each.MetricName, each.Value]) ?? []), {
    loss: 0.25,
    acc: 0.01,
  });

  const lines = await log(name);
  const seen = JSON.parse(lines.find((line) => line.startsWith('seen'))?.slice(5) ?? '');
  t.match(seen, { argv: ['train'], rest: { depth: '3' }, extra: 'x', hosts: ['algo-1'] });
  t.match(seen.channels.folder, {
    TrainingInputMode: 'File',
    ContentType: 'text/csv',
    S3DistributionType: 'FullyReplicated',
  });
  t.same(Object.fromEntries(seen.files), {
    '/folder/a.csv': 'a',
    '/folder/deep/b.csv': 'b',
    '/plain/train/a.csv': 'a',
    '/plain/train/deep/b.csv': 'b',
    '/plain/train2.csv': '2',
    '/object/a.csv': 'a',
    '/listed/train/deep/b.csv': 'b',
    '/listed/train2.csv': '2',
  });
  for (const line of ['to stderr', 'loss=0.5#011acc=0.1', 'reading /opt/ml/input/data'])
    t.ok(lines.includes(line), line);
  t.same(await untar(`out/${name}/output/model.tar.gz`), { 'model.json': '{"whole":true}' });
  t.same(await untar(`out/${name}/output/output.tar.gz`), { 'report.txt': 'report' });
});

t.test('failures say why', async (t) => {
  const cases = {
    fail: 'AlgorithmError: no good, exit code: 3',
    'client error': 'ClientError: bad data, exit code: 3',
    'silent failure': 'AlgorithmError: , exit code: 1',
  };
  for (const [mode, reason] of Object.entries(cases)) {
    t.match(await end(await start(mode)), {
      TrainingJobStatus: 'Failed',
      SecondaryStatus: 'Failed',
      FailureReason: reason,
      TrainingTimeInSeconds: Number,
    });
  }
  const image = (TrainingImage: string) => ({
    AlgorithmSpecification: { TrainingImage, TrainingInputMode: 'File' as const },
  });
  t.match(await end(await start('ok', image('nobody/knows:1'))), {
    FailureReason:
      /^ClientError: (No program is bound to the image "nobody\/knows:1", and no Docker engine answers\.|The image "nobody\/knows:1" cannot be run: .)/,
  });
  t.match(await end(await start('ok', image('missing'))), {
    FailureReason: /^ClientError: The program bound .* ENOENT/,
  });
  t.match(await end(await start('ok', { OutputDataConfig: { S3OutputPath: 's3://not-there/out' } })), {
    FailureReason: 'ClientError: Artifact upload failed:The specified bucket does not exist',
  });
  await put('in/bad.json', JSON.stringify([{ prefix: 's3://bucket/in/' }, 'gone.csv']));
  const listed = { InputDataConfig: [channel('train', 's3://bucket/in/bad.json', 'ManifestFile')] };
  t.match(await end(await start('ok', listed)), {
    FailureReason: /^ClientError: Data download failed:.*key does not exist/,
  });
});

t.test('a key that climbs out of its channel is refused', async (t) => {
  await put('climb/../../../../etc/x', 'x');
  const job = await end(await start('ok', { InputDataConfig: [channel('train', 's3://bucket/climb/')] }));
  t.match(job, { TrainingJobStatus: 'Failed', FailureReason: /^ClientError: Data download failed:/ });
});

t.test('metrics while it runs; stopped, it keeps the model so far', async (t) => {
  const definitions = { MetricDefinitions: [{ Name: 'loss', Regex: 'loss=([0-9.]+)' }] };
  const name = await start('wait', {
    AlgorithmSpecification: { TrainingImage: 'here/fake:1', TrainingInputMode: 'File', ...definitions },
  });
  const running = await until(name, (job) => job.FinalMetricDataList !== undefined);
  t.match(running, { SecondaryStatus: 'Training', FinalMetricDataList: [{ MetricName: 'loss', Value: 0.5 }] });
  await t.rejects(sagemaker.send(new DeleteTrainingJobCommand({ TrainingJobName: name })), { name: 'ResourceInUse' });
  await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name }));
  t.equal((await describe(name)).TrainingJobStatus, 'Stopping');
  const stopped = await end(name);
  t.match(stopped, {
    TrainingJobStatus: 'Stopped',
    SecondaryStatus: 'Stopped',
    FinalMetricDataList: [{ Value: 0.25 }],
  });
  t.same(stopped.SecondaryStatusTransitions?.map(({ Status }) => Status).slice(-3), [
    'Stopping',
    'Uploading',
    'Stopped',
  ]);
  t.same(await untar(`out/${name}/output/model.tar.gz`), { 'model.json': '{"whole":true}' });
  await t.rejects(sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name })), {
    name: 'ValidationException',
  });
  await sagemaker.send(new DeleteTrainingJobCommand({ TrainingJobName: name }));
  await t.rejects(describe(name), { name: 'ResourceNotFound' });
});

t.test('a job that takes too long', async (t) => {
  const job = await end(await start('wait', { StoppingCondition: { MaxRuntimeInSeconds: 1 } }));
  t.match(job, { TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxRuntimeExceeded' });
});

t.test('what is only kept is described back', async (t) => {
  const ResourceConfig = {
    InstanceType: 'ml.p3.2xlarge' as const,
    InstanceCount: 2,
    VolumeSizeInGB: 30,
    VolumeKmsKeyId: 'key',
  };
  const kept = {
    EnableManagedSpotTraining: true,
    StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 120 },
    CheckpointConfig: { S3Uri: 's3://bucket/checkpoints', LocalPath: '/opt/ml/checkpoints' },
    VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: ['subnet-1'] },
    EnableNetworkIsolation: true,
    EnableInterContainerTrafficEncryption: true,
    RetryStrategy: { MaximumRetryAttempts: 3 },
    ProfilerConfig: { DisableProfiler: true },
    ResourceConfig,
  };
  const job = await end(await start('ok', { ...kept, Tags: [{ Key: 'team', Value: 'a' }] }));
  t.match(job, { TrainingJobStatus: 'Completed', ...kept });
  t.ok(Number(job.BillableTimeInSeconds) >= 1);
  t.ok(Number(job.BillableTimeInSeconds) <= Number(job.TrainingTimeInSeconds));
  t.equal(job.WarmPoolStatus, undefined);
  const { Tags } = await sagemaker.send(new ListTagsCommand({ ResourceArn: job.TrainingJobArn }));
  t.same(Tags, [{ Key: 'team', Value: 'a' }]);
  for (const StoppingCondition of [
    { MaxRuntimeInSeconds: 60 },
    { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 59 },
  ]) {
    await t.rejects(start('ok', { EnableManagedSpotTraining: true, StoppingCondition }), {
      name: 'ValidationException',
      message: 'Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds',
    });
  }
});

t.test('a warm pool is in use, available, and another job’s', async (t) => {
  const warm = { InstanceType: 'ml.m5.large' as const, InstanceCount: 1, VolumeSizeInGB: 7 };
  const first = await start('wait', { ResourceConfig: { ...warm, KeepAlivePeriodInSeconds: 600 } });
  t.match(await describe(first), { WarmPoolStatus: { Status: 'InUse' } });
  await until(first, (job) => job.SecondaryStatus === 'Training');
  await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: first }));
  await end(first);
  const pool = { Status: 'Available', ResourceRetainedBillableTimeInSeconds: Number };
  t.match(await describe(first), { WarmPoolStatus: pool });
  await end(await start('ok', { ResourceConfig: { ...warm, InstanceCount: 2 } }));
  t.match(await describe(first), { WarmPoolStatus: pool }, 'another kind of instances is not it');
  const second = await start('ok', { ResourceConfig: warm });
  t.match(await describe(first), { WarmPoolStatus: { Status: 'Reused', ReusedByJob: second } });
  await end(second);
  const third = await end(await start('ok', { ResourceConfig: warm }));
  t.match(await describe(first), { WarmPoolStatus: { ReusedByJob: second } }, `and not by ${third.TrainingJobName}`);
});

t.test('a name is taken for ever, and in any case', async (t) => {
  await t.rejects(start('ok', { TrainingJobName: 'JOB-1' }), {
    name: 'ResourceInUse',
    message:
      /^Training job names must be unique within an AWS account and region, and a training job with this name already exists/,
  });
  const { TrainingJobSummaries } = await sagemaker.send(new ListTrainingJobsCommand({ MaxResults: 100 }));
  t.equal(
    TrainingJobSummaries?.some(({ TrainingJobStatus }) => TrainingJobStatus === 'InProgress'),
    false,
  );
});
