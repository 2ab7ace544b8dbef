import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeEndpointConfigCommand,
  DescribeInferenceComponentCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListInferenceComponentsCommand,
  ListModelsCommand,
} from '@aws-sdk/client-sagemaker';
import t from 'tap';
import type { Deployment, DeploymentVersion } from '../../../src/admin/deployments/schema.ts';
import type { Evaluation } from '../../../src/admin/evaluations/schema.ts';
import type { Page } from '../../../src/admin/paging.ts';
import type { TrainingJob } from '../../../src/admin/training/schema.ts';
import type { ModelServer } from '../../../src/local/hosting/model-server.ts';
import { startGateway } from '../../gateway.ts';
import { type Answer, adminClient, customers, type ProblemBody } from '../client.ts';

/** A model that starts when the test says so. */
const image = '000000000000.dkr.ecr.us-east-1.amazonaws.com/late:1';
let start = (): void => undefined;
const started = new Promise<void>((resolve) => {
  start = resolve;
});
const answer = { status: 200, contentType: 'text/csv', body: Buffer.from('0.9\n') };
const server: ModelServer = {
  invoke: async () => answer,
  stream: async () => ({ ...answer, body: [answer.body] }),
  close: async () => undefined,
};

// A minute of SageMaker takes half a second here.
const { url, aws, workspace } = await startGateway(
  t,
  { reconcileIntervalMs: 100 },
  { timeScale: 0.008, modelServers: { [image]: () => started.then(() => server) } },
);
const { sagemaker, scaling: autoScaling, cloudwatch } = aws;
const admin = adminClient(url);
await admin.upload('name=customers', customers(200));
for (const name of ['first', 'second']) {
  await admin.post('training-jobs', {
    name,
    algorithm: 'xgboost',
    hyperparameters: { objective: 'binary:logistic', num_round: name === 'first' ? 5 : 10 },
    inputs: { train: 'customers' },
    label: 'bought',
  });
  await admin.events(`training-jobs/${name}`);
}

const version = { trainingJob: 'first', threshold: 0.5, labels: ['no', 'yes'] };
const inferenceComponent = { memoryMB: 512, maxInstances: 3 };
const scaling = { minCopies: 0, maxCopies: 2, invocationsPerCopy: 600, scaleInCooldownSeconds: 60 };

const get = async () => (await admin.get<Deployment>('deployments/shop')).body;
/** The deployment when nothing changes it any more. */
const end = async () => (await admin.events<Deployment>('deployments/shop')).at(-1)?.data;
/** The deployment when it is as it should be. */
async function until(holds: (deployment: Deployment) => boolean): Promise<Deployment> {
  for (;;) {
    const deployment = await get();
    if (holds(deployment)) return deployment;
    await sleep(50);
  }
}
const isQuiet = ({ status }: Deployment) => status === 'InService';
/** Versions have names by the second: a second one within it is told to wait. */
async function put(body: object): Promise<{ status: number; body: Deployment & ProblemBody }> {
  const answer = await admin.put<Deployment & ProblemBody>('deployments/shop', body);
  const wait = answer.headers.get('retry-after');
  if (wait === null) return answer;
  await sleep(Number(wait) * 1_000);
  return put(body);
}
/** What lives by load changes by itself, and is told to wait meanwhile. */
async function patiently<Body>(ask: () => Promise<Answer<Body>>): Promise<Answer<Body>> {
  for (;;) {
    const answer = await ask();
    if (answer.status !== 409) return answer;
    await sleep(50);
  }
}
const predict = (instance: object = { age: 50, calls: 1 }) =>
  fetch(`${url}/predict/shop`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ instances: [instance] }),
  });
const pointers = ({ errors = [] }: ProblemBody) => errors.map(({ pointer }) => pointer);

/** Everything that deployments are made of. */
async function everything() {
  const [endpoints, configs, models, components, alarms, targets, keys] = await Promise.all([
    sagemaker.send(new ListEndpointsCommand({})),
    sagemaker.send(new ListEndpointConfigsCommand({})),
    sagemaker.send(new ListModelsCommand({})),
    sagemaker.send(new ListInferenceComponentsCommand({})),
    cloudwatch.send(new DescribeAlarmsCommand({})),
    autoScaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' })),
    Promise.all(['deployments/', 'work/'].map((folder) => workspace.listAll(folder))),
  ]);
  return [
    ...(endpoints.Endpoints ?? []).map(({ EndpointName }) => EndpointName),
    ...(configs.EndpointConfigs ?? []).map(({ EndpointConfigName }) => EndpointConfigName),
    ...(models.Models ?? []).map(({ ModelName }) => ModelName),
    ...(components.InferenceComponents ?? []).map(({ InferenceComponentName }) => InferenceComponentName),
    ...(alarms.MetricAlarms ?? []).map(({ AlarmName }) => AlarmName),
    ...(targets.ScalableTargets ?? []).map(({ ResourceId }) => ResourceId),
    ...keys.flat(),
  ];
}

t.test('what SageMaker does not have for an inference component is refused, field by field', async (t) => {
  const refused = async (more: object) => {
    const { status, body } = await admin.post<ProblemBody>('deployments', {
      ...{ name: 'shop', ...version, inferenceComponent },
      ...more,
    });
    t.equal(status, 400);
    return pointers(body);
  };
  t.strictSame(await refused({ serverless: { memoryMB: 1024, maxConcurrency: 1 }, async: {} }), [
    '/serverless',
    '/async',
  ]);
  t.strictSame(await refused({ dataCapture: { percent: 1 } }), ['/dataCapture']);
  t.strictSame(await refused({ instanceCount: 4 }), ['/instanceCount']);
  t.strictSame(await refused({ inferenceComponent: { memoryMB: 512, minInstances: 3 } }), [
    '/inferenceComponent/minInstances',
  ]);
  t.strictSame(
    await refused({ inferenceComponent: { ...inferenceComponent, scaling: { ...scaling, minCopies: 3 } } }),
    ['/inferenceComponent/scaling/minCopies'],
  );
  for (const strategy of ['canary', 'linear', 'split', 'shadow']) {
    const { body } = await admin.put<ProblemBody>('deployments/shop', {
      ...{ ...version, inferenceComponent, rollout: { strategy } },
    });
    t.strictSame(pointers(body), ['/rollout/strategy'], strategy);
  }
  t.strictSame(await everything(), []);
});

t.test('a dry run says what would be called at once', async (t) => {
  const { body } = await admin.post<{ calls: { operation: string; input: object }[] }>('deployments?dryRun=true', {
    ...{ name: 'shop', ...version, inferenceComponent },
  });
  const calls = body.calls.filter(({ operation }) => operation !== 'PutObject');
  t.match(calls, [
    { operation: 'CreateModel' },
    {
      operation: 'CreateEndpointConfig',
      input: { ExecutionRoleArn: /role/, ProductionVariants: [{ ManagedInstanceScaling: { MinInstanceCount: 0 } }] },
    },
    { operation: 'CreateEndpoint', input: { EndpointName: 'shop' } },
  ]);
  t.strictSame(await everything(), []);
});

t.test('a deployment as an inference component answers as any other', async (t) => {
  const { status, body } = await admin.post<Deployment>('deployments', {
    ...{ name: 'shop', ...version, inferenceComponent: { ...inferenceComponent, scaling } },
  });
  t.equal(status, 202);
  t.match(body, { status: 'Creating', inferenceComponent: { name: 'shop', copies: 1, currentCopies: 0 } });
  t.match(await end(), { status: 'InService', version: body.version });
  const live = await until(({ inferenceComponent }) => inferenceComponent?.scaling !== undefined);
  t.match(live, {
    inferenceComponent: { memoryMB: 512, minInstances: 0, maxInstances: 3, scaling },
    variants: [{ name: 'AllTraffic', version: body.version, percent: 100 }],
  });
  t.notOk('scaling' in live);
  const config = await sagemaker.send(
    new DescribeEndpointConfigCommand({ EndpointConfigName: `shop-${body.version}` }),
  );
  t.match(config, {
    ExecutionRoleArn: /role/,
    ProductionVariants: [
      {
        ManagedInstanceScaling: { Status: 'ENABLED', MinInstanceCount: 0, MaxInstanceCount: 3 },
        RoutingConfig: { RoutingStrategy: 'LEAST_OUTSTANDING_REQUESTS' },
      },
    ],
  });
  t.notOk(config.ProductionVariants?.[0]?.ModelName);
  t.match(await sagemaker.send(new DescribeInferenceComponentCommand({ InferenceComponentName: 'shop' })), {
    Specification: {
      ModelName: `shop-${body.version}`,
      ComputeResourceRequirements: { MinMemoryRequiredInMb: 512 },
    },
  });
});

t.test('to zero when nobody calls; a call brings it back', async (t) => {
  // The copies go first, then the instances, and nothing is paid for.
  await until(
    ({ inferenceComponent, variants = [] }) => inferenceComponent?.currentCopies === 0 && variants[0]?.instances === 0,
  );
  await until(isQuiet);
  const refused = await predict();
  t.match(await refused.json(), { status: 503, code: 'model_not_ready', detail: /no copies/ });
  t.match(refused.headers.get('retry-after'), /^\d+$/);
  let answer = await predict();
  while (answer.status === 503) {
    await sleep(100);
    answer = await predict();
  }
  t.equal(answer.status, 200);
  t.match(await answer.json(), { predictions: [{ label: 'yes' }] });
  // For the tests after this one it stays as it is.
  const steady = { ...scaling, minCopies: 1, maxCopies: 1 };
  for (let copies = 0; copies !== 1; copies = (await until(isQuiet)).inferenceComponent?.currentCopies ?? 0) {
    const change = { inferenceComponent: { scaling: steady } };
    t.match(await patiently(() => admin.patch('deployments/shop', change)), { status: 202, body: change });
  }
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}));
  t.notOk(
    MetricAlarms.some(({ AlarmName = '' }) => AlarmName.endsWith('no-capacity')),
    'which nothing rings any more',
  );
});

t.test('many calls at once, streams, and an evaluation reach the component', async (t) => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => predict()));
  t.ok(answers.every(({ status }) => status === 200));
  const stream = await fetch(`${url}/predict/shop/stream`, {
    ...{ method: 'POST', headers: { 'content-type': 'text/csv' }, body: '50,1\n' },
  });
  t.match(await stream.text(), /^0?\.\d+/);
  const { body } = await admin.post<Evaluation>(
    'evaluations',
    { deployment: 'shop', dataset: 'customers', label: 'bought' },
    { prefer: 'wait=60' },
  );
  t.match(body, { status: 'Completed', rows: 200 });
});

t.test('a new version takes its place batch by batch, and back', async (t) => {
  const before = await get();
  const wrong = async (more: object) =>
    pointers((await put({ ...version, inferenceComponent, ...more })).body as ProblemBody);
  t.strictSame(await wrong({ inferenceComponent: undefined }), ['/inferenceComponent']);
  t.strictSame(await wrong({ instanceType: 'ml.m5.xlarge' }), ['/instanceType']);
  t.strictSame(await wrong({ inferenceComponent: { memoryMB: 512 } }), ['/inferenceComponent/maxInstances']);

  const rollout = { percent: 50, intervalSeconds: 30 };
  const { status, body } = await put({ ...version, trainingJob: 'second', inferenceComponent, rollout });
  t.equal(status, 202);
  t.match(body, { rollout: { strategy: 'rolling', previous: before.version } });
  const second = await end();
  t.match(second, { status: 'InService', trainingJob: 'second', rollout: { state: 'Completed' } });
  t.equal((await predict()).status, 200);
  t.match(await get(), { inferenceComponent: { scaling: { minCopies: 1 } } }, 'scaling holds over versions');

  t.match(await admin.post('deployments/shop/rollback', {}), { status: 202 });
  t.match(await end(), { version: before.version, trainingJob: 'first', rollout: { state: 'Completed' } });
  t.match((await admin.get<Page<DeploymentVersion>>('deployments/shop/versions')).body.items, [
    { version: second?.version, live: false, rollouts: [{ state: 'Completed' }] },
    { version: before.version, live: true, rollouts: [{ state: 'Completed' }] },
  ]);
});

t.test('a rolling update is aborted', async (t) => {
  const before = await get();
  // Longer than the test may take, however busy the machine is.
  await put({ ...version, trainingJob: 'second', inferenceComponent, rollout: { percent: 20, intervalSeconds: 3600 } });
  t.match(await admin.remove('deployments/shop'), { status: 409 });
  t.match(await admin.post('deployments/shop/abort', undefined), { status: 202 });
  t.match(await end(), {
    status: 'InService',
    version: before.version,
    rollout: { state: 'RolledBack', reason: 'It was aborted by request.' },
  });
});

t.test('what comes all at once is taken back when it is there', async (t) => {
  const before = await get();
  const { modelArtifacts } = (await admin.get<TrainingJob>('training-jobs/first')).body;
  await put({ image, modelArtifacts, inferenceComponent, rollout: { strategy: 'all-at-once' } });
  t.match(await admin.post('deployments/shop/abort', undefined), { status: 202 });
  start();
  t.match(await end(), {
    status: 'InService',
    version: before.version,
    rollout: { state: 'RolledBack', reason: 'It was aborted by request.' },
  });
  const component = await sagemaker.send(new DescribeInferenceComponentCommand({ InferenceComponentName: 'shop' }));
  t.equal(component.Specification?.ModelName, `shop-${before.version}`);
});

t.test('a model that does not start leaves the one before, and the next may come', async (t) => {
  const before = await get();
  const { image } = (await admin.get<TrainingJob>('training-jobs/first')).body;
  await workspace.writeJson('broken/model.tar.gz', 'no archive');
  const broken = { image, modelArtifacts: await workspace.uri('broken/model.tar.gz') };
  await put({ ...broken, inferenceComponent, rollout: { strategy: 'all-at-once' } });
  t.match(await end(), { version: before.version, rollout: { state: 'Failed', reason: /.+/ } });
  t.equal((await predict()).status, 200);
  await put({ ...version, trainingJob: 'second', inferenceComponent, rollout: { strategy: 'all-at-once' } });
  t.match(await end(), { status: 'InService', trainingJob: 'second', rollout: { state: 'Completed' } });
});

t.test('a first version that does not start fails with the reason and can be removed', async (t) => {
  const { image } = (await admin.get<TrainingJob>('training-jobs/first')).body;
  const modelArtifacts = await workspace.uri('broken/model.tar.gz');
  await admin.post('deployments', { name: 'broken', image, modelArtifacts, inferenceComponent });
  t.match((await admin.events<Deployment>('deployments/broken')).at(-1), {
    data: { status: 'Failed', failureReason: /.+/, inferenceComponent: { currentCopies: 0 } },
  });
  t.match(await admin.remove('deployments/broken'), { status: 200 });
  while ((await everything()).some((each) => each?.startsWith('broken') || each?.includes('/broken'))) await sleep(50);
});

t.test('copies by hand, and what is not for a component', async (t) => {
  t.match(await admin.patch('deployments/shop', { inferenceComponent: { scaling: null } }), { status: 202 });
  t.match(await admin.patch('deployments/shop', { inferenceComponent: { copies: 2 } }), { status: 202 });
  t.match(await until(isQuiet), {
    inferenceComponent: { copies: 2, currentCopies: 2, scaling: undefined },
  });
  for (const change of [{ instanceCount: 2 }, { percent: 5 }, { scaling: null }]) {
    const { status, body } = await admin.patch<ProblemBody>('deployments/shop', change);
    t.equal(status, 400);
    t.strictSame(pointers(body), [`/${Object.keys(change)[0]}`]);
  }
  await admin.post('deployments', { name: 'plain', ...version });
  await admin.events('deployments/plain');
  const { body } = await admin.put<ProblemBody>('deployments/plain', { ...version, inferenceComponent });
  t.strictSame(pointers(body), ['/inferenceComponent']);
  const change = await admin.patch<ProblemBody>('deployments/plain', { inferenceComponent: { copies: 1 } });
  t.strictSame(pointers(change.body), ['/inferenceComponent']);
  await admin.remove('deployments/plain');
});

t.test('a trained model is delivered as a component, and over one', async (t) => {
  const before = await get();
  const job = {
    ...{ algorithm: 'xgboost', inputs: { train: 'customers' }, label: 'bought' },
    hyperparameters: { objective: 'binary:logistic', num_round: 5 },
  };
  const { body } = await admin.post<ProblemBody>('training-jobs', { ...job, name: 'third', deploy: { name: 'shop' } });
  t.strictSame(pointers(body), ['/deploy/inferenceComponent']);
  await admin.post('training-jobs', { ...job, name: 'third', deploy: { name: 'shop', inferenceComponent } });
  await admin.post('training-jobs', { ...job, name: 'fourth', deploy: { name: 'fresh', inferenceComponent } });
  t.match((await admin.events<TrainingJob>('training-jobs/third')).at(-1), {
    data: { deployment: { state: 'Deployed' } },
  });
  t.match(await end(), { trainingJob: 'third', rollout: { previous: before.version, state: 'Completed' } });
  t.match((await admin.events<TrainingJob>('training-jobs/fourth')).at(-1), {
    data: { deployment: { state: 'Deployed' } },
  });
  t.match(await admin.get('deployments/fresh'), {
    body: { status: 'InService', trainingJob: 'fourth', inferenceComponent: { currentCopies: 1 } },
  });
  t.match(await admin.remove('deployments/fresh'), { status: 200 });
});

t.test('a gate evaluates it before any copy of it is there', async (t) => {
  const before = await get();
  const job = {
    ...{ algorithm: 'xgboost', inputs: { train: 'customers' }, label: 'bought' },
    hyperparameters: { objective: 'binary:logistic', num_round: 5 },
  };
  const deploy = {
    ...{ name: 'shop', labels: ['no', 'yes'], inferenceComponent, rollout: { strategy: 'all-at-once' } },
    gate: { dataset: 'customers', minAccuracy: 0.5 },
  };
  await admin.post('training-jobs', { ...job, name: 'fit', deploy });
  t.match((await admin.events<TrainingJob>('training-jobs/fit')).at(-1), {
    data: { deployment: { state: 'Deployed', evaluation: { passed: true } } },
  });
  t.match(await end(), { trainingJob: 'fit', rollout: { previous: before.version, state: 'Completed' } });
  t.notOk(
    (await everything()).some((each) => each?.endsWith('-g')),
    'what it was evaluated with is gone',
  );
});

t.test('a removal leaves nothing', async (t) => {
  await admin.patch('deployments/shop', { inferenceComponent: { scaling } });
  await until(isQuiet);
  const { status, body } = await patiently(() => admin.remove<{ removed: string[] }>('deployments/shop'));
  t.equal(status, 200);
  for (const gone of [
    'scalable-target/shop',
    'alarm/sagemaker-gateway-shop-no-capacity',
    'inference-component/shop',
    'endpoint/shop',
  ]) {
    t.ok(body.removed.includes(gone), gone);
  }
  t.equal((await predict()).status, 404);
  await workspace.removeAll('work/training-jobs/');
  while ((await everything()).length > 0) await sleep(50);
  t.match(await admin.post('deployments', { name: 'shop', ...version }), { status: 202 }, 'the name is free');
});
