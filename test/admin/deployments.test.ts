import {
  DescribeEndpointConfigCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
} from '@aws-sdk/client-sagemaker';
import t, { type Test } from 'tap';
import type { Deployment } from '../../src/admin/deployments/schema.ts';
import type { Page } from '../../src/admin/paging.ts';
import type { TrainingJob } from '../../src/admin/training/schema.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Aws } from '../../src/sagemaker/aws.ts';
import { startGateway } from '../gateway.ts';
import { adminClient, customers, type ProblemBody } from './client.ts';

async function start(t: Test, settings = {}) {
  const gateway = await startGateway(t, { allowedBuckets: ['some-bucket'], ...settings });
  const admin = adminClient(gateway.url);
  await admin.upload('name=customers', customers(200));
  await admin.post('training-jobs', {
    name: 'job',
    algorithm: 'xgboost',
    hyperparameters: { objective: 'binary:logistic', num_round: 10 },
    inputs: { train: 'customers' },
    label: 'bought',
  });
  await admin.events('training-jobs/job');
  return { ...gateway, admin };
}

/** What there is in SageMaker. */
async function hosted({ sagemaker }: Aws) {
  const [endpoints, configs, models] = await Promise.all([
    sagemaker.send(new ListEndpointsCommand({})),
    sagemaker.send(new ListEndpointConfigsCommand({})),
    sagemaker.send(new ListModelsCommand({})),
  ]);
  return [endpoints.Endpoints, configs.EndpointConfigs, models.Models].map((list) => list?.length);
}

// One for all tests but those that need it in a state of its own.
const shared = await start(t);

t.test('a deployment lives', async (t) => {
  const { admin, url, aws, workspace } = await start(t);
  const order = { name: 'sales', trainingJob: 'job', threshold: 0.4, labels: ['no', 'yes'] };
  const { status, headers, body } = await admin.post<Deployment>('deployments', order);
  t.equal(status, 202);
  t.equal(headers.get('location'), '/admin/deployments/sales');
  t.match(body, {
    name: 'sales',
    status: 'Creating',
    version: /^\d{8}T\d{6}Z$/,
    url: '/predict/sales',
    trainingJob: 'job',
    modelArtifacts: /job\/output\/model\.tar\.gz$/,
    image: /sagemaker-xgboost/,
    instanceType: 'ml.m5.large',
    instanceCount: 1,
    features: [
      { name: 'age', type: 'integer', min: 20, max: 69, example: 20 },
      { name: 'calls', type: 'integer', min: 1, max: 5, example: 1 },
    ],
    threshold: 0.4,
    labels: ['no', 'yes'],
  });
  const events = await admin.events<Deployment>('deployments/sales');
  t.match(events.at(-1), { event: 'end', data: { status: 'InService' } });
  t.match((await admin.get<Page<Deployment>>('deployments')).body.items, [{ name: 'sales', status: 'InService' }]);
  t.match(await admin.post('deployments', order), { status: 409, body: { code: 'already_exists' } });
  t.strictSame(await hosted(aws), [1, 1, 1], 'the refused one left nothing');

  const predict = () =>
    fetch(`${url}/predict/sales`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ instances: [{ calls: 1, age: 50 }] }),
    });
  t.match(await (await predict()).json(), { predictions: [{ label: 'yes' }] }, 'callable by feature names at once');

  const removed = await admin.remove<{ removed: string[] }>('deployments/sales');
  t.equal(removed.status, 200);
  t.match(removed.body.removed, [
    'endpoint/sales',
    `endpoint-config/sales-${body.version}`,
    `model/sales-${body.version}`,
    new RegExp(`^s3://.+/deployments/sales/${body.version}\\.json$`),
  ]);
  t.equal((await predict()).status, 404, 'the data plane has forgotten it');
  t.match(await admin.get('deployments/sales'), { status: 404 });
  t.match(await admin.remove('deployments/sales'), { status: 404 });
  t.strictSame((await hosted(aws)).slice(1), [0, 0]);
  t.strictSame((await workspace.list('deployments/')).keys, []);
  t.match(await admin.get('training-jobs/job'), { body: { status: 'Completed' } }, 'its training job stays');
});

t.test('artifacts with an image, and features by name', async (t) => {
  const { admin } = shared;
  const { modelArtifacts, image } = (await admin.get<TrainingJob>('training-jobs/job')).body;
  const { status, body } = await admin.post<Deployment>('deployments', {
    name: 'bare',
    modelArtifacts,
    image,
    features: ['age', { name: 'calls', type: 'integer', min: 1, max: 5, default: 1, example: 2 }],
    strictRanges: true,
    contentType: 'text/libsvm',
    accept: 'application/json',
    response: 'lambda',
  });
  t.equal(status, 202);
  t.match(body, { features: [{ name: 'age' }, { name: 'calls', default: 1 }], contentType: 'text/libsvm' });
  t.match((await admin.events<Deployment>('deployments/bare')).at(-1), { data: { status: 'InService' } });
  const predict = async (row: object) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
    return fetch(`${shared.url}/predict/bare`, { ...init, body: JSON.stringify({ instances: [row] }) });
  };
  t.match(await (await predict({ age: 40 })).json(), { predictions: [{ score: Number }] }, 'the default, as libsvm');
  t.match(await (await predict({ age: 40, calls: 6 })).json(), { errors: [{ pointer: '/instances/0/calls' }] });
  t.notOk('trainingJob' in body);
});

t.test('a source must be named, and one only', async (t) => {
  const { admin } = shared;
  const refuse = async (more: object, ...pointers: string[]) => {
    const { status, body } = await admin.post<ProblemBody>('deployments', { name: 'x', ...more });
    t.equal(status, 400);
    t.strictSame(
      body.errors?.map(({ pointer }) => pointer),
      pointers,
    );
  };
  const modelArtifacts = 's3://some-bucket/model.tar.gz';
  await refuse({}, '/trainingJob');
  await refuse({ modelArtifacts }, '/image');
  await refuse({ image: 'x' }, '/modelArtifacts');
  await refuse({ trainingJob: 'job', image: 'x', modelArtifacts }, '/modelArtifacts', '/image');
  await refuse({ trainingJob: 'job', features: ['a', 'b', 'a'] }, '/features/2');
  const job = { type: 'category', name: 'job', categories: ['a', 'b'] };
  await refuse(
    { trainingJob: 'job', features: [{ ...job, columns: ['x'] }, 'x'] },
    '/features/1',
    '/features/0/columns',
  );
  await refuse({ trainingJob: 'job', name: 'x'.repeat(45) }, '/name');
});

t.test('what is not there, or not ready', async (t) => {
  const { admin, log } = shared;
  t.match(await admin.post('deployments', { name: 'x', trainingJob: 'none' }), {
    status: 404,
    body: { errors: [{ pointer: '/trainingJob' }] },
  });
  await admin.upload('name=many', customers(60_000));
  await admin.post('training-jobs', {
    name: 'running',
    algorithm: 'xgboost',
    hyperparameters: { num_round: 5000 },
    inputs: { train: 'many' },
    label: 'bought',
  });
  t.match(await admin.post('deployments', { name: 'x', trainingJob: 'running' }), {
    status: 409,
    body: { code: 'conflict', detail: /"running" is InProgress/ },
  });
  await admin.post('training-jobs/running/stop', undefined);
  await admin.events('training-jobs/running');
  t.match(await admin.post('deployments', { name: 'x', trainingJob: 'running' }), {
    status: 409,
    body: { code: 'conflict', detail: /"running" is Stopped/ },
  });
  t.match(await admin.get('deployments/none/events'), { status: 404 });
  t.strictSame(
    log.filter(({ level }) => Number(level) > 30),
    [],
  );
});

t.test('a step that fails takes back those before it', async (t) => {
  const { admin, aws, workspace } = await start(t);
  const { modelArtifacts, image } = (await admin.get<TrainingJob>('training-jobs/job')).body;
  const hostile = aws.sagemaker.middlewareStack;
  hostile.add(
    (next, context) => (args) => {
      if (context.commandName !== 'CreateEndpointCommand') return next(args);
      throw Object.assign(new Error('You have reached the limit of 2 endpoints'), {
        name: 'ResourceLimitExceeded',
        $metadata: { httpStatusCode: 400 },
      });
    },
    { step: 'initialize' },
  );
  t.match(await admin.post('deployments', { name: 'x', modelArtifacts, image }), {
    status: 429,
    body: { code: 'resource_limit_exceeded', detail: /limit of 2 endpoints/ },
  });
  t.strictSame(await hosted(aws), [0, 0, 0]);
  t.strictSame((await workspace.list('deployments/')).keys, []);
});

t.test('what cannot be taken back is said in the log, and the client hears what went wrong first', async (t) => {
  const { admin, aws, log } = shared;
  aws.sagemaker.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'CreateEndpointCommand')
          throw Object.assign(new Error('no room'), { name: 'ResourceLimitExceeded', $metadata: {} });
        if (commandName === 'DeleteModelCommand')
          throw Object.assign(new Error('not now'), { name: 'InternalFailure', $metadata: {} });
        return next(args);
      },
    { step: 'initialize', name: 'failTwice' },
  );
  t.teardown(() => aws.sagemaker.middlewareStack.remove('failTwice'));
  t.match(await admin.post<ProblemBody>('deployments', { name: 'stuck', trainingJob: 'job' }), {
    status: 429,
    body: { code: 'resource_limit_exceeded' },
  });
  t.match(
    log.filter(({ level }) => Number(level) >= 50),
    [{ left: /^stuck-/, msg: /could not be removed/ }],
  );
});

t.test('a model that cannot be loaded fails with the reason and can be removed', async (t) => {
  const { admin, workspace } = shared;
  const { image } = (await admin.get<TrainingJob>('training-jobs/job')).body;
  await workspace.writeJson('broken/model.tar.gz', 'no archive');
  const modelArtifacts = await workspace.uri('broken/model.tar.gz');
  await admin.post('deployments', { name: 'broken', modelArtifacts, image });
  const [end] = (await admin.events<Deployment>('deployments/broken')).slice(-1);
  t.match(end, { event: 'end', data: { status: 'Failed', failureReason: /.+/ } });
  t.match(await admin.remove('deployments/broken'), { status: 200, body: { removed: ['endpoint/broken'] } });
});

t.test('a name of the configuration is taken', async (t) => {
  const { models } = loadConfig({ SAGEMAKER_ENDPOINT_NAME: 'theirs' });
  const { admin } = await start(t, { models });
  t.match(await admin.post('deployments', { name: 'theirs', trainingJob: 'job' }), {
    status: 409,
    body: { code: 'already_exists', detail: /configuration/ },
  });
});

t.test('on other fleets: asynchronous, serverless, with what passes kept', async (t) => {
  const { admin, url, aws } = shared;
  const put = (name: string, fleet: object) =>
    admin.put<Deployment>(`deployments/${name}`, { trainingJob: 'job', ...fleet });
  t.match(await put('later', { async: { maxConcurrentPerInstance: 2 } }), { status: 202, body: { async: {} } });
  const dataCapture = { percent: 50 };
  const serverless = { memoryMB: 2048, maxConcurrency: 5 };
  t.match(await put('light', { serverless, dataCapture }), { status: 202, body: { serverless, dataCapture } });
  for (const name of ['later', 'light']) {
    t.match((await admin.events<Deployment>(`deployments/${name}`)).at(-1), { data: { status: 'InService' } });
  }
  const predict = (name: string, headers = {}) =>
    fetch(`${url}/predict/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ instances: [{ calls: 1, age: 50 }] }),
    });
  t.equal((await predict('light')).status, 200);
  const config = async (name: string, version = '') =>
    aws.sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: `${name}-${version}` }));
  const { body: light } = await admin.get<Deployment>('deployments/light');
  t.match(await config('light', light.version), {
    ProductionVariants: [{ ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 } }],
    DataCaptureConfig: { InitialSamplingPercentage: 50, DestinationS3Uri: /^s3:\/\/.+\/data-capture\/light$/ },
  });
  t.match(await admin.patch('deployments/light', { instanceCount: 2 }), { status: 400 });

  const accepted = await predict('later', { prefer: 'respond-async' });
  t.equal(accepted.status, 202);
  let answer = accepted;
  while (answer.status === 202) answer = await fetch(`${url}${accepted.headers.get('location')}`);
  t.match(await answer.json(), { predictions: [{ score: Number }] });
  t.match(await admin.remove('deployments/later'), { status: 200 });
  t.match(await admin.remove('deployments/light'), { status: 200 });
});
