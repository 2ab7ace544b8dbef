import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import t from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from '../local/clients.ts';
import { sandbox } from '../local/sandbox.ts';
import { createScriptedEndpoint } from '../local/scripted-endpoint.ts';
import { scriptedModel } from '../local/scripted-model.ts';
import { startReplica } from './replica.ts';

const { seen, modelServers } = scriptedModel();
const local = await startLocalSageMaker({ stateDir: await sandbox(t), modelServers });
const clients = connect(local);
t.teardown(async () => {
  clients.close();
  await local.close();
});
// Processes that start, and 300 MB through them.
t.setTimeout(90_000);
t.before(async () => {
  await clients.s3.send(new CreateBucketCommand({ Bucket: 'outputs' }));
  await createScriptedEndpoint(clients.sagemaker, 'scripted-async', {
    OutputConfig: { S3OutputPath: 's3://outputs/out', S3FailurePath: 's3://outputs/failed' },
  });
});

const yaml = `
models:
  scripted: { endpoint: scripted, asyncEndpoint: scripted-async, contentType: application/x-script, accept: text/plain }
`;
const script = { 'content-type': 'application/x-script', prefer: 'respond-async' };

async function settled(url: string): Promise<Response> {
  for (;;) {
    const response = await fetch(url);
    if (response.status !== 202) return response;
    await sleep(50);
  }
}

t.test('a replica that dies after it has accepted loses nothing', async (t) => {
  const [first, second] = await Promise.all([startReplica(t, local.url, yaml), startReplica(t, local.url, yaml)]);
  const locations = await Promise.all(
    [{ pieces: 2, bytes: 6, pauseMs: 1_000 }, { status: 400 }].map(async (body) => {
      const accepted = await fetch(`${first.url}/predict/scripted`, {
        method: 'POST',
        headers: script,
        body: JSON.stringify(body),
      });
      t.equal(accepted.status, 202);
      return accepted.headers.get('location');
    }),
  );
  await first.kill();
  t.equal((await fetch(`${second.url}${locations[0]}`)).status, 202, 'the other one knows it at once');
  const done = await settled(`${second.url}${locations[0]}`);
  t.match([done.status, (await done.arrayBuffer()).byteLength], [200, 12]);
  t.match(await (await settled(`${second.url}${locations[1]}`)).json(), {
    status: 'failed',
    problem: { code: 'model_error' },
  });
});

/** Memory of a process at its highest, MB. */
async function peakMemory(pid = 0): Promise<number> {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1_024;
}

const length = 250 * 1024 * 1024;

/** Posts bytes of that length, or breaks off after some. */
function postLarge(url: string, breakAfter = length): Promise<number | undefined> {
  return new Promise((resolve) => {
    const { host, port } = new URL(url).host.match(/(?<host>[^:]+):(?<port>\d+)/)?.groups ?? {};
    const headers = { 'content-type': 'application/x-script', 'content-length': length };
    const post = request({ host, port, path: '/predict/scripted', method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    post.on('error', () => resolve(undefined));
    const block = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    const send = (): void => {
      while (sent < length) {
        if (sent >= breakAfter) {
          post.destroy();
          return;
        }
        sent += block.length;
        if (!post.write(block)) {
          post.once('drain', send);
          return;
        }
      }
      post.end();
    };
    send();
  });
}

t.test(
  'a large body is not held in memory, and one that breaks off leaves nothing',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const replica = await startReplica(t, local.url, yaml);
    const before = await peakMemory(replica.pid);
    t.equal(await postLarge(replica.url), 202);
    const grown = (await peakMemory(replica.pid)) - before;
    t.ok(grown < 180, `${Math.round(grown)} MB more for a body of ${length / 1024 / 1024} MB`);

    const calls = seen.calls;
    const objects = async () => {
      const Bucket = 'sagemaker-us-east-1-000000000000';
      const { KeyCount } = await clients.s3.send(
        new ListObjectsV2Command({ Bucket, Prefix: 'sagemaker-gateway/predictions/' }),
      );
      return KeyCount;
    };
    const kept = await objects();
    t.equal(await postLarge(replica.url, 60 * 1024 * 1024), undefined);
    await sleep(500);
    t.equal(await objects(), kept);
    t.ok(seen.calls <= calls + 1, 'the first may still run, the broken one never does');
  },
);
