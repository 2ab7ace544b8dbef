import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
  ListNotebookInstancesCommand,
} from '@aws-sdk/client-sagemaker';
import t from 'tap';
import type { Evaluation } from '../../src/admin/evaluations/schema.ts';
import type { TrainingJob } from '../../src/admin/training/schema.ts';
import { startGateway } from '../gateway.ts';
import { adminClient, customers } from './client.ts';

const { url, aws, workspace } = await startGateway(
  t,
  { reconcileIntervalMs: 150 },
  { timeScale: 0.1, jupyterPath: '/nowhere' },
);
const admin = adminClient(url);

/** Everything there is in S3 and SageMaker, and what belongs to it elsewhere. */
async function everything() {
  const { sagemaker } = aws;
  const [keys, endpoints, configs, models, notebooks, alarms, targets] = await Promise.all([
    workspace.listAll(''),
    sagemaker.send(new ListEndpointsCommand({ MaxResults: 100 })),
    sagemaker.send(new ListEndpointConfigsCommand({ MaxResults: 100 })),
    sagemaker.send(new ListModelsCommand({ MaxResults: 100 })),
    sagemaker.send(new ListNotebookInstancesCommand({ MaxResults: 100 })),
    aws.cloudwatch.send(new DescribeAlarmsCommand({})),
    aws.scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' })),
  ]);
  return {
    keys,
    endpoints: endpoints.Endpoints?.map(({ EndpointName }) => EndpointName),
    configs: configs.EndpointConfigs?.map(({ EndpointConfigName }) => EndpointConfigName),
    models: models.Models?.map(({ ModelName }) => ModelName),
    notebooks: notebooks.NotebookInstances?.map(({ NotebookInstanceName }) => NotebookInstanceName),
    alarms: alarms.MetricAlarms?.map(({ AlarmName }) => AlarmName),
    targets: targets.ScalableTargets?.map(({ ResourceId }) => ResourceId),
  };
}

/** When SageMaker has taken its time with what is being deleted, and the replica has put away what it has finished. */
async function settled(...things: ('endpoints' | 'notebooks')[]) {
  for (;;) {
    const now = await everything();
    if (things.every((one) => now[one]?.length === 0) && !now.keys.some((key) => /^work\/[^/]+\/open\//.test(key)))
      return now;
    await sleep(50);
  }
}

const removed = async (path: string): Promise<string[]> => {
  const { status, body } = await admin.remove<{ removed: string[] }>(path);
  t.equal(status, 200, path);
  return body.removed;
};
const predict = async (instance: object): Promise<unknown> =>
  (
    await fetch(`${url}/predict/shop`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ instances: [instance] }),
    })
  ).json();

t.before(async () => {
  // Every third one was never called, which the file writes as 999.
  const marked = customers(240).replace(/,(\d)$/gm, (_all, calls) => (calls === '3' ? ',999' : `,${calls}`));
  await admin.upload('name=customers', marked);
  const order = { as: 'ready', label: 'bought', missing: { calls: ['999'] } };
  await admin.post('datasets/customers/prepare', order, { prefer: 'wait=60' });
  const parts = { train: 0.5, test: 0.5 };
  await admin.post('datasets/ready/split', { parts }, { prefer: 'wait=60' });
  await admin.post('training-jobs', {
    name: 'job',
    algorithm: 'xgboost',
    hyperparameters: { objective: 'binary:logistic', num_round: 10 },
    inputs: { train: 'ready-train' },
    label: 'bought',
  });
  await admin.events('training-jobs/job');
});

t.test('a data set’s life leaves nothing, and its end tells of all', async (t) => {
  const before = await everything();
  await admin.upload('name=passing', customers(30));
  await admin.upload('name=passing', customers(40));
  await admin.post('datasets/passing/prepare', { as: 'passing-ready', label: 'bought' }, { prefer: 'wait=60' });
  await admin.post('datasets/passing/split', { parts: { a: 0.5, b: 0.5 } }, { prefer: 'wait=60' });
  t.equal((await admin.upload('name=passing', 'a,b\n1\n')).status, 400);
  const during = await everything();
  const gone: string[] = [];
  for (const name of ['passing', 'passing-ready', 'passing-a', 'passing-b'])
    gone.push(...(await removed(`datasets/${name}`)));
  t.strictSame(await everything(), before);
  const made = during.keys.filter((key) => !before.keys.includes(key));
  t.strictSame(gone.sort(), (await Promise.all(made.map((key) => workspace.uri(key)))).sort());
});

t.test('a deployment’s life, with what is marked as missing, leaves nothing', async (t) => {
  const before = await everything();
  const version = { trainingJob: 'job', threshold: 0.5, labels: ['no', 'yes'] };
  await admin.post('deployments', { name: 'shop', ...version });
  await admin.events('deployments/shop');

  t.strictSame(await predict({ age: 50, calls: 999 }), await predict({ age: 50, calls: null }));
  t.strictSame(await predict({ age: 50, calls: '999' }), await predict({ age: 50, calls: null }));
  const ask = async (body: string, type: string) =>
    (await fetch(`${url}/predict/shop`, { method: 'POST', headers: { 'content-type': type }, body })).json();
  t.strictSame(await ask('50,999\n', 'text/csv'), await ask('50,\n', 'text/csv'));
  t.strictSame(await ask('0:50 1:999\n', 'text/libsvm'), await predict({ age: 50, calls: null }));
  t.strictSame(await ask('{"instances": [[50, 999]]}', 'application/json'), await predict({ age: 50, calls: null }));
  // The rows as they were before they were prepared are told as well as those after it.
  const evaluation = { deployment: 'shop', label: 'bought' };
  const wait = { prefer: 'wait=60' };
  const raw = await admin.post<Evaluation>('evaluations', { ...evaluation, dataset: 'customers' }, wait);
  const prepared = await admin.post<Evaluation>('evaluations', { ...evaluation, dataset: 'ready' }, wait);
  t.match(raw.body, { status: 'Completed', dataset: 'customers', evaluated: /^customers@\d{8}T\d{9}Z-/ });
  t.strictSame(raw.body.metrics, prepared.body.metrics);

  await admin.patch('deployments/shop', { scaling: { minInstances: 1, maxInstances: 2, invocationsPerInstance: 9 } });
  const put = async (): Promise<void> => {
    const rollout = { strategy: 'all-at-once', bakeSeconds: 0 };
    const { status, headers } = await admin.put('deployments/shop', { ...version, rollout });
    if (status === 202) return;
    await sleep(1_000 * Number(headers.get('retry-after') ?? 1));
    return put();
  };
  await put();
  await admin.events('deployments/shop');
  await settled();
  const gone = await removed('deployments/shop');
  t.ok(['endpoint/shop', 'scalable-target/shop'].every((one) => gone.includes(one)));
  t.equal(gone.filter((one) => one.startsWith('model/')).length, 2);
  const reports = [raw, prepared].map(({ body }) => `evaluations/${body.id}.json`);
  const after = await settled('endpoints');
  t.strictSame({ ...after, keys: after.keys.filter((key) => !reports.includes(key)) }, before);
});

t.test('a model that its gate rejects leaves the job and the report', async (t) => {
  const before = await everything();
  await admin.post('training-jobs', {
    name: 'poor',
    algorithm: 'xgboost',
    hyperparameters: { objective: 'binary:logistic', num_round: 1, max_depth: 1 },
    inputs: { train: 'ready-train' },
    label: 'bought',
    deploy: { name: 'poor', gate: { dataset: 'ready-test', minAccuracy: 1 } },
  });
  const last = (await admin.events<TrainingJob>('training-jobs/poor')).at(-1)?.data;
  t.match(last?.deployment, { state: 'Rejected' });
  const after = await settled('endpoints');
  const left = after.keys.filter((key) => !before.keys.includes(key));
  t.ok(left.length > 0);
  for (const key of left) t.match(key, /^(training\/poor\/|work\/training-jobs\/done\/poor\.json$|evaluations\/)/);
  t.strictSame({ ...after, keys: before.keys }, before);
});

t.test('a notebook’s life leaves nothing', async (t) => {
  const before = await everything();
  await admin.post('notebooks', { name: 'lab' });
  await admin.events('notebooks/lab');
  t.strictSame(await removed('notebooks/lab'), ['notebook-instance/lab']);
  t.strictSame(await settled('notebooks'), before);
});
