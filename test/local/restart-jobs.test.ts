import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateHyperParameterTuningJobCommand,
  CreateNotebookInstanceCommand,
  CreateProcessingJobCommand,
  CreateTransformJobCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  StopNotebookInstanceCommand,
  UpdateEndpointCommand,
  waitUntilNotebookInstanceInService,
  waitUntilNotebookInstanceStopped,
  waitUntilProcessingJobCompletedOrStopped,
  waitUntilTransformJobCompletedOrStopped,
} from '@aws-sdk/client-sagemaker';
import t from 'tap';
import { connect } from './clients.ts';
import { fakeJupyter } from './fake-jupyter.ts';
import { serve } from './killable.ts';
import { createConfig, createEndpoint, createModelOf, score, settled, tarGz, trainModel } from './models.ts';
import { sandbox } from './sandbox.ts';

const RoleArn = 'arn:aws:iam::000000000000:role/sagemaker';

async function logged({ logs }: ReturnType<typeof connect>, group: string, prefix: string, text: string) {
  const logGroupName = `/aws/sagemaker/${group}`;
  for (; ; await sleep(20)) {
    const found = await logs
      .send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: prefix }))
      .catch(() => undefined);
    for (const { logStreamName } of found?.logStreams ?? []) {
      const { events = [] } = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName }));
      if (events.some(({ message }) => message === text)) return;
    }
  }
}

t.test('killed within an update and within jobs of every kind', async (t) => {
  const stateDir = await sandbox(t);
  const jupyter = await fakeJupyter(join(await sandbox(t), 'bin'));
  const first = await serve(stateDir, jupyter);
  const before = connect({ url: first.url, region: 'us-east-1' });
  const { sagemaker, s3 } = before;
  await trainModel(before, 'model');
  const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body }));
  await put('rows/a.csv', '0.9\n');
  await put('rows/b.csv', '0.1\n');
  await put('hang/a', 'hang');
  const archive = await tarGz({ 'model.txt': 'a model' });
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'odd.tar.gz', Body: archive }));
  await createModelOf(before, 'odd', 'odd', { ModelDataUrl: 's3://bucket/odd.tar.gz' });

  const transform = (name: string, model: string, prefix: string) =>
    sagemaker.send(
      new CreateTransformJobCommand({
        TransformJobName: name,
        ModelName: model,
        TransformInput: {
          ContentType: 'text/csv',
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://bucket/${prefix}/` } },
        },
        TransformOutput: { S3OutputPath: `s3://bucket/transformed/${name}` },
        TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      }),
    );
  const processJob = (name: string, script: string) =>
    sagemaker.send(
      new CreateProcessingJobCommand({
        ProcessingJobName: name,
        RoleArn,
        AppSpecification: { ImageUri: 'env', ContainerEntrypoint: ['sh', '-c'], ContainerArguments: [script] },
        ProcessingOutputConfig: {
          Outputs: [
            {
              OutputName: 'out',
              S3Output: {
                S3Uri: `s3://bucket/processed/${name}`,
                LocalPath: '/opt/ml/processing/out',
                S3UploadMode: 'EndOfJob',
              },
            },
          ],
        },
        ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 } },
      }),
    );
  const tune = (name: string, mode: string, jobs: number) =>
    sagemaker.send(
      new CreateHyperParameterTuningJobCommand({
        HyperParameterTuningJobName: name,
        HyperParameterTuningJobConfig: {
          Strategy: 'Random',
          RandomSeed: 1,
          ResourceLimits: { MaxNumberOfTrainingJobs: jobs, MaxParallelTrainingJobs: jobs },
          HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'loss' },
          ParameterRanges: { IntegerParameterRanges: [{ Name: 'depth', MinValue: '1', MaxValue: '9' }] },
        },
        TrainingJobDefinition: {
          StaticHyperParameters: { mode },
          AlgorithmSpecification: {
            TrainingImage: 'fake',
            TrainingInputMode: 'File',
            MetricDefinitions: [{ Name: 'loss', Regex: 'loss=([0-9.]+)' }],
          },
          RoleArn,
          OutputDataConfig: { S3OutputPath: 's3://bucket/tuned' },
          ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
          StoppingCondition: { MaxRuntimeInSeconds: 600 },
        },
      }),
    );
  const notebook = (NotebookInstanceName: string) =>
    sagemaker.send(new CreateNotebookInstanceCommand({ NotebookInstanceName, InstanceType: 'ml.t3.medium', RoleArn }));

  // What is over before the kill.
  const pace = { maxWaitTime: 120, minDelay: 0.05, maxDelay: 0.05 };
  await transform('done', 'model', 'rows');
  await processJob('done', 'echo whole > "$SM_PREFIX/processing/out/file"');
  await tune('done', 'ok', 1);
  await notebook('lab');
  await waitUntilTransformJobCompletedOrStopped({ client: sagemaker, ...pace }, { TransformJobName: 'done' });
  await waitUntilProcessingJobCompletedOrStopped({ client: sagemaker, ...pace }, { ProcessingJobName: 'done' });
  await waitUntilNotebookInstanceInService({ client: sagemaker, ...pace }, { NotebookInstanceName: 'lab' });
  const tuned = (HyperParameterTuningJobName: string, from = before) =>
    from.sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName }));
  while ((await tuned('done')).HyperParameterTuningJobStatus === 'InProgress') await sleep(50);

  // What is under way at that moment.
  await createConfig(before, 'old', { old: ['model'] });
  await createConfig(before, 'new', { new: ['model'] });
  await createEndpoint(before, 'updating', 'old');
  await settled(before, 'updating');
  await sagemaker.send(
    new UpdateEndpointCommand({
      EndpointName: 'updating',
      EndpointConfigName: 'new',
      DeploymentConfig: {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: {
            Type: 'CANARY',
            WaitIntervalInSeconds: 4,
            CanarySize: { Type: 'CAPACITY_PERCENT', Value: 50 },
          },
        },
      },
    }),
  );
  await transform('cut', 'odd', 'hang');
  await processJob('cut', 'echo half > "$SM_PREFIX/processing/out/file"; echo "busy"; sleep 600');
  await tune('cut', 'wait', 2);
  await Promise.all([
    logged(before, 'TransformJobs', 'cut/', 'hanging'),
    logged(before, 'ProcessingJobs', 'cut/', 'busy'),
    logged(before, 'TrainingJobs', 'cut-', 'to stderr'),
  ]);
  while ((await tuned('cut')).TrainingJobStatusCounters?.InProgress !== 2) await sleep(20);
  await notebook('late');
  await first.kill();
  before.close();

  const second = await serve(stateDir, jupyter);
  const after = connect({ url: second.url, region: 'us-east-1' });
  const internal = /^InternalServerError: /;
  t.ok((await score(after, 'updating')).score > 0.5, 'it serves at once, in the midst of the update');
  t.match(await settled(after, 'updating'), { EndpointStatus: 'InService', EndpointConfigName: 'new' });
  t.equal((await score(after, 'updating')).variant, 'new', 'the update has gone on to its end');

  const describe = {
    transform: (TransformJobName: string) =>
      after.sagemaker.send(new DescribeTransformJobCommand({ TransformJobName })),
    processing: (ProcessingJobName: string) =>
      after.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName })),
    training: (TrainingJobName = '') => after.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName })),
  };
  t.match(await describe.transform('done'), { TransformJobStatus: 'Completed' });
  t.match(await describe.transform('cut'), { TransformJobStatus: 'Failed', FailureReason: internal });
  t.match(await describe.processing('done'), { ProcessingJobStatus: 'Completed' });
  t.match(await describe.processing('cut'), { ProcessingJobStatus: 'Failed', FailureReason: internal });
  t.match(await tuned('done', after), {
    HyperParameterTuningJobStatus: 'Completed',
    BestTrainingJob: { FinalHyperParameterTuningJobObjectiveMetric: { MetricName: 'loss', Value: 0.25 } },
  });
  t.match(await tuned('cut', after), {
    HyperParameterTuningJobStatus: 'Failed',
    FailureReason: internal,
    HyperParameterTuningEndTime: Date,
    TrainingJobStatusCounters: { InProgress: 0, NonRetryableError: 2 },
    ObjectiveStatusCounters: { Pending: 0, Failed: 2 },
  });
  const trials = new ListTrainingJobsForHyperParameterTuningJobCommand({ HyperParameterTuningJobName: 'cut' });
  for (const { TrainingJobName } of (await after.sagemaker.send(trials)).TrainingJobSummaries ?? []) {
    t.match(await describe.training(TrainingJobName), { TrainingJobStatus: 'Failed', FailureReason: internal });
  }
  for (const NotebookInstanceName of ['lab', 'late']) {
    await waitUntilNotebookInstanceInService({ client: after.sagemaker, ...pace }, { NotebookInstanceName });
  }
  t.pass('notebooks are in service again');

  const { Contents = [] } = await after.s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
  const written = Contents.map(({ Key = '' }) => Key).filter((key) => /^(transformed|processed|tuned)\//.test(key));
  t.match(
    written,
    [
      'processed/done/file',
      'transformed/done/a.csv.out',
      'transformed/done/b.csv.out',
      /^tuned\/done-.*\/model\.tar\.gz$/,
      /^tuned\/done-.*\/output\.tar\.gz$/,
    ],
    'nothing of what was cut off, and all of the rest',
  );
  t.equal(written.length, 5);
  for (const kind of ['training', 'transform', 'processing']) {
    t.same(await readdir(join(stateDir, kind)).catch((): string[] => []), [], `no folder of a ${kind} job`);
  }
  for (const NotebookInstanceName of ['lab', 'late']) {
    await after.sagemaker.send(new StopNotebookInstanceCommand({ NotebookInstanceName }));
    await waitUntilNotebookInstanceStopped({ client: after.sagemaker, ...pace }, { NotebookInstanceName });
  }
  after.close();
  await second.kill();
});
