import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  AddTagsCommand,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DeleteTagsCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
  ListEndpointsCommand,
  ListTagsCommand,
  ListTrainingJobsCommand,
  UpdateEndpointCommand,
  waitUntilEndpointDeleted,
  waitUntilEndpointInService,
  waitUntilTrainingJobCompletedOrStopped,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, ModelError } from '@aws-sdk/client-sagemaker-runtime';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import t from 'tap';
import { openTarget } from './target.ts';

const target = await openTarget();
const { sagemaker, runtime, s3, logs, bucket, roleArn, image, pace } = target;
t.teardown(() => target.close());
// Where a test before the last one failed.
t.after(() => target.remove({ endpoints: [name], configs: [name, `${name}-2`], models: [name] }));

const name = target.unique('Contract');
const job = { TrainingJobName: name };
const endpoint = { EndpointName: name };
const channel = (channelName: string) => ({
  ChannelName: channelName,
  ContentType: 'text/csv',
  DataSource: {
    S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: `s3://${bucket}/${name}/data/${channelName}` },
  },
});
const training: CreateTrainingJobCommandInput = {
  ...job,
  RoleArn: roleArn,
  AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
  HyperParameters: { num_round: '5', objective: 'binary:logistic', eval_metric: 'auc' },
  InputDataConfig: [channel('train'), channel('validation')],
  OutputDataConfig: { S3OutputPath: `s3://${bucket}/${name}/output/` },
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 5 },
  StoppingCondition: { MaxRuntimeInSeconds: 600 },
  Tags: [{ Key: 'purpose', Value: 'contract' }],
};

/** Rows whose label is whether the first feature is above a half. */
const rows = Array.from({ length: 400 }, (_, at) => `${at % 2},${(at % 2) * 0.5 + (at % 47) / 100},${at % 13}`).join(
  '\n',
);

t.before(async () => {
  if (!target.bucketExists) await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const channelName of ['train', 'validation']) {
    const Key = `${name}/data/${channelName}/part 1 (ü).csv`;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: rows, ContentType: 'text/csv' }));
  }
});

t.test('who am I', async (t) => {
  const identity = await target.sts.send(new GetCallerIdentityCommand({}));
  t.match(identity, { Account: /^\d{12}$/, Arn: /^arn:aws:(sts|iam)::\d{12}:/, UserId: String });
});

t.test('a training job runs, logs, measures and leaves its model', async (t) => {
  const { TrainingJobArn } = await sagemaker.send(new CreateTrainingJobCommand(training));
  t.equal(TrainingJobArn, target.arn('training-job', name));
  const early = await sagemaker.send(new DescribeTrainingJobCommand(job));
  t.match(early, { TrainingJobStatus: 'InProgress', ModelArtifacts: { S3ModelArtifacts: String }, CreationTime: Date });

  await waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, ...pace }, job);
  const done = await sagemaker.send(new DescribeTrainingJobCommand(job));
  t.match(done, {
    TrainingJobStatus: 'Completed',
    SecondaryStatus: 'Completed',
    HyperParameters: training.HyperParameters,
    ModelArtifacts: { S3ModelArtifacts: `s3://${bucket}/${name}/output/${name}/output/model.tar.gz` },
  });
  const steps = done.SecondaryStatusTransitions ?? [];
  t.same(
    steps.map(({ Status }) => Status).filter((status) => status !== 'Pending'),
    ['Starting', 'Downloading', 'Training', 'Uploading', 'Completed'],
  );
  for (const step of steps)
    t.ok(step.StartTime && step.EndTime && step.StartTime <= step.EndTime && step.StatusMessage);
  t.ok(Number(done.TrainingTimeInSeconds) >= 1 && Number(done.BillableTimeInSeconds) >= 1);
  const metrics = new Map(done.FinalMetricDataList?.map((metric) => [metric.MetricName, metric.Value]));
  t.ok(
    Number(metrics.get('train:auc')) > 0.9 && Number(metrics.get('validation:auc')) > 0.9,
    'metrics come from the log',
  );

  const artifact = await s3.send(
    new HeadObjectCommand({ Bucket: bucket, Key: `${name}/output/${name}/output/model.tar.gz` }),
  );
  t.ok(Number(artifact.ContentLength) > 100);
});

t.test('its log is read page by page, forwards and from the end', async (t) => {
  const logGroupName = '/aws/sagemaker/TrainingJobs';
  const { logStreams = [] } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${name}/` }),
  );
  t.match(logStreams, [{ logStreamName: new RegExp(`^${name}/algo-1-\\d+$`), lastEventTimestamp: Number }]);
  const stream = { logGroupName, logStreamName: logStreams[0]?.logStreamName };

  const lines: string[] = [];
  let nextToken: string | undefined;
  for (;;) {
    const page = await logs.send(new GetLogEventsCommand({ ...stream, startFromHead: true, limit: 3, nextToken }));
    lines.push(...(page.events ?? []).map(({ message }) => String(message)));
    if (page.nextForwardToken === nextToken) break;
    nextToken = page.nextForwardToken;
  }
  t.match(lines.join('\n'), /\[0\]#011train-auc:[\d.]+#011validation-auc:[\d.]+/, 'a tab is #011');
  t.match(lines.join('\n'), /\[4\]#011train-auc/);

  const tail = await logs.send(new GetLogEventsCommand({ ...stream, limit: 2 }));
  t.same(
    tail.events?.map(({ message }) => message),
    lines.slice(-2),
    'without startFromHead the end comes first',
  );
  const before = await logs.send(new GetLogEventsCommand({ ...stream, limit: 2, nextToken: tail.nextBackwardToken }));
  t.same(
    before.events?.map(({ message }) => message),
    lines.slice(-4, -2),
  );
});

t.test('the job is listed', async (t) => {
  const { TrainingJobSummaries } = await sagemaker.send(
    new ListTrainingJobsCommand({
      NameContains: name,
      StatusEquals: 'Completed',
      SortBy: 'Name',
      SortOrder: 'Ascending',
    }),
  );
  t.match(TrainingJobSummaries, [{ TrainingJobName: name, TrainingJobStatus: 'Completed', TrainingEndTime: Date }]);
});

t.test('tags', async (t) => {
  const ResourceArn = target.arn('training-job', name);
  await sagemaker.send(
    new AddTagsCommand({
      ResourceArn,
      Tags: [
        { Key: 'purpose', Value: 'test' },
        { Key: 'b', Value: '' },
      ],
    }),
  );
  await sagemaker.send(new DeleteTagsCommand({ ResourceArn, TagKeys: ['b'] }));
  const { Tags } = await sagemaker.send(new ListTagsCommand({ ResourceArn }));
  t.same(Tags, [{ Key: 'purpose', Value: 'test' }]);
});

t.test('a model, a configuration, an endpoint in service', async (t) => {
  const modelData = `s3://${bucket}/${name}/output/${name}/output/model.tar.gz`;
  const container = { Image: image, ModelDataUrl: modelData, Environment: { A: 'b' } };
  const model = await sagemaker.send(
    new CreateModelCommand({ ModelName: name, ExecutionRoleArn: roleArn, PrimaryContainer: container }),
  );
  t.equal(model.ModelArn, target.arn('model', name));
  t.match(await sagemaker.send(new DescribeModelCommand({ ModelName: name })), {
    ModelName: name,
    PrimaryContainer: container,
    EnableNetworkIsolation: false,
    CreationTime: Date,
  });

  for (const [config, variants] of Object.entries({ [name]: ['A'], [`${name}-2`]: ['B', 'C'] })) {
    await sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: config,
        ProductionVariants: variants.map((VariantName) => ({
          VariantName,
          ModelName: name,
          InitialInstanceCount: 1,
          InstanceType: 'ml.m5.large',
          InitialVariantWeight: 0.5,
        })),
      }),
    );
  }
  t.match(await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: name })), {
    ProductionVariants: [{ VariantName: 'A', InitialVariantWeight: 0.5 }],
  });

  const created = await sagemaker.send(new CreateEndpointCommand({ ...endpoint, EndpointConfigName: name }));
  t.equal(created.EndpointArn, target.arn('endpoint', name));
  t.match(await sagemaker.send(new DescribeEndpointCommand(endpoint)), { EndpointStatus: /Creating|InService/ });
  await waitUntilEndpointInService({ client: sagemaker, ...pace }, endpoint);
  t.match(await sagemaker.send(new DescribeEndpointCommand(endpoint)), {
    EndpointStatus: 'InService',
    EndpointConfigName: name,
    ProductionVariants: [
      {
        VariantName: 'A',
        CurrentWeight: 0.5,
        DesiredWeight: 0.5,
        CurrentInstanceCount: 1,
        DesiredInstanceCount: 1,
        DeployedImages: [{ SpecifiedImage: image, ResolvedImage: /@sha256:/ }],
      },
    ],
  });
  const { Endpoints } = await sagemaker.send(new ListEndpointsCommand({ NameContains: name }));
  t.match(Endpoints, [{ EndpointName: name, EndpointStatus: 'InService' }]);
});

const invoke = (Body: string, more = {}) =>
  runtime.send(new InvokeEndpointCommand({ ...endpoint, ContentType: 'text/csv', Body, ...more }));

t.test('it answers', async (t) => {
  const answer = await invoke('0.9,5\n0.1,5');
  t.match(answer, { InvokedProductionVariant: 'A', ContentType: /^text\/csv/, $metadata: { requestId: String } });
  const [high, low] = Buffer.from(answer.Body).toString().trim().split(/[\n,]/).map(Number);
  t.ok(Number(high) > 0.5 && Number(low) < 0.5);
});

t.test('what the model refuses is a ModelError with its own words', async (t) => {
  const error = await invoke('a,b').catch((reason) => reason);
  t.type(error, ModelError);
  t.match(error, {
    name: 'ModelError',
    $metadata: { httpStatusCode: 424 },
    OriginalStatusCode: 415,
    OriginalMessage: String,
  });
  t.match(
    error.message,
    /^Received client error \(415\) from \w+ with message "[\s\S]*"\. See https:\/\/.* for more information\.$/,
  );
  t.match(error.LogStreamArn, `log-group:/aws/sagemaker/Endpoints/${name}`);
});

t.test('an update changes the variants, a target variant chooses among them', async (t) => {
  await sagemaker.send(new UpdateEndpointCommand({ ...endpoint, EndpointConfigName: `${name}-2` }));
  await waitUntilEndpointInService({ client: sagemaker, ...pace }, endpoint);
  t.match(await sagemaker.send(new DescribeEndpointCommand(endpoint)), {
    EndpointConfigName: `${name}-2`,
    ProductionVariants: [{ VariantName: 'B' }, { VariantName: 'C' }],
  });
  for (const TargetVariant of ['B', 'C']) {
    t.equal((await invoke('0.9,5', { TargetVariant })).InvokedProductionVariant, TargetVariant);
  }
  t.match(await invoke('0.9,5', { TargetVariant: 'A' }).catch((reason) => reason), { name: 'ValidationError' });
});

t.test('everything goes again', async (t) => {
  await sagemaker.send(new DeleteEndpointCommand(endpoint));
  await waitUntilEndpointDeleted({ client: sagemaker, ...pace }, endpoint);
  for (const config of [name, `${name}-2`]) {
    await sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: config }));
  }
  await sagemaker.send(new DeleteModelCommand({ ModelName: name }));
  await t.rejects(sagemaker.send(new DescribeModelCommand({ ModelName: name })), { name: 'ValidationException' });
  t.match(await invoke('0.9,5').catch((reason) => reason), {
    name: 'ValidationError',
    message: `Endpoint ${name} of account ${target.accountId} not found.`,
  });
  // The model outlives its endpoint.
  await s3.send(new GetObjectCommand({ Bucket: bucket, Key: `${name}/output/${name}/output/model.tar.gz` }));
});
