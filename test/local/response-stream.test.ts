import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeEndpointWithResponseStreamCommand } from '@aws-sdk/client-sagemaker-runtime';
import t from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { sandbox } from './sandbox.ts';
import { createScriptedEndpoint } from './scripted-endpoint.ts';
import { type Script, scriptedModel } from './scripted-model.ts';

const { seen, modelServers } = scriptedModel();
const server = await startLocalSageMaker({ stateDir: await sandbox(t), modelServers });
const clients = connect(server);
t.teardown(async () => {
  clients.close();
  await server.close();
});
t.before(() => createScriptedEndpoint(clients.sagemaker, 'streaming'));

const open = (script: Script, abortSignal?: AbortSignal) =>
  clients.runtime.send(
    new InvokeEndpointWithResponseStreamCommand({ EndpointName: 'streaming', Body: JSON.stringify(script) }),
    abortSignal ? { abortSignal } : {},
  );

async function read(script: Script, fault?: string) {
  const parts: Buffer[] = [];
  const times: number[] = [];
  const started = performance.now();
  const command = new InvokeEndpointWithResponseStreamCommand({
    EndpointName: 'streaming',
    Body: JSON.stringify(script),
  });
  if (fault !== undefined) {
    command.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers['x-local-sagemaker-fault'] = fault;
        return next(args);
      },
      { step: 'build' },
    );
  }
  try {
    const { Body = [], ContentType } = await clients.runtime.send(command);
    for await (const { PayloadPart } of Body) {
      parts.push(Buffer.from(PayloadPart?.Bytes ?? []));
      times.push(performance.now() - started);
    }
    return { parts, times, ContentType, error: undefined };
  } catch (error) {
    return { parts, times, error: error as Error & { ErrorCode?: string; $metadata: object } };
  }
}

t.test('every byte comes, part by part, when the model gives it', async (t) => {
  const { parts, times, ContentType, error } = await read({ pieces: 3, bytes: 300, pauseMs: 500 });
  t.equal(error, undefined);
  t.equal(ContentType, 'application/x-scripted');
  t.same(
    parts.map(({ length }) => length),
    [300, 300, 300],
  );
  t.equal(parts[1]?.[255], 255);
  t.ok(Number(times[2]) - Number(times[0]) > 200, `at ${times.map(Math.round)} ms`);
});

t.test('50 MB go through', async (t) => {
  const { parts } = await read({ pieces: 800, bytes: 65_536 });
  t.equal(Buffer.concat(parts).length, 800 * 65_536);
});

t.test('a model that fails midway ends the stream with a ModelStreamError', async (t) => {
  const { parts, error } = await read({ pieces: 3, failAt: 1 });
  t.equal(parts.length, 1, 'what came before it is kept');
  t.match(error, { name: 'ModelStreamError', ErrorCode: 'StreamBroken', message: 'the model broke' });
});

t.test('the model waits for a client that does not read, and stops when it goes', async (t) => {
  const before = { ...seen };
  const gone = new AbortController();
  const { Body } = await open({ pieces: 2_000, bytes: 65_536 }, gone.signal);
  const parts = Body?.[Symbol.asyncIterator]();
  await parts?.next();
  await sleep(300);
  const produced = seen.pieces - before.pieces;
  t.ok(produced < 500, `${produced} of 2000 pieces made while nobody read`);
  gone.abort();
  parts?.return?.().then(undefined, () => undefined);
  for (const end = Date.now() + 20_000; seen.cancelled === before.cancelled && Date.now() < end; ) await sleep(10);
  t.equal(seen.cancelled, before.cancelled + 1);
});

t.test('a pausing model is told at once that its client has gone', async (t) => {
  const before = seen.cancelled;
  const gone = new AbortController();
  const { Body } = await open({ pieces: 2, pauseMs: 60_000 }, gone.signal);
  await Body?.[Symbol.asyncIterator]().next();
  gone.abort();
  for (const end = Date.now() + 20_000; seen.cancelled === before && Date.now() < end; ) await sleep(10);
  t.equal(seen.cancelled, before + 1);
});

t.test('streams break on demand', async (t) => {
  const script = { pieces: 3, bytes: 100 };
  t.match((await read(script, 'stream-break')).error, { name: 'ModelStreamError', ErrorCode: 'StreamBroken' });
  const late = await read(
    script,
    '{"kind": "stream-break", "afterBytes": 150, "errorCode": "ModelInvocationTimeExceeded"}',
  );
  t.equal(Buffer.concat(late.parts).length, 150);
  t.match(late.error, { name: 'ModelStreamError', ErrorCode: 'ModelInvocationTimeExceeded' });
  t.match((await read(script, '{"kind": "stream-break", "errorCode": "InternalStreamFailure"}')).error, {
    name: 'InternalStreamFailure',
  });
  const reset = await read(script, 'reset-midway');
  t.equal(Buffer.concat(reset.parts).length, 1);
  t.ok(reset.error && !('ErrorCode' in reset.error), 'the connection itself ended');
  t.match((await read(script, 'model-error')).error, { name: 'ModelError', $metadata: { httpStatusCode: 424 } });
});
