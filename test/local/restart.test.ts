import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
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
  DeleteModelCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
  ListTagsCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import t, { type Test } from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { serve } from './killable.ts';
import { createConfig, createEndpoint, createModel, score, settled, trainingRequest, trainModel } from './models.ts';
import { sandbox } from './sandbox.ts';

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
  const stateDir = await sandbox(t);
  const first = await serve(stateDir);
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
  t.ok(took < 15_000, `in service ${Math.round(took)} ms after the start`);

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

const or =
  (...names: string[]) =>
  (error: Error) => {
    if (names.includes(error.name)) return undefined;
    throw error;
  };

/** What may be found after a kill: what was acknowledged, or where an answer is still due, that from before or after the change. */
class Ledger {
  readonly #allowed = new Map<string, Set<string | undefined>>();

  async change(key: string, value: string | undefined, make: () => Promise<unknown>): Promise<void> {
    const allowed = this.#allowed.get(key) ?? new Set([undefined]);
    this.#allowed.set(key, new Set([...allowed, value]));
    await make();
    this.#allowed.set(key, new Set([value]));
  }

  async check(t: Test, find: (key: string) => Promise<string | undefined>): Promise<void> {
    for (const [key, allowed] of this.#allowed) {
      const found = await find(key);
      if (!allowed.has(found)) t.fail(`${key} is ${found}, not ${[...allowed].join(' or ')}`);
      // From here on it is known.
      this.#allowed.set(key, new Set([found]));
    }
    t.pass(`${this.#allowed.size} keys hold what was acknowledged`);
  }
}

t.test('killed at any moment under work, it has all that it acknowledged, and each thing whole', async (t) => {
  const stateDir = await sandbox(t);
  const objects = new Ledger();
  const models = new Ledger();
  const endpoint = new Ledger();
  const jobs: string[] = [];
  let serial = 0;

  async function check({ s3, sagemaker, ...rest }: ReturnType<typeof connect>): Promise<void> {
    await objects.check(t, (Key) =>
      s3
        .send(new GetObjectCommand({ Bucket: 'bucket', Key }))
        .then(({ Body }) => Body?.transformToString())
        .catch(or('NoSuchKey')),
    );
    await models.check(t, (ModelName) =>
      sagemaker
        .send(new DescribeModelCommand({ ModelName }))
        .then(() => 'there')
        .catch(or('ValidationException')),
    );
    await endpoint.check(t, async (name) => (await settled({ s3, sagemaker, ...rest }, name)).EndpointConfigName);
    t.ok((await score({ s3, sagemaker, ...rest }, 'serving')).score > 0.5, 'the endpoint serves');
    const ended = jobs.splice(0);
    for (const TrainingJobName of ended) {
      const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
      const uri = job.ModelArtifacts?.S3ModelArtifacts ?? '';
      if (job.TrainingJobStatus === 'Completed') {
        await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: uri.replace('s3://bucket/', '') }));
      } else t.match(job.FailureReason, /^InternalServerError: /, `${TrainingJobName} ${job.TrainingJobStatus}`);
    }
    t.pass(`${ended.length} training jobs are over, those that completed with their model`);
  }

  /** Changes all kinds of things, several at once, until the process is gone. */
  function work(clients: ReturnType<typeof connect>): Promise<unknown> {
    const { s3, sagemaker } = clients;
    let gone = false;
    const repeat = async (step: (turn: number) => Promise<void>) => {
      for (let turn = 0; !gone; turn++) {
        await step(turn).catch(() => {
          gone = true;
        });
      }
    };
    const at = (Key: string) => ({ Bucket: 'bucket', Key });
    return Promise.all([
      ...['a', 'b', 'c'].map((key) =>
        repeat((turn) => {
          const value = turn % 5 === 4 ? undefined : `${serial++} `.repeat(2_000);
          return objects.change(key, value, () =>
            value === undefined
              ? s3.send(new DeleteObjectCommand(at(key)))
              : s3.send(new PutObjectCommand({ ...at(key), Body: value })),
          );
        }),
      ),
      ...['model-a', 'model-b'].map((name) =>
        repeat((turn) => {
          const isMade = turn % 2 === 0;
          const make = () =>
            isMade ? createModel(clients, name, artifact) : sagemaker.send(new DeleteModelCommand({ ModelName: name }));
          // It may be there, or not, since before the kill.
          return models.change(name, isMade ? 'there' : undefined, () =>
            Promise.resolve(make()).catch(or('ValidationException')),
          );
        }),
      ),
      repeat(async (turn) => {
        const EndpointConfigName = turn % 2 === 0 ? 'other' : 'config';
        await endpoint.change('serving', EndpointConfigName, async () => {
          await sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'serving', EndpointConfigName }));
          await settled(clients, 'serving');
        });
      }),
      repeat(async () => {
        const name = `job-${serial++}`;
        await sagemaker.send(new CreateTrainingJobCommand(trainingRequest(name, 'fake', {})));
        jobs.push(name);
      }),
    ]);
  }

  const artifact = 's3://bucket/out/model/output/model.tar.gz';
  for (let round = 0; round <= 6; round++) {
    const server = await serve(stateDir);
    const clients = connect({ url: server.url, region: 'us-east-1' });
    if (round === 0) {
      await trainModel(clients, 'model');
      await createConfig(clients, 'config', { A: ['model'] });
      await createConfig(clients, 'other', { A: ['model'] });
      await endpoint.change('serving', 'config', () => createEndpoint(clients, 'serving', 'config'));
    }
    await check(clients);
    const working = work(clients);
    const delay = Math.round(100 + Math.random() * 900);
    await new Promise((resolve) => setTimeout(resolve, delay));
    await server.kill();
    t.comment(`killed after ${delay} ms of work`);
    await working;
    clients.close();
  }
});
