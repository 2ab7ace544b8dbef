import { pino } from 'pino';
import t from 'tap';
import { buildApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startWithModel } from '../predict/deployed.ts';

type Json = Record<string, unknown>;
const { url, app, aws, workspace } = await startWithModel(t);

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Json;
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const isText = typeof body === 'string';
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text === '' ? {} : (JSON.parse(text) as Json) };
}

const job = (name: string) => ({
  name,
  algorithm: 'xgboost',
  inputs: { train: 'heavy' },
  label: 'heavy',
  hyperparameters: { objective: 'binary:logistic', num_round: 2 },
});

t.test('a dry run says what would be called, in order, and changes nothing', async (t) => {
  const before = await workspace.list('', {});
  const order = { name: 'dry', trainingJob: 'heavy-1', threshold: 0.5, labels: ['no', 'yes'] };
  const { status, headers, json } = await ask('POST', '/admin/deployments?dryRun=true', order);
  t.equal(status, 200);
  t.equal(headers.get('content-type'), 'application/vnd.sagemaker-gateway.dry-run+json');
  t.equal(headers.get('location'), null);
  t.equal(json.dryRun, true);
  const calls = json.calls as { service: string; operation: string; input: Json }[];
  const made = calls.filter(({ service }) => service === 'SageMaker').map(({ operation }) => operation);
  t.strictSame(made, ['CreateModel', 'CreateEndpointConfig', 'CreateEndpoint']);
  t.match(calls.find(({ operation }) => operation === 'CreateEndpoint')?.input, { EndpointName: 'dry' });
  t.match(calls.find(({ operation }) => operation === 'PutObject')?.input, { Body: /^\d+ bytes$/ });
  t.equal((await ask('GET', '/admin/deployments/dry')).status, 404);
  t.strictSame(await workspace.list('', {}), before);

  const removal = (await ask('DELETE', '/admin/deployments/heavy?dryRun=true')).json.calls as typeof calls;
  t.match(removal.find(({ operation }) => operation === 'DeleteEndpoint')?.input, { EndpointName: 'heavy' });
  t.equal((await ask('GET', '/admin/deployments/heavy')).json.status, 'InService');
  t.match((await ask('POST', '/admin/datasets?name=dry&dryRun=true', 'a,b\n1,2\n')).json, { dryRun: true });
  t.equal((await ask('GET', '/admin/datasets/dry')).status, 404);
  t.match((await ask('POST', '/admin/training-jobs?dryRun=true', job('dry'))).json, {
    calls: [{}, {}],
  });
});

t.test('a dry run is refused as the change would be', async (t) => {
  t.match(await ask('POST', '/admin/deployments?dryRun=true', { name: 'heavy', trainingJob: 'heavy-1' }), {
    status: 409,
  });
  t.match(await ask('POST', '/admin/deployments?dryRun=true', { name: 'x', trainingJob: 'none' }), { status: 404 });
  t.match(await ask('DELETE', '/admin/datasets/none?dryRun=true'), { status: 404 });
  t.match(await ask('POST', '/admin/deployments?dryRun=maybe', { name: 'x' }), {
    status: 400,
    json: { errors: [{ pointer: 'query/dryRun' }] },
  });
});

t.test('the same key again is the same answer, at another replica too', async (t) => {
  const key = { 'idempotency-key': '"first"' };
  const first = await ask('POST', '/admin/training-jobs', job('once'), key);
  t.equal(first.status, 202);
  const again = await ask('POST', '/admin/training-jobs', job('once'), key);
  t.equal(again.status, 202);
  t.strictSame(again.json, first.json);
  t.equal(again.headers.get('location'), '/admin/training-jobs/once');
  t.equal(again.headers.get('idempotency-replayed'), 'true');

  const logger = pino({ level: 'silent' });
  const invoker = { invoke: () => Promise.reject(new Error('not asked')), close: async () => {} };
  const other = await buildApp(loadConfig({ GATEWAY_MODE: 'local' }), { aws, invoker, logger });
  t.teardown(() => other.close());
  const there = await other.inject({ method: 'POST', url: '/admin/training-jobs', payload: job('once'), headers: key });
  t.equal(there.statusCode, 202);
  t.strictSame(there.json(), first.json);

  t.match(await ask('POST', '/admin/training-jobs', job('twice'), key), {
    status: 422,
    json: { code: 'idempotency_key_reused', errors: [{ pointer: 'header/idempotency-key' }] },
  });
  t.equal((await ask('GET', '/admin/training-jobs/twice')).status, 404);
});

t.test('many at once with one key: one is made, the others are told or get its answer', async (t) => {
  const key = { 'idempotency-key': 'race' };
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => ask('POST', '/admin/training-jobs', job('race'), key)),
  );
  t.equal(answers.filter(({ status, headers }) => status === 202 && !headers.has('idempotency-replayed')).length, 1);
  for (const { status, json } of answers) {
    if (status !== 202) t.match({ status, json }, { status: 409, json: { code: 'request_in_progress' } });
  }
  t.equal((await ask('POST', '/admin/training-jobs', job('race'), key)).headers.get('idempotency-replayed'), 'true');
});

t.test('what was refused is not kept', async (t) => {
  const key = { 'idempotency-key': 'refused' };
  t.equal((await ask('POST', '/admin/training-jobs', { ...job('later'), label: 'none' }, key)).status, 400);
  t.equal((await ask('POST', '/admin/training-jobs', job('later'), key)).status, 202, 'the key is free again');
});

t.test('a change waits on nobody having changed it since', async (t) => {
  const seen = await ask('GET', '/admin/datasets/heavy');
  const etag = seen.headers.get('etag') ?? '';
  t.match(etag, /^"[\w-]{22}"$/);
  t.equal((await ask('GET', '/admin/datasets/heavy')).headers.get('etag'), etag, 'it stays while nothing changes');
  t.match(await ask('GET', '/admin/datasets/heavy', undefined, { 'if-none-match': etag }), { status: 304, json: {} });
  t.match(await ask('DELETE', '/admin/datasets/heavy', undefined, { 'if-match': '"another"' }), {
    status: 412,
    json: { code: 'precondition_failed' },
  });
  t.match(await ask('DELETE', '/admin/datasets/none', undefined, { 'if-match': etag }), { status: 404 });
  t.equal((await ask('DELETE', '/admin/datasets/heavy', undefined, { 'if-match': etag })).status, 200);
});

t.test('of many changes for one ETag one is made', async (t) => {
  await ask('POST', '/admin/datasets?name=wanted', 'a,b\n1,2\n');
  const etag = (await ask('GET', '/admin/datasets/wanted')).headers.get('etag') ?? '';
  const removals = Array.from({ length: 6 }, () =>
    ask('DELETE', '/admin/datasets/wanted', undefined, { 'if-match': etag }),
  );
  const statuses = (await Promise.all(removals)).map(({ status }) => status);
  t.equal(statuses.filter((status) => status === 200).length, 1);
  for (const status of statuses) t.ok([200, 404, 409, 412].includes(status), String(status));
  t.strictSame((await workspace.list('changes/')).keys, [], 'and nobody has it any more');
});

t.test('dry runs of rollouts, transforms and notebooks', async (t) => {
  const operations = async (method: string, path: string, body?: unknown) => {
    const { status, json } = await ask(method, `${path}?dryRun=true`, body);
    t.equal(status, 200, `${method} ${path}`);
    return ((json.calls ?? []) as { operation: string }[]).map(({ operation }) => operation);
  };
  const before = await workspace.listAll('');
  const version = { trainingJob: 'heavy-1', threshold: 0.5, labels: ['no', 'yes'] };
  const canary = { ...version, rollout: { strategy: 'canary', percent: 10 } };
  t.match(await operations('PUT', '/admin/deployments/heavy', canary), [
    ...['PutObject', 'CreateModel', 'CreateEndpointConfig', 'PutObject', 'PutMetricAlarm', 'UpdateEndpoint'],
  ]);
  t.ok(
    (await operations('PATCH', '/admin/deployments/heavy', { instanceCount: 2 })).includes(
      'UpdateEndpointWeightsAndCapacities',
    ),
  );
  await ask('POST', '/admin/datasets?name=plenty', 'height,weight,age\n150,50,20\n');
  const known = await workspace.listAll('');
  const transform = { name: 'dry', deployment: 'heavy', dataset: 'plenty' };
  t.equal((await operations('POST', '/admin/transform-jobs', transform)).at(-1), 'CreateTransformJob');
  t.strictSame(await operations('POST', '/admin/notebooks', { name: 'dry' }), ['CreateNotebookInstance']);
  t.equal((await ask('GET', '/admin/transform-jobs/dry')).status, 404);
  t.equal((await ask('GET', '/admin/notebooks/dry')).status, 404);
  t.match((await ask('GET', '/admin/deployments/heavy')).json, { status: 'InService', variants: [{ instances: 1 }] });
  t.equal(((await ask('GET', '/admin/deployments/heavy/versions')).json.items as unknown[]).length, 1);
  t.ok(known.length > before.length);
  t.strictSame(await workspace.listAll(''), known);
});

t.test('all of it is in the document', async (t) => {
  const { paths = {} } = app.swagger() as {
    paths?: Record<string, Record<string, { parameters?: { name: string }[] }>>;
  };
  for (const [path, methods] of Object.entries(paths).filter(([path]) => path.startsWith('/admin/'))) {
    for (const [method, { parameters = [] }] of Object.entries(methods).filter(([method]) => method !== 'get')) {
      const names = parameters.map(({ name }) => name);
      t.ok(names.includes('dryRun'), `${method} ${path} dryRun`);
      if (method === 'post') t.ok(names.includes('idempotency-key'), `${method} ${path} idempotency-key`);
      if (path.includes('{')) t.ok(names.includes('if-match'), `${method} ${path} if-match`);
    }
  }
});
