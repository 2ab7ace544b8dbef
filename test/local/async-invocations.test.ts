import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DeleteEndpointCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointAsyncCommand } from '@aws-sdk/client-sagemaker-runtime';
import t from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { sandbox } from './sandbox.ts';
import { createScriptedEndpoint } from './scripted-endpoint.ts';
import { scriptedModel } from './scripted-model.ts';

type Clients = ReturnType<typeof connect>;

const OutputConfig = { S3OutputPath: 's3://bucket/out', S3FailurePath: 's3://bucket/failed' };
const one = { ClientConfig: { MaxConcurrentInvocationsPerInstance: 1 }, OutputConfig };

async function arrival({ s3 }: Clients, uri = ''): Promise<string> {
  const Key = uri.replace('s3://bucket/', '');
  for (const end = Date.now() + 10_000; ; await sleep(10)) {
    try {
      return (await (await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key }))).Body?.transformToString()) ?? '';
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

const invoke = ({ runtime }: Clients, script: object, more: object = {}) =>
  runtime.send(
    new InvokeEndpointAsyncCommand({ EndpointName: 'later', Body: Buffer.from(JSON.stringify(script)), ...more }),
  );

t.test('what was accepted survives a kill', async (t) => {
  const stateDir = await sandbox(t);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'serve-scripted.ts'), stateDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const before = connect({ url, region: 'us-east-1' });
  await before.s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await createScriptedEndpoint(before.sagemaker, 'later', one);
  await before.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'in', Body: '{"bytes":7}' }));
  // The first is at the model for longer than the process lives, the others wait behind it.
  const accepted = await Promise.all([
    invoke(before, { pieces: 2, pauseMs: 700 }),
    invoke(before, { bytes: 5 }, { Accept: 'text/csv' }),
    invoke(before, { status: 400 }),
    before.runtime.send(new InvokeEndpointAsyncCommand({ EndpointName: 'later', InputLocation: 's3://bucket/in' })),
  ]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  before.close();

  const server = await startLocalSageMaker({ stateDir, modelServers: scriptedModel().modelServers });
  const after = connect(server);
  const [slow, quick, refused, located] = accepted;
  t.equal((await arrival(after, slow?.OutputLocation)).length, 20);
  t.equal((await arrival(after, quick?.OutputLocation)).length, 5);
  t.equal((await arrival(after, located?.OutputLocation)).length, 7);
  t.match(
    await arrival(after, refused?.FailureLocation),
    /^Received client error \(400\) from primary with message "refused by script"/,
  );
  const Key = String(quick?.OutputLocation).replace('s3://bucket/', '');
  t.match(await after.s3.send(new HeadObjectCommand({ Bucket: 'bucket', Key })), { ContentType: 'text/csv' });
  after.close();
  await server.close();
});

t.test('times, places and the end', async (t) => {
  const model = scriptedModel();
  const server = await startLocalSageMaker({ stateDir: await sandbox(t), modelServers: model.modelServers });
  const clients = connect(server);
  t.teardown(async () => {
    clients.close();
    await server.close();
  });
  await clients.s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await createScriptedEndpoint(clients.sagemaker, 'later', one);

  const slow = await invoke(
    clients,
    { pieces: 2, pauseMs: 30_000 },
    { InvocationTimeoutSeconds: 1, InferenceId: 'slow' },
  );
  t.equal(slow.OutputLocation, 's3://bucket/out/slow.out');
  t.equal(slow.FailureLocation, 's3://bucket/failed/slow-error.out');
  t.match(await arrival(clients, slow.FailureLocation), /invocation timed out/);
  t.equal(model.seen.cancelled, 1, 'the model is told');

  const placed = await invoke(clients, {}, { S3OutputPathExtension: 'today/', Filename: 'name' });
  t.equal(placed.OutputLocation, 's3://bucket/out/today/name.out');
  t.equal((await arrival(clients, placed.OutputLocation)).length, 10);

  const missing = { EndpointName: 'later', InputLocation: 's3://bucket/nothing' };
  const lost = await clients.runtime.send(new InvokeEndpointAsyncCommand(missing));
  t.match(await arrival(clients, lost.FailureLocation), /Failed to download the input/);

  await fetch(`${server.url}/_local/endpoints/later/faults`, {
    method: 'PUT',
    body: '{"kind":"model-error","message":"no"}',
  });
  t.match(await arrival(clients, (await invoke(clients, {})).FailureLocation), /server error \(500\).*"no"/);

  await clients.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'later' }));
  await t.rejects(invoke(clients, {}), { name: 'ValidationError', message: /not found/ });
});
