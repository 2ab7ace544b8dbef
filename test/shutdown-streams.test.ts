import { setTimeout as sleep } from 'node:timers/promises';
import {
  InvokeEndpointCommand,
  InvokeEndpointWithResponseStreamCommand,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import t, { type Test } from 'tap';
import { startLocalSageMaker } from '../src/local/start.ts';
import { adminClient } from './admin/client.ts';
import { connect } from './local/clients.ts';
import { sandbox } from './local/sandbox.ts';
import { createScriptedEndpoint } from './local/scripted-endpoint.ts';
import { type Script, scriptedModel } from './local/scripted-model.ts';
import { startReplica } from './predict/replica.ts';

// Processes that start, on a busy machine.
t.setTimeout(170_000);

/** The real process in front of a model whose answers are held after their first piece until they are released. */
async function start(t: Test, drainTimeoutMs: number) {
  const { seen, modelServers, release } = scriptedModel();
  const local = await startLocalSageMaker({ stateDir: await sandbox(t), modelServers });
  const clients = connect(local);
  t.teardown(async () => {
    clients.close();
    await local.close();
  });
  await createScriptedEndpoint(clients.sagemaker, 'scripted');
  const yaml = `aws: { roleArn: 'arn:aws:iam::${local.accountId}:role/gateway' }
models: { scripted: { endpoint: scripted, contentType: application/x-script, accept: application/x-scripted } }`;
  const replica = await startReplica(t, local.url, yaml, { DRAIN_TIMEOUT_MS: String(drainTimeoutMs) });
  return { seen, release, ...replica };
}

/** A stream of which the first piece has come. */
async function open(url: string, accept: string, script: Script = { pieces: 4, bytes: 3, heldFrom: 1 }) {
  const response = await fetch(`${url}/predict/scripted/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-script', accept },
    body: JSON.stringify(script),
  });
  if (response.body === null) throw new Error('no body');
  const reader = response.body.getReader();
  const pieces = [(await reader.read()).value];
  return {
    /** What came in all, and whether it broke off. */
    async rest(): Promise<{ text: string; broken: boolean }> {
      let broken = false;
      try {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          pieces.push(value);
        }
      } catch {
        broken = true;
      }
      return { text: Buffer.concat(pieces.filter((piece) => piece !== undefined)).toString('latin1'), broken };
    },
  };
}

const events = 'text/event-stream';
const bytes = 'application/x-scripted';
const isListening = (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    () => true,
    () => false,
  );

t.test('streams that are on their way at SIGTERM come whole', async (t) => {
  const { url, stop, release, seen } = await start(t, 120_000);
  const streams = await Promise.all([events, bytes, events, bytes, events, bytes].map((type) => open(url, type)));
  t.equal(seen.pieces, streams.length, 'nobody has more than the first piece');
  const ended = stop();
  while (await isListening(url)) await sleep(20);
  t.equal(seen.cancelled, 0);
  release();
  const whole = { text: '\0\x01\x02'.repeat(4), broken: false };
  const wholeEvents = { text: `${'data: AAEC\n\n'.repeat(4)}event: done\ndata: {}\n\n`, broken: false };
  const answers = await Promise.all(streams.map((stream) => stream.rest()));
  t.strictSame(answers, [wholeEvents, whole, wholeEvents, whole, wholeEvents, whole]);
  t.equal(await ended, 0);
  t.equal(seen.finished, streams.length);
});

t.test('a stream without an end is cut at the limit, so that nobody takes it for whole', async (t) => {
  const { url, stop, seen } = await start(t, 300);
  const [asEvents, asBytes] = await Promise.all([open(url, events), open(url, bytes)]);
  const ended = stop();
  const { text, broken } = await asEvents.rest();
  t.match(text, /^data: AAEC\n\nevent: error\ndata: \{.*"code":"upstream_unavailable".*\}\n\n$/);
  t.notOk(broken, 'events end with what happened');
  t.strictSame(await asBytes.rest(), { text: '\0\x01\x02', broken: true }, 'bytes break off');
  t.equal(await ended, 0);
  while (seen.cancelled < 2) await sleep(20);
  t.equal(seen.finished, 0, 'the model was stopped');
});

t.test('so is a stream of which nothing came yet: it can be answered as ever', async (t) => {
  const { url, stop, seen } = await start(t, 300);
  const answer = fetch(`${url}/predict/scripted/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-script' },
    body: JSON.stringify({ heldFrom: 0 }),
  });
  while (seen.calls === 0) await sleep(20);
  const ended = stop();
  const response = await answer;
  t.equal(response.status, 503);
  t.match(await response.json(), { code: 'upstream_unavailable', detail: 'The gateway is being stopped.' });
  t.equal(await ended, 0);
});

t.test('an AWS SDK hears of the limit in the words of SageMaker', async (t) => {
  const { url, stop, release, seen } = await start(t, 300);
  const credentials = { accessKeyId: 'caller', secretAccessKey: 'of-the-caller' };
  const sdk = new SageMakerRuntimeClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
  t.teardown(() => sdk.destroy());
  const script = (asked: Script) => ({ EndpointName: 'scripted', Body: JSON.stringify(asked) });
  // Pieces that are larger than what is read of a connection at once.
  const bytes = 100_000;
  const stream = new InvokeEndpointWithResponseStreamCommand(script({ pieces: 9, bytes, heldFrom: 2 }));
  const { Body: parts } = await sdk.send(stream);
  const plain = sdk.send(new InvokeEndpointCommand(script({ heldFrom: 0 }))).catch((error: Error) => error);
  while (seen.calls < 2) await sleep(20);
  let ended: Promise<number | null> | undefined;
  const lengths: (number | undefined)[] = [];
  const reading = async () => {
    for await (const { PayloadPart } of parts ?? []) {
      if (lengths.push(PayloadPart?.Bytes?.length) === 2) ended = stop();
    }
  };
  await t.rejects(reading(), { name: 'InternalStreamFailure', message: 'The gateway is being stopped.' });
  t.strictSame(lengths, [bytes, bytes], 'what came before came whole');
  t.match(await plain, { name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 } });
  t.equal(await ended, 0);
  while (seen.cancelled < 1) await sleep(20);
  t.equal(seen.finished, 0, 'the model was stopped');
  release();
});

t.test('who follows a job past the limit is let go in order, to ask another replica', async (t) => {
  const { url, stop } = await start(t, 300);
  const client = adminClient(url);
  t.match(await client.upload('name=rows', `a,label\n${'1,0\n2,1\n'.repeat(2_000)}`), { status: 201 });
  const hyperparameters = { objective: 'binary:logistic', num_round: 1_000_000 };
  const job = { name: 'long', algorithm: 'xgboost', label: 'label', inputs: { train: 'rows' }, hyperparameters };
  t.match(await client.post('training-jobs', job), { status: 202 });
  const events = (await fetch(`${url}/admin/training-jobs/long/events`)).body?.getReader();
  t.match(Buffer.from((await events?.read())?.value ?? []).toString(), /^event: progress\n/);
  const ended = stop();
  while (!(await events?.read())?.done);
  t.equal(await ended, 0);
});
