import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateNotebookInstanceCommand,
  CreateNotebookInstanceLifecycleConfigCommand,
  CreatePresignedNotebookInstanceUrlCommand,
  DeleteNotebookInstanceCommand,
  DescribeNotebookInstanceCommand,
  ListNotebookInstanceLifecycleConfigsCommand,
  ListNotebookInstancesCommand,
  StartNotebookInstanceCommand,
  StopNotebookInstanceCommand,
  UpdateNotebookInstanceCommand,
  UpdateNotebookInstanceLifecycleConfigCommand,
  waitUntilNotebookInstanceDeleted,
  waitUntilNotebookInstanceInService,
  waitUntilNotebookInstanceStopped,
} from '@aws-sdk/client-sagemaker';
import t, { type Test } from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { peerMissing } from '../peer.ts';
import { connect } from './clients.ts';
import { fakeJupyter } from './fake-jupyter.ts';
import { sandbox } from './sandbox.ts';

const base64 = (script: string) => Buffer.from(script).toString('base64');

async function start(t: Test, jupyterPath: string, folder?: string, timeScale = 1) {
  const stateDir = folder ?? (await sandbox(t));
  const local = await startLocalSageMaker({ stateDir, jupyterPath, timeScale });
  const { sagemaker, logs, close } = connect(local);
  let open = true;
  const stop = async () => {
    if (!open) return;
    open = false;
    close();
    await local.close();
  };
  t.teardown(stop);
  const pace = { client: sagemaker, maxWaitTime: 90, minDelay: 0.1, maxDelay: 0.1 };
  const name = (NotebookInstanceName: string) => ({ NotebookInstanceName });
  return {
    stateDir,
    url: local.url,
    sagemaker,
    logs,
    stop,
    describe: (instance: string) => sagemaker.send(new DescribeNotebookInstanceCommand(name(instance))),
    inService: (instance: string) => waitUntilNotebookInstanceInService(pace, name(instance)),
    stopped: (instance: string) => waitUntilNotebookInstanceStopped(pace, name(instance)),
    deleted: (instance: string) => waitUntilNotebookInstanceDeleted(pace, name(instance)),
    create: (instance: string, more = {}) =>
      sagemaker.send(
        new CreateNotebookInstanceCommand({
          NotebookInstanceName: instance,
          InstanceType: 'ml.t3.medium',
          RoleArn: 'arn:aws:iam::000000000000:role/sagemaker',
          ...more,
        }),
      ),
    async log(stream: string): Promise<string[]> {
      const logGroupName = '/aws/sagemaker/NotebookInstances';
      await logs.send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: stream }));
      const { events } = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName: stream }));
      return (events ?? []).map(({ message }) => String(message));
    },
  };
}

const jupyter = peerMissing('jupyter_server');

t.test('a notebook instance is a Jupyter server, through all its states', { skip: jupyter }, async (t) => {
  const bin = dirname(process.env.PEER_PYTHON ?? '');
  const first = await start(t, bin);
  await first.sagemaker.send(
    new CreateNotebookInstanceLifecycleConfigCommand({
      NotebookInstanceLifecycleConfigName: 'hooks',
      OnCreate: [{ Content: base64('echo created; echo once >> once.txt') }],
      OnStart: [{ Content: base64('echo "at $AWS_ENDPOINT_URL"; echo start >> starts.txt') }],
    }),
  );
  const { NotebookInstanceArn } = await first.create('Lab', { LifecycleConfigName: 'hooks' });
  t.match(NotebookInstanceArn, /:notebook-instance\/lab$/);
  t.match(await first.describe('Lab'), {
    NotebookInstanceStatus: 'Pending',
    InstanceType: 'ml.t3.medium',
    VolumeSizeInGB: 5,
    NotebookInstanceLifecycleConfigName: 'hooks',
  });
  await t.rejects(first.create('lab'), { name: 'ValidationException', message: /duplicate/ });
  await t.rejects(first.sagemaker.send(new DeleteNotebookInstanceCommand({ NotebookInstanceName: 'Lab' })), {
    name: 'ValidationException',
    message: `Status (Pending) not in ([Stopped, Failed]). Unable to transition to (Deleting) for Notebook Instance (${NotebookInstanceArn})`,
  });
  await first.inService('Lab');
  t.match(await first.log('Lab/LifecycleConfigOnStart'), [`at ${first.url}`]);

  const open = async ({ sagemaker }: Awaited<ReturnType<typeof start>>) => {
    const { AuthorizedUrl = '' } = await sagemaker.send(
      new CreatePresignedNotebookInstanceUrlCommand({ NotebookInstanceName: 'Lab' }),
    );
    const { headers, status } = await fetch(AuthorizedUrl, { redirect: 'manual' });
    t.equal(status, 302);
    const { origin, searchParams } = new URL(String(headers.get('location')));
    const get = (path: string, token: string) =>
      fetch(`${origin}${path}`, { headers: token === '' ? {} : { authorization: `token ${token}` } });
    t.equal((await get('/api/contents/starts.txt', '')).status, 403, 'closed to strangers');
    t.equal((await fetch(AuthorizedUrl)).status, 200);
    const answer = await get('/api/contents/starts.txt?content=1', searchParams.get('token') ?? '');
    return ((await answer.json()) as { content: string }).content;
  };
  t.equal(await open(first), 'start\n');
  await t.rejects(first.sagemaker.send(new UpdateNotebookInstanceCommand({ NotebookInstanceName: 'Lab' })), {
    message: /^Status \(InService\) not in \(\[Stopped, Failed\]\)/,
  });
  await first.stop();

  const second = await start(t, bin, first.stateDir);
  await second.inService('Lab');
  t.equal(await open(second), 'start\nstart\n', 'back in service, with its files');
  await second.sagemaker.send(new StopNotebookInstanceCommand({ NotebookInstanceName: 'Lab' }));
  await second.stopped('Lab');
  t.equal((await second.describe('Lab')).Url, undefined);
  await t.rejects(
    second.sagemaker.send(new CreatePresignedNotebookInstanceUrlCommand({ NotebookInstanceName: 'Lab' })),
    { name: 'ValidationException' },
  );
  await second.sagemaker.send(
    new UpdateNotebookInstanceCommand({ NotebookInstanceName: 'Lab', InstanceType: 'ml.t3.large', VolumeSizeInGB: 9 }),
  );
  await second.stopped('Lab');
  t.match(await second.describe('Lab'), { InstanceType: 'ml.t3.large', VolumeSizeInGB: 9 });

  await second.sagemaker.send(
    new UpdateNotebookInstanceLifecycleConfigCommand({
      NotebookInstanceLifecycleConfigName: 'hooks',
      OnStart: [{ Content: base64('echo no luck; exit 3') }],
    }),
  );
  await second.sagemaker.send(new StartNotebookInstanceCommand({ NotebookInstanceName: 'Lab' }));
  await t.rejects(second.inService('Lab'));
  t.match(await second.describe('Lab'), {
    NotebookInstanceStatus: 'Failed',
    FailureReason: /^Notebook Instance Lifecycle Config 'arn:\S+\/hooks' for .* failed with exit code 3\./,
  });
  t.match((await second.log('Lab/LifecycleConfigOnStart')).at(-1), 'no luck');
  t.strictSame(await second.log('Lab/LifecycleConfigOnCreate'), ['created'], 'once in its life');
  await second.sagemaker.send(new DeleteNotebookInstanceCommand({ NotebookInstanceName: 'Lab' }));
  await second.deleted('Lab');
  await t.rejects(second.describe('Lab'), { name: 'ValidationException', message: 'RecordNotFound' });
});

t.test('an authorized URL opens its instance, for a while', async (t) => {
  const jupyter = await fakeJupyter(join(await sandbox(t), 'bin'));
  const url = async ({ create, inService, sagemaker }: Awaited<ReturnType<typeof start>>) => {
    await create('lab');
    await inService('lab');
    const command = new CreatePresignedNotebookInstanceUrlCommand({ NotebookInstanceName: 'lab' });
    return (await sagemaker.send(command)).AuthorizedUrl ?? '';
  };
  const lasting = await start(t, jupyter);
  const open = await url(lasting);
  t.equal((await fetch(open)).status, 200);
  t.equal((await fetch(open.replace(/authToken=.*/, 'authToken=guessed'))).status, 403);
  await lasting.create('other');
  await lasting.inService('other');
  t.equal((await fetch(open.replace('/lab/', '/other/'))).status, 403, 'its own instance only');
  await lasting.stop();

  const brief = await start(t, jupyter, undefined, 0.0001);
  const late = await url(brief);
  while ((await fetch(late)).status !== 403) await sleep(20);
  t.pass('five minutes later it is closed');
  await brief.stop();
});

t.test('without Jupyter, or with one that does not start, it is Failed and says why', async (t) => {
  const bin = join(await sandbox(t), 'bin');
  const { create, inService, describe, sagemaker, stop } = await start(t, bin);
  await t.rejects(create('none', { LifecycleConfigName: 'none' }), { message: /does not exist/ });
  await create('none', { Tags: [{ Key: 'k', Value: 'v' }] });
  await t.rejects(inService('none'));
  t.match(await describe('none'), {
    NotebookInstanceStatus: 'Failed',
    FailureReason: /^There is no Jupyter on this machine/,
  });
  await mkdir(bin);
  await writeFile(join(bin, 'jupyter-server'), '#!/bin/sh\nexit 7\n');
  await chmod(join(bin, 'jupyter-server'), 0o755);
  await sagemaker.send(new StartNotebookInstanceCommand({ NotebookInstanceName: 'none' }));
  await t.rejects(inService('none'));
  t.match(await describe('none'), { FailureReason: /jupyter-server did not start: it ended with exit code 7/ });
  t.match(await sagemaker.send(new ListNotebookInstancesCommand({ StatusEquals: 'Failed' })), {
    NotebookInstances: [{ NotebookInstanceName: 'none', InstanceType: 'ml.t3.medium' }],
  });
  t.match(await sagemaker.send(new ListNotebookInstanceLifecycleConfigsCommand({})), {
    NotebookInstanceLifecycleConfigs: [],
  });
  await stop();
});
