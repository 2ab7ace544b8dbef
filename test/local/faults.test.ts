import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import t from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { sandbox } from './sandbox.ts';
import { createScriptedEndpoint } from './scripted-endpoint.ts';
import { scriptedModel } from './scripted-model.ts';

const { seen, modelServers } = scriptedModel();
const stateDir = await sandbox(t);
let server = await startLocalSageMaker({ stateDir, modelServers });
let clients = connect(server);
t.teardown(async () => {
  clients.close();
  await server.close();
});
t.before(() => createScriptedEndpoint(clients.sagemaker, 'faulty'));

const path = (name = 'faulty') => `${server.url}/_local/endpoints/${name}/faults`;
const set = (faults: unknown) => fetch(path(), { method: 'PUT', body: JSON.stringify(faults) });
const clear = () => fetch(path(), { method: 'DELETE' });
const invoke = () =>
  clients.runtime.send(new InvokeEndpointCommand({ EndpointName: 'faulty', Body: '{"pieces":2}' })).catch((e) => e);
const ask = (fault: string) =>
  fetch(`${server.url}/endpoints/faulty/invocations`, {
    method: 'POST',
    body: '{"pieces":2}',
    headers: { 'x-local-sagemaker-fault': fault },
  });

t.test('each kind is what AWS does then', async (t) => {
  const kinds = {
    throttle: { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } },
    'not-ready': { name: 'ModelNotReadyException', $metadata: { httpStatusCode: 429 } },
    unavailable: { name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 } },
    dependency: { name: 'InternalDependencyException', $metadata: { httpStatusCode: 530 } },
    internal: { name: 'InternalFailure', $metadata: { httpStatusCode: 500 } },
    'model-error': { name: 'ModelError', OriginalStatusCode: 500, $metadata: { httpStatusCode: 424 } },
    reset: { code: 'ECONNRESET' },
    'reset-midway': { code: 'ECONNRESET' },
  };
  for (const [kind, expected] of Object.entries(kinds)) {
    await set({ kind });
    t.match(await invoke(), expected, kind);
  }
  await set({ kind: 'model-error', status: 418, message: 'short and stout' });
  t.match(await invoke(), { OriginalStatusCode: 418, OriginalMessage: 'short and stout' });
  await clear();
  t.match(await invoke(), { InvokedProductionVariant: 'A' });
});

t.test('the nameless throttling', async (t) => {
  const answer = await ask('throttle-null');
  t.equal(answer.status, 400);
  t.equal(answer.headers.get('x-amzn-errortype'), null);
  t.equal(await answer.text(), '{"message":null}');
});

t.test('a fault by header strikes that call alone', async (t) => {
  t.equal((await ask('unavailable')).status, 503);
  t.equal((await ask('{"kind": "model-error", "status": 499}')).status, 424);
  const started = performance.now();
  t.equal((await ask('{"kind": "delay", "ms": 120}')).status, 200);
  t.ok(performance.now() - started >= 119);
  t.match(await invoke(), { InvokedProductionVariant: 'A' });
});

t.test('a refused call does not reach the model', async (t) => {
  const before = seen.calls;
  await ask('throttle');
  await ask('reset').catch(() => undefined);
  t.equal(seen.calls, before);
});

t.test('so many times, or for a share of the calls', async (t) => {
  await set([{ kind: 'unavailable', count: 2 }]);
  const statuses = [];
  for (let at = 0; at < 4; at++) statuses.push((await invoke()).$metadata.httpStatusCode);
  t.same(statuses, [503, 503, 200, 200]);
  t.same(await (await fetch(path())).json(), [], 'used up');
  await set({ kind: 'throttle', probability: 0.5 });
  const share = await Promise.all(Array.from({ length: 100 }, invoke));
  const struck = share.filter(({ name }) => name === 'ThrottlingException').length;
  t.ok(struck > 25 && struck < 75, `${struck} of 100`);
  await clear();
});

t.test('what is set outlives the process, what is wrong is refused', async (t) => {
  await set({ kind: 'not-ready', message: 'loading' });
  clients.close();
  await server.close();
  server = await startLocalSageMaker({ stateDir, modelServers });
  clients = connect(server);
  t.match(await invoke(), { name: 'ModelNotReadyException', message: 'loading' });
  t.equal((await set({ kind: 'earthquake' })).status, 400);
  t.equal((await ask('earthquake')).status, 400);
  t.equal((await fetch(path(), { method: 'PUT', body: '{' })).status, 400);
  t.match(await (await fetch(path())).json(), [{ kind: 'not-ready' }]);
});
