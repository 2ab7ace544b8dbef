import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateModelCommand,
  CreateTrainingJobCommand,
  DeleteEndpointCommand,
  DescribeTrainingJobCommand,
  StopTrainingJobCommand,
  waitUntilEndpointDeleted,
  waitUntilEndpointInService,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, InvokeEndpointWithResponseStreamCommand } from '@aws-sdk/client-sagemaker-runtime';
import t, { type Test } from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { createConfig, createEndpoint, settled, trainingRequest } from './models.ts';
import { sandbox } from './sandbox.ts';

const example = join(import.meta.dirname, '../../docker/own-container');
const stateDir = await sandbox(t);
const server = await startLocalSageMaker({
  stateDir,
  images: {
    'my-model:*': `'${process.execPath}' '${example}/model.mjs'`,
    'broken:*': `'${process.execPath}' -e 'console.log("out of order"); process.exit(3)'`,
    'odd:*': `'${process.execPath}' '${import.meta.dirname}/odd-container.mjs'`,
  },
});
const clients = connect(server);
const { sagemaker, runtime, s3, logs } = clients;
t.teardown(async () => {
  clients.close();
  await server.close();
});
const pace = { maxWaitTime: 60, minDelay: 0.1, maxDelay: 0.2 };
const RoleArn = 'arn:aws:iam::000000000000:role/sagemaker';

t.before(async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const rows = Array.from({ length: 40 }, (_, at) => `${at % 2},${(at % 2) * 10 + (at % 3)},${at % 5}`).join('\n');
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'train/a.csv', Body: rows }));
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'bad/a.csv', Body: '1,x' }));
});

async function train(name: string, image: string, prefix = 'train', hyperParameters = {}) {
  await sagemaker.send(
    new CreateTrainingJobCommand({
      ...trainingRequest(name, image, hyperParameters),
      AlgorithmSpecification: {
        TrainingImage: image,
        TrainingInputMode: 'File',
        MetricDefinitions: [{ Name: 'accuracy', Regex: 'train-accuracy=(.*)' }],
      },
      InputDataConfig: [
        {
          ChannelName: 'train',
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://bucket/${prefix}` } },
        },
      ],
    }),
  );
}

async function ended(TrainingJobName: string) {
  for (;;) {
    const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    if (!/^(InProgress|Stopping)$/.test(String(job.TrainingJobStatus))) return job;
    await sleep(50);
  }
}

async function deploy(name: string, image: string, job: string): Promise<void> {
  const ModelDataUrl = `s3://bucket/out/${job}/output/model.tar.gz`;
  await sagemaker.send(
    new CreateModelCommand({
      ModelName: name,
      ExecutionRoleArn: RoleArn,
      PrimaryContainer: { Image: image, ModelDataUrl, Environment: { GREETING: 'hello' } },
    }),
  );
  await createConfig(clients, name, { one: [name] });
  await createEndpoint(clients, name, name);
}

async function remove(EndpointName: string): Promise<void> {
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName }));
  await waitUntilEndpointDeleted({ client: sagemaker, ...pace }, { EndpointName });
}

async function ask(EndpointName: string, Body: string): Promise<string> {
  const answer = await runtime.send(new InvokeEndpointCommand({ EndpointName, Body, ContentType: 'text/csv' }));
  return Buffer.from(answer.Body ?? []).toString();
}

async function logOf(logGroupName: string): Promise<string[]> {
  const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
  const pages = await Promise.all(
    logStreams.map(({ logStreamName }) => logs.send(new GetLogEventsCommand({ logGroupName, logStreamName }))),
  );
  return pages.flatMap(({ events = [] }) => events.map(({ message }) => String(message)));
}

/** The example, from its data to its answers, whatever stands in for its image. */
async function wholeWay(t: Test, name: string, image: string): Promise<void> {
  await train(name, image);
  const job = await ended(name);
  t.match(job, { TrainingJobStatus: 'Completed', FinalMetricDataList: [{ MetricName: 'accuracy', Value: 1 }] });
  await train(`${name}-bad`, image, 'bad');
  t.match(await ended(`${name}-bad`), {
    TrainingJobStatus: 'Failed',
    FailureReason: 'ClientError: the training data has values that are no numbers, exit code: 1',
  });
  await deploy(name, image, name);
  await waitUntilEndpointInService({ client: sagemaker, ...pace }, { EndpointName: name });
  t.equal(await ask(name, '11,2\n1,2\n'), '1\n0\n');
  await t.rejects(ask(name, 'x'), {
    name: 'ModelError',
    OriginalStatusCode: 400,
    OriginalMessage: 'a value is no number',
  });
  const { Body } = await runtime.send(
    new InvokeEndpointWithResponseStreamCommand({ EndpointName: name, Body: '11,2', ContentType: 'text/csv' }),
  );
  const parts: string[] = [];
  for await (const { PayloadPart } of Body ?? []) parts.push(Buffer.from(PayloadPart?.Bytes ?? []).toString());
  t.equal(parts.join(''), '1\n');
  t.ok((await logOf(`/aws/sagemaker/Endpoints/${name}`)).includes('serving'), 'what it prints is in its log');
  await remove(name);
}

t.test('the example as a local command', (t) => wholeWay(t, 'command', 'my-model:1'));

t.test('a container that ends is started again; one that never starts fails the endpoint', async (t) => {
  await train('odd', 'odd:1');
  t.match(await ended('odd'), { TrainingJobStatus: 'Completed' });
  await deploy('odd', 'odd:1', 'odd');
  t.equal((await settled(clients, 'odd')).EndpointStatus, 'InService');
  const first = JSON.parse(await ask('odd', 'who'));
  t.match(first, { greeting: 'hello', attributes: '' });
  await t.rejects(ask('odd', 'exit'), { name: 'ServiceUnavailable' });
  for (;;) {
    const again = await ask('odd', 'who').catch(() => '');
    if (again !== '') {
      t.not(JSON.parse(again).pid, first.pid);
      break;
    }
    await sleep(100);
  }
  await remove('odd');
  await deploy('broken', 'broken:1', 'odd');
  t.match(await settled(clients, 'broken'), {
    EndpointStatus: 'Failed',
    FailureReason: /did not pass the ping health check/,
  });
  t.match(await logOf('/aws/sagemaker/Endpoints/broken'), ['out of order', /ended with exit code 3/]);
});

t.test('a session stays with the container that began it, until it is closed or expires', async (t) => {
  await createConfig(clients, 'sessions', { one: ['odd'], two: ['odd'] });
  await createEndpoint(clients, 'sessions', 'sessions');
  t.equal((await settled(clients, 'sessions')).EndpointStatus, 'InService');
  const call = async (Body: string, SessionId?: string, more = {}) => {
    const request = { EndpointName: 'sessions', Body, ContentType: 'text/plain', SessionId, ...more };
    const answer = await runtime.send(new InvokeEndpointCommand(request));
    return { ...answer, said: JSON.parse(Buffer.from(answer.Body ?? []).toString()) };
  };
  const opened = await call('open 2100-01-01T00:00:00Z', 'NEW_SESSION');
  t.equal(opened.said.session, 'NEW_SESSION');
  t.match(opened.NewSessionId, /^s-\d+; Expires=2100-01-01T00:00:00Z$/);
  const id = String(opened.NewSessionId).split(';')[0];
  for (let turn = 0; turn < 20; turn++) {
    const { said, InvokedProductionVariant } = await call('go on', id);
    t.match(said, { pid: opened.said.pid, session: id });
    t.equal(InvokedProductionVariant, opened.InvokedProductionVariant);
  }
  const streamed = await runtime.send(
    new InvokeEndpointWithResponseStreamCommand({ EndpointName: 'sessions', Body: 'go on', SessionId: id }),
  );
  const parts: Buffer[] = [];
  for await (const { PayloadPart } of streamed.Body ?? []) parts.push(Buffer.from(PayloadPart?.Bytes ?? []));
  t.match(JSON.parse(Buffer.concat(parts).toString()), { pid: opened.said.pid, session: id });

  const plain = await call('who');
  t.notOk(plain.NewSessionId ?? plain.ClosedSessionId ?? plain.said.session);
  t.equal((await call('close', id)).ClosedSessionId, id);
  const missing = { name: 'ValidationError', message: `Session ${id} of endpoint sessions not found.` };
  await t.rejects(call('go on', id), missing);
  const past = await call('open 2020-01-01T00:00:00Z', 'NEW_SESSION');
  await t.rejects(call('go on', String(past.NewSessionId).split(';')[0]), { name: 'ValidationError' });
  await remove('sessions');
});

t.test('headers are held to the API’s constraints', async (t) => {
  const request = { EndpointName: 'any', Body: 'x' };
  const refused = (more: object) => runtime.send(new InvokeEndpointCommand({ ...request, ...more }));
  for (const [more, fault] of [
    [{ TargetVariant: '-a' }, "Value '-a' at 'targetVariant'"],
    [{ SessionId: 'a_b' }, "Value 'a_b' at 'sessionId'"],
    [{ InferenceId: 'i'.repeat(65) }, "at 'inferenceId' failed to satisfy constraint: Member must have length less"],
    [{ CustomAttributes: 'a'.repeat(1025) }, "at 'customAttributes'"],
    [{ InferenceComponentName: 'a_b', TargetModel: 'm'.repeat(1025) }, '2 validation errors detected: '],
  ] as const) {
    const error: Error = await refused(more).then(
      () => new Error('taken'),
      (reason) => reason,
    );
    t.equal(error.name, 'ValidationError');
    t.ok(error.message.includes(fault), error.message);
  }
  await t.rejects(
    runtime.send(new InvokeEndpointWithResponseStreamCommand({ ...request, SessionId: 'NEW_SESSION' })),
    { name: 'ValidationError', message: /'NEW_SESSION' at 'sessionId'/ },
    'a stream cannot begin a session',
  );
});

t.test('a job that is stopped gets SIGTERM and keeps what it has', async (t) => {
  await train('long', 'odd:1', 'train', { wait: 'yes' });
  while (!(await logOf('/aws/sagemaker/TrainingJobs').catch((): string[] => [])).includes('waiting')) await sleep(50);
  await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: 'long' }));
  t.match(await ended('long'), { TrainingJobStatus: 'Stopped', SecondaryStatus: 'Stopped' });
  t.ok((await logOf('/aws/sagemaker/TrainingJobs')).includes('SIGTERM'));
});

const base = process.env.BASE_IMAGE;
const noEngine = base === undefined && spawnSync('docker', ['version']).status !== 0 && 'no Docker engine answers';
t.test('the example as an image', { skip: noEngine, timeout: 240_000 }, async (t) => {
  const image = `own-container-under-test:${process.pid}`;
  const from = base === undefined ? [] : ['--build-arg', `BASE_IMAGE=${base}`];
  execFileSync('docker', ['build', '--quiet', '--network', 'host', ...from, '-t', image, example]);
  t.teardown(() => spawnSync('docker', ['rmi', '--force', image]));
  await wholeWay(t, 'image', image);
  const left = execFileSync('docker', ['ps', '-aq', '--filter', `label=local-sagemaker=${stateDir}`]).toString();
  t.equal(left, '', 'no container is left');
});

t.test('nothing stays behind', async (t) => {
  t.notOk(existsSync(join(stateDir, 'training/command')));
});
