import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  AddTagsCommand,
  CreateModelCommand,
  CreateTransformJobCommand,
  type CreateTransformJobCommandInput,
  DescribeTransformJobCommand,
  ListTagsCommand,
  ListTransformJobsCommand,
  StopTransformJobCommand,
  waitUntilTransformJobCompletedOrStopped,
} from '@aws-sdk/client-sagemaker';
import t, { type Test } from 'tap';
import type { ModelRequest, ModelServer } from '../../src/local/hosting/model-server.ts';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { trainModel } from './models.ts';
import { sandbox } from './sandbox.ts';

/** Tells what it is sent: every line comes back between brackets, JSON as its length. `fail` is refused, `wait` waits. */
const received: string[] = [];
let together = { now: 0, most: 0 };
async function echo({ body, contentType, signal }: ModelRequest) {
  const text = body.toString();
  received.push(text);
  together = { now: together.now + 1, most: Math.max(together.most, together.now + 1) };
  await sleep(text.includes('wait') ? 60_000 : 20, undefined, { signal }).finally(() => together.now--);
  if (text.includes('fail')) return { status: 400, contentType: 'text/plain', body: Buffer.from('no such\nrow') };
  const isJson = contentType.startsWith('application/json');
  const answer = isJson
    ? text
        .trim()
        .split('\n')
        .map((line) => JSON.stringify({ length: line.length }))
        .join('\n')
    : text.replaceAll(/[^\n]+/g, '<$&>');
  return { status: 200, contentType, body: Buffer.from(answer) };
}
const server: ModelServer = {
  invoke: echo,
  stream: () => Promise.reject(new Error('not used')),
  close: async () => undefined,
};

const stateDir = await sandbox(t);
let local = await startLocalSageMaker({ stateDir, modelServers: { echo: async () => server } });
let clients = connect(local);
t.teardown(async () => {
  clients.close();
  await local.close();
});

const put = (Key: string, Body: string | Uint8Array) =>
  clients.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body }));
async function get(Key: string): Promise<string> {
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key }));
  return (await Body?.transformToString()) ?? '';
}
const keys = async (Prefix: string) =>
  (await clients.s3.send(new ListObjectsV2Command({ Bucket: 'bucket', Prefix }))).Contents?.map(({ Key }) => Key) ?? [];

let count = 0;
type Request = CreateTransformJobCommandInput;
async function create(input: Partial<Request['TransformInput']>, more: Partial<Request> = {}): Promise<string> {
  const TransformJobName = `Job-${++count}`;
  await clients.sagemaker.send(
    new CreateTransformJobCommand({
      TransformJobName,
      ModelName: 'echo',
      TransformInput: {
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://bucket/in/' } },
        ContentType: 'text/csv',
        SplitType: 'Line',
        ...input,
      },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      ...more,
      TransformOutput: { S3OutputPath: `s3://bucket/out/${TransformJobName}`, ...more.TransformOutput },
    }),
  );
  return TransformJobName;
}
const describe = (TransformJobName: string) =>
  clients.sagemaker.send(new DescribeTransformJobCommand({ TransformJobName }));
async function end(name: string) {
  const pace = { client: clients.sagemaker, maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.05 };
  await waitUntilTransformJobCompletedOrStopped(pace, { TransformJobName: name }).catch(() => undefined);
  return describe(name);
}
const output = async (t: Test, name: string, file: string) => {
  const job = await end(name);
  t.equal(job.TransformJobStatus, 'Completed', job.FailureReason ?? 'no reason');
  return get(`out/${name}/${file}.out`);
};
async function log(name: string): Promise<string[]> {
  const logGroupName = '/aws/sagemaker/TransformJobs';
  const { logStreams } = await clients.logs.send(
    new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${name}/` }),
  );
  const logStreamName = logStreams?.[0]?.logStreamName;
  const { events } = await clients.logs.send(new GetLogEventsCommand({ logGroupName, logStreamName }));
  return (events ?? []).map(({ message }) => String(message).replace(/^\S+:\[/, '['));
}
const only = (file: string, more = {}) => ({
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: `s3://bucket/${file}` } },
  ...more,
});

t.before(async () => {
  await trainModel(clients, 'trained');
  const container = { Image: 'echo' };
  await clients.sagemaker.send(
    new CreateModelCommand({
      ModelName: 'echo',
      PrimaryContainer: container,
      ExecutionRoleArn: 'arn:aws:iam::000000000000:role/sagemaker',
    }),
  );
  await put('in/a.csv', '1,a\n2,b\r\n\n3,c');
  await put('in/deep/b.csv', '4,d\n');
  await put('rows.csv', '7,0.9\n8,0.1\n9,0.8\n');
  await put('odd.csv', '"x, ""y""",1\nz,2\n');
  await put('rows.jsonl', '{"id":1,"f":[1,2]}\n{"id":2,"f":[3]}\n');
  await put('bad.csv', '1\nfail\n');
  await put('wait.csv', 'wait\n');
  await put('packed.gz', gzipSync('5,e\n6,f\n'));
  await put('bin', Buffer.concat([tfRecord('one'), tfRecord('two!')]));
  await put('recordio', Buffer.concat([recordIo('one'), recordIo('four')]));
});

function tfRecord(text: string): Buffer {
  const frame = Buffer.alloc(16 + text.length);
  frame.writeBigUInt64LE(BigInt(text.length), 0);
  frame.write(text, 12);
  return frame;
}

function recordIo(text: string): Buffer {
  const frame = Buffer.alloc(8 + Math.ceil(text.length / 4) * 4);
  frame.writeUInt32LE(0xced7230a, 0);
  frame.writeUInt32LE(text.length, 4);
  frame.write(text, 8);
  return frame;
}

t.test('a trained model scores every row of every object, joined to its row', async (t) => {
  const name = await create(only('rows.csv'), {
    ModelName: 'trained',
    DataProcessing: { InputFilter: '$[1:]', JoinSource: 'Input', OutputFilter: '$[0,-1]' },
    TransformOutput: { S3OutputPath: 's3://bucket/scored', Accept: 'text/csv', AssembleWith: 'Line' },
    ExperimentConfig: { ExperimentName: 'e' },
  });
  const job = await end(name);
  t.match(job, {
    TransformJobName: name,
    TransformJobArn: /:transform-job\/job-1$/,
    TransformJobStatus: 'Completed',
    ModelName: 'trained',
    MaxPayloadInMB: 6,
    ExperimentConfig: { ExperimentName: 'e' },
    CreationTime: Date,
    TransformStartTime: Date,
    TransformEndTime: Date,
  });
  const rows = (await get('scored/rows.csv.out'))
    .trimEnd()
    .split('\n')
    .map((row) => row.split(',').map(Number));
  t.same(
    rows.map(([id]) => id),
    [7, 8, 9],
  );
  const [a = 0, b = 1, c = 0] = rows.map(([, score]) => score);
  t.ok(a > 0.5 && b < 0.5 && c > 0.5);
  t.match(await log(name), [
    '[sagemaker logs]: MaxConcurrentTransforms=1, MaxPayloadInMB=6, BatchStrategy=MULTI_RECORD',
  ]);
});

t.test('objects below a prefix keep their place, and records are packed as asked', async (t) => {
  received.length = 0;
  const whole = await create({ SplitType: 'None' }, { MaxConcurrentTransforms: 2 });
  t.equal(await output(t, whole, 'a.csv'), '<1,a>\n<2,b\r>\n\n<3,c>');
  t.equal(await output(t, whole, 'deep/b.csv'), '<4,d>\n');
  t.equal(received.length, 2);

  received.length = 0;
  t.equal(await output(t, await create(only('in/a')), 'a.csv'), '<1,a>\n<2,b>\n<3,c>\n');
  t.strictSame(received, ['1,a\n2,b\n3,c\n'], 'as many records as fit');

  received.length = 0;
  together = { now: 0, most: 0 };
  const single = await create(only('in/a'), { BatchStrategy: 'SingleRecord', MaxConcurrentTransforms: 3 });
  t.equal(await output(t, single, 'a.csv'), '<1,a>\n<2,b>\n<3,c>\n', 'in the order of the records');
  t.strictSame(received.toSorted(), ['1,a\n', '2,b\n', '3,c\n']);
  t.equal(together.most, 3, 'side by side');

  const packed = await create(only('packed.gz', { CompressionType: 'Gzip' }));
  t.equal(await output(t, packed, 'packed.gz'), '<5,e>\n<6,f>\n');
});

t.test('binary records are cut where their frames say', async (t) => {
  const cut = async (file: string, SplitType: 'TFRecord' | 'RecordIO') => {
    received.length = 0;
    const contentType = { ContentType: 'application/octet-stream', SplitType };
    await output(t, await create(only(file, contentType), { BatchStrategy: 'SingleRecord' }), file);
    return received.map((text) => text.replaceAll(/[^a-z!]/g, ''));
  };
  t.strictSame(await cut('bin', 'TFRecord'), ['one', 'two!']);
  t.match(await cut('recordio', 'RecordIO'), [/one$/, /four$/]);
  const torn = await end(await create(only('rows.csv', { SplitType: 'RecordIO' })));
  t.match(torn, { TransformJobStatus: 'Failed', FailureReason: 'ClientError: See job logs for more information' });
});

t.test('payloads are filtered and answers joined, as CSV and as JSON', async (t) => {
  const process = async (file: string, ContentType: string, DataProcessing: object) =>
    output(t, await create(only(file, { ContentType }), { DataProcessing }), file);
  const json = (DataProcessing: object) => process('rows.jsonl', 'application/jsonlines', DataProcessing);

  received.length = 0;
  t.equal(
    await process('odd.csv', 'text/csv', { InputFilter: '$[1]', JoinSource: 'Input' }),
    '"x, ""y""",1,<1>\nz,2,<2>\n',
  );
  await process('odd.csv', 'text/csv', { InputFilter: '$[0]' });
  t.strictSame(received, ['1\n2\n', '"x, ""y"""\nz\n']);
  t.equal(
    await json({ InputFilter: '$.f', JoinSource: 'Input' }),
    '{"id":1,"f":[1,2],"SageMakerOutput":{"length":5}}\n{"id":2,"f":[3],"SageMakerOutput":{"length":3}}\n',
  );
  t.equal(
    await json({ JoinSource: 'Input', OutputFilter: "$['id','SageMakerOutput']" }),
    '{"id":1,"SageMakerOutput":{"length":18}}\n{"id":2,"SageMakerOutput":{"length":16}}\n',
  );
  t.equal(await json({ OutputFilter: '$.length' }), '18\n16\n');
});

t.test('a bad object fails the job, its reason is in the log, and the others are there', async (t) => {
  await put('mixed/bad.csv', '1\nfail\n');
  await put('mixed/good.csv', '2\n');
  const name = await create(only('mixed/'));
  t.match(await end(name), {
    TransformJobStatus: 'Failed',
    FailureReason: 'ClientError: See job logs for more information',
  });
  t.strictSame((await log(name)).slice(1), [
    '[sagemaker logs]: bucket/mixed/bad.csv: Bad HTTP status received from algorithm: 400',
    '[sagemaker logs]: bucket/mixed/bad.csv: ',
    '[sagemaker logs]: bucket/mixed/bad.csv: Message:',
    '[sagemaker logs]: bucket/mixed/bad.csv: no such',
    '[sagemaker logs]: bucket/mixed/bad.csv: row',
  ]);
  t.strictSame(await keys(`out/${name}/`), [`out/${name}/good.csv.out`]);

  await put('large.csv', `${'1'.repeat(1024 * 1024 + 1)}\n`);
  const large = await create(only('large.csv'), { MaxPayloadInMB: 1 });
  await end(large);
  t.match((await log(large)).at(-1), /Too much data for max payload size/);
  const outside = await create(only('rows.csv'), { DataProcessing: { InputFilter: '$[5]' } });
  await end(outside);
  t.match((await log(outside)).at(-1), /"\$\[5\]" selects what is not in the data/);
  t.match(await end(await create(only('nothing/'))), { FailureReason: /^ClientError: No S3 objects found under/ });
});

t.test('what cannot be is refused at once', async (t) => {
  const refused = (message: RegExp, input: object, more: Partial<Request>, name = 'ValidationException') =>
    t.rejects(create(input, more), { name, message });
  await refused(/Could not find model/, {}, { ModelName: 'none' });
  await refused(/Invalid JSONPath: "\?/, {}, { DataProcessing: { InputFilter: '$.a?(@.b)' } });
  await refused(/does not start with \$/, {}, { DataProcessing: { OutputFilter: 'a' } });
  await refused(/content types/, { ContentType: 'image/png' }, { DataProcessing: { JoinSource: 'Input' } });
  await refused(/must not exceed 100 MB/, {}, { MaxConcurrentTransforms: 20 });
  count -= 1;
  const taken = await create(only('rows.csv'));
  count -= 1;
  await refused(/already exists/, {}, {}, 'ResourceInUse');
  await t.rejects(describe('none'), { name: 'ResourceNotFound' });
  await end(taken);
  await t.rejects(clients.sagemaker.send(new StopTransformJobCommand({ TransformJobName: taken })), {
    name: 'ValidationException',
    message: /is in status Completed/,
  });
});

t.test('a job is stopped, listed, tagged, and does not survive its process', async (t) => {
  const stopped = await create(only('wait.csv'));
  await clients.sagemaker.send(new StopTransformJobCommand({ TransformJobName: stopped }));
  t.match(await describe(stopped), { TransformJobStatus: /^Stopp/ });
  t.match(await end(stopped), { TransformJobStatus: 'Stopped', TransformEndTime: Date });
  const { TransformJobSummaries } = await clients.sagemaker.send(
    new ListTransformJobsCommand({ StatusEquals: 'Stopped', NameContains: 'job' }),
  );
  t.match(TransformJobSummaries, [{ TransformJobName: stopped, TransformJobStatus: 'Stopped' }]);
  const { TransformJobArn: ResourceArn } = await describe(stopped);
  await clients.sagemaker.send(new AddTagsCommand({ ResourceArn, Tags: [{ Key: 'k', Value: 'v' }] }));
  t.match(await clients.sagemaker.send(new ListTagsCommand({ ResourceArn })), { Tags: [{ Key: 'k' }] });

  const running = await create(only('wait.csv'));
  clients.close();
  await local.close();
  local = await startLocalSageMaker({ stateDir });
  clients = connect(local);
  t.match(await describe(running), { TransformJobStatus: 'Failed', FailureReason: /^InternalServerError/ });
  t.match(await describe(stopped), { TransformJobStatus: 'Stopped' });
});
