import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  UpdateEndpointCommand,
  waitUntilEndpointDeleted,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import t from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { createConfig, createEndpoint, createModel, score, settled, tarGz, trainModel } from './models.ts';
import { sandbox } from './sandbox.ts';

const stateDir = await sandbox(t);
const server = await startLocalSageMaker({ stateDir });
const clients = connect(server);
const { sagemaker, s3, runtime, logs } = clients;
t.teardown(async () => {
  clients.close();
  await server.close();
});

const put = (Key: string, Body: string | Buffer) => s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body }));
const update = (EndpointName: string, EndpointConfigName: string) =>
  sagemaker.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName }));

t.before(async () => {
  await trainModel(clients, 'good');
  await createConfig(clients, 'one', { A: ['good'] });
  await createConfig(clients, 'two', { B: ['good', 3], C: ['good', 1], D: ['good', 0] });
});

/** A model whose archive is these bytes, and a configuration of the same name. */
async function modelOf(name: string, archive: string | Buffer): Promise<void> {
  await put(`${name}.tar.gz`, archive);
  await createModel(clients, name, `s3://bucket/${name}.tar.gz`);
  await createConfig(clients, name, { Broken: [name] });
}

t.test('an update drops no request', async (t) => {
  await createEndpoint(clients, 'busy', 'one');
  await settled(clients, 'busy');
  const seen = new Set<string | undefined>();
  let going = true;
  const callers = Array.from({ length: 8 }, async () => {
    while (going) seen.add((await score(clients, 'busy')).variant);
  });
  for (const config of ['two', 'one', 'two']) {
    await update('busy', config);
    t.equal((await settled(clients, 'busy')).EndpointConfigName, config);
  }
  while (!seen.has('C')) await new Promise((resolve) => setTimeout(resolve, 10));
  going = false;
  await Promise.all(callers);
  t.ok(seen.has('A') && seen.has('B'));
  t.equal(seen.has('D'), false, 'no weight, no traffic');
  while ((await readdir(join(stateDir, 'hosting'))).length > 1) await new Promise((resolve) => setTimeout(resolve, 10));
  t.pass('what was replaced is cleared away');
});

t.test('traffic by weight, or by the name of the variant', async (t) => {
  const counts: Record<string, number> = {};
  for (let n = 0; n < 400; n++) {
    const { variant = '' } = await score(clients, 'busy');
    counts[variant] = (counts[variant] ?? 0) + 1;
  }
  t.ok(Number(counts.B) > 250 && Number(counts.C) > 50, JSON.stringify(counts));
  t.equal((await score(clients, 'busy', '0.9', { TargetVariant: 'D' })).variant, 'D');
});

t.test('an endpoint that cannot be created', async (t) => {
  const cases = {
    'not-a-model': [
      await tarGz({ 'xgboost-model': 'nonsense' }),
      /^The primary container for production variant Broken did not pass the ping health check\. Please check CloudWatch logs for this endpoint\.$/,
    ],
    'not-an-archive': [
      'nonsense',
      /^Failed to extract model data archive from URL "s3:\/\/bucket\/not-an-archive\.tar\.gz"/,
    ],
    'a-cut-archive': [
      (await tarGz({ 'xgboost-model': 'x'.repeat(5000) })).subarray(0, 40),
      /^Failed to extract model data archive/,
    ],
    'climbs-out': [await tarGz({ '../../../climbed': 'x' }), /^Failed to extract model data archive/],
  } as const;
  for (const [name, [archive, reason]] of Object.entries(cases)) {
    await modelOf(name, archive);
    await createEndpoint(clients, name, name);
    const endpoint = await settled(clients, name);
    t.match(endpoint, { EndpointStatus: 'Failed', FailureReason: reason, EndpointConfigName: name }, name);
    await t.rejects(score(clients, name), {
      name: 'ValidationError',
      message: `Endpoint ${name} of account 000000000000 not found.`,
    });
    await t.rejects(update(name, 'one'), { name: 'ValidationException' });
  }
  t.equal((await readdir(stateDir)).includes('climbed'), false);
  const logGroupName = '/aws/sagemaker/Endpoints/not-a-model';
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
  const { events } = await logs.send(
    new GetLogEventsCommand({ logGroupName, logStreamName: logStreams?.[0]?.logStreamName }),
  );
  t.match(events, [{ message: /Unable to load model/ }]);
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'climbs-out' }));
  await waitUntilEndpointDeleted(
    { client: sagemaker, maxWaitTime: 5, minDelay: 0.05, maxDelay: 0.05 },
    { EndpointName: 'climbs-out' },
  );
});

t.test('an update that fails leaves the endpoint as it was, and says why', async (t) => {
  await createEndpoint(clients, 'steady', 'one');
  await settled(clients, 'steady');
  await update('steady', 'not-a-model');
  t.match(await settled(clients, 'steady'), {
    EndpointStatus: 'InService',
    EndpointConfigName: 'one',
    FailureReason: /did not pass the ping health check/,
    ProductionVariants: [{ VariantName: 'A' }],
  });
  t.equal((await score(clients, 'steady')).variant, 'A');
  await update('steady', 'two');
  const recovered = await settled(clients, 'steady');
  t.equal(recovered.FailureReason, undefined);
  t.equal(recovered.ProductionVariants?.length, 3);
});

t.test('it needs neither its model, nor its configuration, nor its archive any more', async (t) => {
  await put('copy.tar.gz', await tarGz({}));
  await createEndpoint(clients, 'alone', 'one');
  await settled(clients, 'alone');
  await sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: 'one' }));
  await sagemaker.send(new DeleteModelCommand({ ModelName: 'good' }));
  await s3.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: 'out/good/output/model.tar.gz' }));
  t.ok((await score(clients, 'alone')).score > 0.5);
});

t.test('names: the control plane does not mind their case, the runtime does', async (t) => {
  await t.rejects(createEndpoint(clients, 'ALONE', 'two'), {
    message: 'Cannot create already existing endpoint "arn:aws:sagemaker:us-east-1:000000000000:endpoint/alone".',
  });
  await t.rejects(score(clients, 'ALONE'), { name: 'ValidationError' });
});

t.test('more than 25 MB are refused before they are read', async (t) => {
  const Body = Buffer.alloc(25 * 1024 * 1024 + 1);
  const error = await runtime
    .send(new InvokeEndpointCommand({ EndpointName: 'alone', Body }))
    .catch((reason) => reason);
  t.equal(error.$metadata?.httpStatusCode, 413);
});

t.test('what is not there answers as AWS would', async (t) => {
  const ask = (headers: Record<string, string>, body: string) => fetch(server.url, { method: 'POST', headers, body });
  const json = { 'content-type': 'application/x-amz-json-1.1' };
  const unknown = await ask({ ...json, 'x-amz-target': 'SageMaker.CreateTime' }, '{}');
  t.same([unknown.status, await unknown.json()], [400, { __type: 'UnknownOperationException' }]);
  t.equal((await ask({ ...json, 'x-amz-target': 'SageMaker.toString' }, '{}')).status, 400);
  const broken = await ask({ ...json, 'x-amz-target': 'SageMaker.ListModels' }, '{');
  t.match(await broken.json(), { __type: 'SerializationException' });
  const form = await ask(
    { 'content-type': 'application/x-www-form-urlencoded' },
    'Action=AssumeRole&Version=2011-06-15',
  );
  t.match(await form.text(), /<Code>InvalidAction<\/Code>/);
  const policy = await fetch(`${server.url}/bucket?policy`);
  t.equal(policy.status, 501, 'an S3 operation that is not there never passes for one that is');
});
