import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateProcessingJobCommand,
  type CreateProcessingJobCommandInput,
  DeleteProcessingJobCommand,
  DescribeProcessingJobCommand,
  ListTagsCommand,
  StopProcessingJobCommand,
  waitUntilProcessingJobCompletedOrStopped,
} from '@aws-sdk/client-sagemaker';
import t from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { sandbox } from './sandbox.ts';

// As for a job with a script: the image is the interpreter's, and the script an input.
const server = await startLocalSageMaker({ stateDir: await sandbox(t), images: { 'script:*': 'env' } });
const { sagemaker, s3, logs, close } = connect(server);
t.teardown(async () => {
  close();
  await server.close();
});

const put = (Key: string, Body: string | Buffer) => s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body }));
const describe = (ProcessingJobName: string) => sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName }));
const pace = { client: sagemaker, maxWaitTime: 120, minDelay: 0.05, maxDelay: 0.05 };

t.before(async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await put('code/script.mjs', readFileSync(join(import.meta.dirname, 'processing-script.mjs')));
  await put('in/a.csv', 'a\n');
  await put('in/deep/b.csv', 'b\n');
  await put('packed/c.csv', gzipSync('c\n'));
  await put('list.json', JSON.stringify([{ prefix: 's3://bucket/in/' }, 'a.csv']));
});

const input = (InputName: string, key: string, more: object = {}) => ({
  InputName,
  S3Input: {
    S3Uri: `s3://bucket/${key}`,
    LocalPath: `/opt/ml/processing/input/${InputName}`,
    S3DataType: 'S3Prefix' as const,
    S3InputMode: 'File' as const,
    ...more,
  },
});
const output = (S3UploadMode: 'EndOfJob' | 'Continuous', S3Uri: string) => ({
  Outputs: [{ OutputName: 'out', S3Output: { S3Uri, LocalPath: '/opt/ml/processing/out', S3UploadMode } }],
});

let count = 0;

async function start(mode: string, more: Partial<CreateProcessingJobCommandInput> = {}): Promise<string> {
  const ProcessingJobName = `Job-${++count}`;
  await sagemaker.send(
    new CreateProcessingJobCommand({
      ProcessingJobName,
      RoleArn: 'arn:aws:iam::000000000000:role/sagemaker',
      AppSpecification: {
        ImageUri: 'script:1',
        ContainerEntrypoint: [process.execPath, '/opt/ml/processing/input/code/script.mjs'],
        ContainerArguments: [mode, '--to=/opt/ml/processing/out', 'two words'],
      },
      ProcessingInputs: [input('code', 'code/script.mjs')],
      ProcessingOutputConfig: output('EndOfJob', `s3://bucket/out/${ProcessingJobName}`),
      ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 } },
      ...more,
    }),
  );
  return ProcessingJobName;
}

async function end(ProcessingJobName: string) {
  for (;;) {
    const job = await describe(ProcessingJobName);
    if (!/^(InProgress|Stopping)$/.test(String(job.ProcessingJobStatus))) return job;
    await sleep(20);
  }
}

async function log(name: string): Promise<string[]> {
  const logGroupName = '/aws/sagemaker/ProcessingJobs';
  const { logStreams } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${name}/algo-1-` }),
  );
  const logStreamName = logStreams?.[0]?.logStreamName;
  if (logStreamName === undefined) return [];
  const { events } = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }));
  return (events ?? []).map(({ message }) => String(message));
}

async function keys(Prefix: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'bucket', Prefix }));
  return Contents.map(({ Key = '' }) => Key.slice(Prefix.length));
}

async function read(Key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key }));
  return String(await Body?.transformToString());
}

t.test('inputs, configuration, outputs, log and message, as the contract says', async (t) => {
  const name = await start('work', {
    ProcessingInputs: [
      input('code', 'code/script.mjs'),
      input('rows', 'in/'),
      input('packed', 'packed/', { S3CompressionType: 'Gzip' }),
      input('listed', 'list.json', { S3DataType: 'ManifestFile' }),
    ],
    Environment: { EXTRA: 'x' },
    Tags: [{ Key: 'k', Value: 'v' }],
    NetworkConfig: { EnableNetworkIsolation: true },
  });
  await waitUntilProcessingJobCompletedOrStopped(pace, { ProcessingJobName: name });
  const job = await describe(name);
  t.match(job, {
    ProcessingJobArn: `arn:aws:sagemaker:us-east-1:000000000000:processing-job/${name.toLowerCase()}`,
    ProcessingJobStatus: 'Completed',
    StoppingCondition: { MaxRuntimeInSeconds: 86_400 },
    NetworkConfig: { EnableNetworkIsolation: true },
    CreationTime: Date,
    ProcessingStartTime: Date,
    ProcessingEndTime: Date,
  });
  t.equal(job.ExitMessage?.length, 1024);
  t.match(job.ExitMessage, /^work in \/opt\/ml\/processing, x+$/);
  const lines = await log(name);
  t.ok(lines.includes('in /opt/ml/processing'));
  const seen = JSON.parse(lines.find((line) => line.startsWith('seen'))?.slice(5) ?? '');
  t.same(seen, {
    rest: ['--to=/opt/ml/processing/out', 'two words'],
    files: [
      ['a.csv', 'a\n'],
      ['a.csv', 'a\n'],
      ['b.csv', 'b\n'],
      ['c.csv', 'c\n'],
    ],
    extra: 'x',
    hosts: ['algo-1'],
  });
  t.same(await keys(`out/${name}/`), ['config.json', 'deep/rows.csv']);
  t.equal(await read(`out/${name}/deep/rows.csv`), 'a\na\nb\nc\n');
  t.match(JSON.parse(await read(`out/${name}/config.json`)), {
    ProcessingJobName: name,
    ProcessingJobArn: job.ProcessingJobArn,
    AppSpecification: { ImageUri: 'script:1' },
    Environment: { EXTRA: 'x' },
    ProcessingInputs: [{ InputName: 'code' }, {}, {}, {}],
    StoppingCondition: { MaxRuntimeInSeconds: 86_400 },
  });
  const { Tags } = await sagemaker.send(new ListTagsCommand({ ResourceArn: job.ProcessingJobArn }));
  t.same(Tags, [{ Key: 'k', Value: 'v' }]);
  await sagemaker.send(new DeleteProcessingJobCommand({ ProcessingJobName: name }));
  await t.rejects(describe(name), { name: 'ResourceNotFound' });
});

t.test('failures say why, and leave no outputs of the end', async (t) => {
  const failed = await end(await start('fail'));
  t.match(failed, {
    ProcessingJobStatus: 'Failed',
    FailureReason: 'AlgorithmError: See job logs for more information',
    ExitMessage: /^fail in/,
    ProcessingEndTime: Date,
  });
  t.same(await keys(`out/${failed.ProcessingJobName}/`), []);
  await t.rejects(
    waitUntilProcessingJobCompletedOrStopped(pace, { ProcessingJobName: String(failed.ProcessingJobName) }),
    /Failed/,
  );
  t.match(await end(await start('bytes')), { FailureReason: /^ClientError: .* not encoded in UTF-8/ });
  const missing = [input('code', 'code/script.mjs'), input('rows', 'nothing/')];
  t.match(await end(await start('work', { ProcessingInputs: missing })), {
    FailureReason: /^ClientError: Data download failed:No S3 objects found under S3 URL "s3:\/\/bucket\/nothing\/"/,
  });
  t.match(await end(await start('work', { ProcessingOutputConfig: output('EndOfJob', 's3://not-there/out') })), {
    FailureReason: 'ClientError: Data upload failed:The specified bucket does not exist',
  });
  t.match(await end(await start('work', { AppSpecification: { ImageUri: 'nobody/knows:1' } })), {
    FailureReason: /^ClientError: (No program is bound to|The image) "?.*nobody\/knows:1"/,
  });
});

t.test('stopped by SIGTERM, with the outputs that go out as they come', async (t) => {
  const name = await start('wait', { ProcessingOutputConfig: output('Continuous', 's3://bucket/live/') });
  while ((await keys('live/')).length < 2) await sleep(50);
  t.equal((await describe(name)).ProcessingJobStatus, 'InProgress');
  while (!(await log(name)).includes('waiting')) await sleep(20);
  await t.rejects(sagemaker.send(new DeleteProcessingJobCommand({ ProcessingJobName: name })), {
    name: 'ResourceInUse',
  });
  await sagemaker.send(new StopProcessingJobCommand({ ProcessingJobName: name }));
  await waitUntilProcessingJobCompletedOrStopped(pace, { ProcessingJobName: name });
  t.match(await describe(name), { ProcessingJobStatus: 'Stopped', ExitMessage: /^wait in/ });
  t.ok((await log(name)).includes('SIGTERM'));
  await t.rejects(sagemaker.send(new StopProcessingJobCommand({ ProcessingJobName: name })), {
    name: 'ValidationException',
  });
  const late = await start('wait', { StoppingCondition: { MaxRuntimeInSeconds: 1 } });
  t.match(await end(late), { ProcessingJobStatus: 'Stopped' }, 'it may not run for longer');
});

t.test('what cannot be done is refused', async (t) => {
  const place = (LocalPath: string) => ({ ProcessingInputs: [input('code', 'code/', { LocalPath })] });
  for (const [more, message] of [
    [place('/tmp/x'), /must be an absolute path that begins with \/opt\/ml\/processing\//],
    [place('/opt/ml/processing/../../../etc'), /must be an absolute path/],
    [{ ProcessingInputs: [input('code', 'code/'), input('code', 'in/')] }, /"code" is given to more than one/],
    [{ ProcessingInputs: [input('code', 'code/', { S3InputMode: 'Pipe' })] }, /S3InputMode Pipe is not supported/],
    [{ ProcessingInputs: [{ InputName: 'code' }] }, /other than an S3Input is not supported/],
  ] as const) {
    const refused = start('work', more as Partial<CreateProcessingJobCommandInput>);
    await t.rejects(refused, { name: 'ValidationException', message });
  }
  await t.rejects(start('work', { ProcessingJobName: 'JOB-2' }), { name: 'ResourceInUse', message: /must be unique/ });
});
