import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import {
  AddTagsCommand,
  CreateTrainingJobCommand,
  DeleteEndpointCommand,
  DescribeTrainingJobCommand,
  ListTagsCommand,
} from '@aws-sdk/client-sagemaker';
import t from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { createConfig, createEndpoint, score, settled, trainingRequest, trainModel } from './models.ts';
import { sandbox } from './sandbox.ts';

const stateDir = await sandbox(t);
const children: ChildProcess[] = [];
t.teardown(() => children.map((child) => child.kill('SIGKILL')));

async function serve() {
  const script = join(import.meta.dirname, 'serve.ts');
  const args = [script, stateDir, join(import.meta.dirname, 'fake-container.ts')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    url,
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** Process id of the training program, which it logs. */
async function containerPid({ logs }: ReturnType<typeof connect>): Promise<number> {
  const logGroupName = '/aws/sagemaker/TrainingJobs';
  for (;;) {
    const { logStreams } = await logs.send(
      new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: 'running/' }),
    );
    const logStreamName = logStreams?.[0]?.logStreamName;
    if (logStreamName === undefined) continue;
    const { events } = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName }));
    return Number(/"pid":(\d+)/.exec(String(events?.[0]?.message))?.[1]);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

t.test('killed at work, it comes back with all that was finished and with nothing half done', async (t) => {
  const first = await serve();
  const before = connect({ url: first.url, region: 'us-east-1' });
  await t.rejects(
    startLocalSageMaker({ stateDir }),
    { message: /is in use by process \d+/ },
    'one process a state folder',
  );

  await trainModel(before, 'model');
  await createConfig(before, 'config', { A: ['model'], B: ['model', 0.5] });
  await createEndpoint(before, 'serving', 'config');
  const { EndpointArn } = await settled(before, 'serving');
  await before.sagemaker.send(new AddTagsCommand({ ResourceArn: EndpointArn, Tags: [{ Key: 'k', Value: 'v' }] }));
  await createEndpoint(before, 'deleted', 'config');
  await settled(before, 'deleted');
  await before.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'deleted' }));
  const upload = { Bucket: 'bucket', Key: 'upload' };
  const { UploadId } = await before.s3.send(new CreateMultipartUploadCommand(upload));
  await before.s3.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'part' }));
  for (const version of ['old', 'new']) {
    await before.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'finished', Body: version }));
  }
  await before.sagemaker.send(new CreateTrainingJobCommand(trainingRequest('running', 'fake', { mode: 'wait' })));
  const running = { TrainingJobName: 'running' };
  const orphan = await containerPid(before);
  await createEndpoint(before, 'creating', 'config');
  await first.kill();
  before.close();

  const folder = join(stateDir, 's3');
  const blobs = (await readdir(join(folder, 'blobs'))).length;
  await writeFile(join(folder, 'blobs', 'half-an-upload'), 'ha');
  await writeFile(join(folder, 'objects.jsonl.draft'), 'ha');
  await appendFile(join(folder, 'objects.jsonl'), '["bucket/never","{');

  const started = performance.now();
  const server = await startLocalSageMaker({ stateDir });
  const after = connect(server);
  const { score: value } = await score(after, 'serving', '0.9');
  const took = performance.now() - started;
  t.ok(value > 0.5);
  t.ok(took < 3000, `in service ${Math.round(took)} ms after the start`);

  while (isAlive(orphan)) await new Promise((resolve) => setTimeout(resolve, 10));
  t.pass('nobody trains on for a job that has failed');
  t.match(await after.sagemaker.send(new DescribeTrainingJobCommand(running)), {
    TrainingJobStatus: 'Failed',
    SecondaryStatus: 'Failed',
    FailureReason: /^InternalServerError: /,
    TrainingEndTime: Date,
  });
  t.match(await after.sagemaker.send(new ListTagsCommand({ ResourceArn: EndpointArn })), {
    Tags: [{ Key: 'k', Value: 'v' }],
  });
  t.match(await settled(after, 'creating'), {
    EndpointStatus: 'InService',
    ProductionVariants: [{}, { CurrentWeight: 0.5 }],
  });
  await t.rejects(settled(after, 'deleted'), { name: 'ValidationException' });
  const { Body } = await after.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'finished' }));
  t.equal(await Body?.transformToString(), 'new');
  const { Contents } = await after.s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
  t.same(
    Contents?.map(({ Key }) => Key),
    ['finished', 'out/model/output/model.tar.gz', 'train/data.csv'],
  );
  t.match(await after.s3.send(new ListPartsCommand({ ...upload, UploadId })), { Parts: [{ Size: 4 }] });
  t.equal((await readdir(join(folder, 'blobs'))).length, blobs, 'what no object names is cleared away');
  const lines = { logGroupName: '/aws/sagemaker/TrainingJobs', logStreamNamePrefix: 'model/' };
  t.equal((await after.logs.send(new DescribeLogStreamsCommand(lines))).logStreams?.length, 1);
  after.close();
  await server.close();
});
