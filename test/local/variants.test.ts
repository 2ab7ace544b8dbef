import { setTimeout as sleep } from 'node:timers/promises';
import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateEndpointConfigCommand,
  type CreateEndpointConfigCommandInput,
  DescribeEndpointConfigCommand,
} from '@aws-sdk/client-sagemaker';
import t from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { createEndpoint, createModelOf, score, settled, tarGz, trainModel, xgboostImage } from './models.ts';
import { sandbox } from './sandbox.ts';
import { versions } from './versions.ts';

const models = versions();
const server = await startLocalSageMaker({ stateDir: await sandbox(t), modelServers: models.modelServers });
const clients = connect(server);
const { sagemaker, s3, cloudwatch } = clients;
t.teardown(async () => {
  clients.close();
  await server.close();
});

t.before(async () => {
  await trainModel(clients, 'good');
  for (const version of ['old', 'new']) await createModelOf(clients, version, models.image(version));
});

async function serve(name: string, config: Omit<CreateEndpointConfigCommandInput, 'EndpointConfigName'>) {
  await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: name, ...config }));
  await createEndpoint(clients, name, name);
  return settled(clients, name);
}

const variant = (VariantName: string, ModelName: string, more = {}) => ({
  VariantName,
  ModelName,
  InitialInstanceCount: 1,
  InstanceType: 'ml.m5.large' as const,
  ...more,
});

async function calls(EndpointName: string, VariantName: string): Promise<number> {
  const { Datapoints = [] } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/SageMaker',
      MetricName: 'Invocations',
      Dimensions: [
        { Name: 'EndpointName', Value: EndpointName },
        { Name: 'VariantName', Value: VariantName },
      ],
      StartTime: new Date(Date.now() - 600_000),
      EndTime: new Date(Date.now() + 60_000),
      Period: 60,
      Statistics: ['Sum'],
    }),
  );
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
}

t.test('a shadow variant sees the requests, the caller never its answers', async (t) => {
  const endpoint = await serve('shadowed', {
    ProductionVariants: [variant('A', 'old', { InitialVariantWeight: 2 })],
    ShadowProductionVariants: [variant('S', 'new', { InitialVariantWeight: 1 })],
  });
  t.match(endpoint, { ProductionVariants: [{ VariantName: 'A' }], ShadowProductionVariants: [{ VariantName: 'S' }] });
  for (let n = 0; n < 100; n++) t.equal(await models.call(clients, 'shadowed'), 'old');
  while ((await calls('shadowed', 'A')) < 100) await sleep(20);
  const copies = await calls('shadowed', 'S');
  t.ok(copies > 20 && copies < 80, `${copies} of 100 where half was asked for`);
  await t.rejects(
    sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: 'two-shadows',
        ProductionVariants: [variant('A', 'old')],
        ShadowProductionVariants: [variant('S', 'new'), variant('T', 'new')],
      }),
    ),
    { name: 'ValidationException' },
  );
});

t.test('captures, in files as SageMaker writes them', async (t) => {
  await s3.send(new CreateBucketCommand({ Bucket: 'captures' }));
  const capture = {
    EnableCapture: true,
    InitialSamplingPercentage: 100,
    DestinationS3Uri: 's3://captures/here',
    CaptureOptions: [{ CaptureMode: 'Input' as const }, { CaptureMode: 'Output' as const }],
    CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'] },
  };
  const endpoint = await serve('captured', { ProductionVariants: [variant('A', 'good')], DataCaptureConfig: capture });
  t.match(endpoint.DataCaptureConfig, {
    EnableCapture: true,
    CaptureStatus: 'Started',
    CurrentSamplingPercentage: 100,
    DestinationS3Uri: 's3://captures/here',
  });
  await score(clients, 'captured', '0.9', { InferenceId: 'mine', CustomAttributes: 'a=b' });
  await score(clients, 'captured', '0.1', { Accept: 'application/json' });
  const list = () => s3.send(new ListObjectsV2Command({ Bucket: 'captures', Prefix: 'here/captured/A/' }));
  let files = await list();
  while (!files.Contents) {
    await sleep(50);
    files = await list();
  }
  const [Key = ''] = files.Contents.map(({ Key }) => String(Key));
  t.match(Key, /^here\/captured\/A\/\d{4}\/\d\d\/\d\d\/\d\d\/\d\d-\d\d-\d{3}-[0-9a-f-]{36}\.jsonl$/);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'captures', Key }));
  const lines = String(await Body?.transformToString())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.match(lines[0], {
    captureData: {
      endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: '0.9', encoding: 'CSV' },
      endpointOutput: { observedContentType: /^text\/csv/, mode: 'OUTPUT', data: /^0\.\d+\n$/, encoding: 'CSV' },
    },
    eventMetadata: {
      eventId: /^[0-9a-f-]{36}$/,
      inferenceId: 'mine',
      customAttributes: ['a=b'],
      inferenceTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    },
    eventVersion: '0',
  });
  t.match(lines[1]?.captureData.endpointOutput, { observedContentType: 'application/json', encoding: 'BASE64' });
});

t.test('an endpoint of many models loads each when it is asked for', async (t) => {
  const archive = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'out/good/output/model.tar.gz' }));
  const Body = Buffer.from((await archive.Body?.transformToByteArray()) ?? []);
  const put = (Key: string, content: Buffer) => s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: content }));
  await put('many/de/one.tar.gz', Body);
  await put('many/broken.tar.gz', await tarGz({ 'xgboost-model': 'nonsense' }));
  await createModelOf(clients, 'many', xgboostImage, { Mode: 'MultiModel', ModelDataUrl: 's3://bucket/many/' });
  await serve('many', { ProductionVariants: [variant('A', 'many')] });
  t.ok((await score(clients, 'many', '0.9', { TargetModel: 'de/one.tar.gz' })).score > 0.5);
  await t.rejects(score(clients, 'many', '0.9', { TargetModel: 'later.tar.gz' }), {
    name: 'ValidationError',
    message: /^Failed to download model data\(bucket: bucket, key: many\/later\.tar\.gz\)\. Please ensure/,
  });
  await put('many/later.tar.gz', Body);
  t.ok((await score(clients, 'many', '0.1', { TargetModel: 'later.tar.gz' })).score < 0.5);
  await t.rejects(score(clients, 'many', '0.9', { TargetModel: 'broken.tar.gz' }), {
    name: 'ModelError',
    OriginalStatusCode: 500,
  });
  await t.rejects(score(clients, 'many'), { name: 'ValidationError', message: /TargetModel must be specified/ });
  await t.rejects(score(clients, 'captured', '0.9', { TargetModel: 'x.tar.gz' }), { name: 'ValidationError' });
});

t.test('what is only kept is described back', async (t) => {
  const config = {
    ProductionVariants: [
      { VariantName: 'A', ModelName: 'old', ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 } },
    ],
    ExecutionRoleArn: 'arn:aws:iam::000000000000:role/sagemaker',
    VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: ['subnet-1'] },
    KmsKeyId: 'key',
  };
  const { ProductionVariants } = await serve('serverless', config);
  t.match(ProductionVariants, [{ CurrentServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 } }]);
  t.match(await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: 'serverless' })), config);
  t.equal(await models.call(clients, 'serverless'), 'old');
});
