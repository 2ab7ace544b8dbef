import { ListEndpointConfigsCommand, ListEndpointsCommand, ListModelsCommand } from '@aws-sdk/client-sagemaker';
import t from 'tap';
import type { Evaluation } from '../../../src/admin/evaluations/schema.ts';
import type { TrainingJob } from '../../../src/admin/training/schema.ts';
import { startGateway } from '../../gateway.ts';
import { adminClient, customers, type ProblemBody } from '../client.ts';

const { url, aws, workspace, log } = await startGateway(t, { reconcileIntervalMs: 150 });
const admin = adminClient(url);
await admin.upload('name=customers', customers(200));
// The truth turned round: no model that learnt the other rows passes on these.
await admin.upload(
  'name=liars',
  customers(200).replace(/^[01]/gm, (truth) => (truth === '1' ? '0' : '1')),
);

const order = (name: string, deploy: object, more = {}) => ({
  name,
  algorithm: 'xgboost',
  hyperparameters: { objective: 'binary:logistic', num_round: 10 },
  inputs: { train: 'customers' },
  label: 'bought',
  deploy,
  ...more,
});

/** The last of a job and of the way of its model. */
async function last(name: string): Promise<TrainingJob | undefined> {
  const events = await admin.events<TrainingJob>(`training-jobs/${name}`);
  return events.at(-1)?.data;
}

async function hosted() {
  const [endpoints, configs, models] = await Promise.all([
    aws.sagemaker.send(new ListEndpointsCommand({})),
    aws.sagemaker.send(new ListEndpointConfigsCommand({})),
    aws.sagemaker.send(new ListModelsCommand({})),
  ]);
  return [
    endpoints.Endpoints?.filter(({ EndpointStatus }) => EndpointStatus !== 'Deleting').map((each) => each.EndpointName),
    configs.EndpointConfigs?.map((each) => each.EndpointConfigName),
    models.Models?.map((each) => each.ModelName),
  ];
}

t.test('a model that passes the gate goes into service', async (t) => {
  const gate = { dataset: 'customers', minAccuracy: 0.9, minAuc: 0.9, maxLogLoss: 0.5 };
  const { status, body } = await admin.post<TrainingJob>(
    'training-jobs',
    order('good', { name: 'sales', gate, threshold: 0.4, labels: ['no', 'yes'] }),
  );
  t.equal(status, 202);
  t.match(body, { status: 'InProgress', deployment: { name: 'sales', state: 'Training' } });
  const job = await last('good');
  const { version = '', evaluation } = job?.deployment ?? {};
  t.match(job?.deployment, {
    state: 'Deployed',
    version: /^\d{8}T\d{6}Z$/,
    evaluation: { passed: true, metrics: { accuracy: 1 } },
  });
  t.match((await admin.get<Evaluation>(`evaluations/${evaluation?.id}`)).body, {
    status: 'Completed',
    deployment: 'sales',
    version,
    dataset: 'customers',
    threshold: 0.4,
  });
  t.match((await admin.get('deployments/sales')).body, { version, trainingJob: 'good', labels: ['no', 'yes'] });
  t.strictSame(
    await hosted(),
    [['sales'], [`sales-${version}`], [`sales-${version}`]],
    'the endpoint for the evaluation is gone',
  );
  const row = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"data": "50,1"}' };
  t.match(await (await fetch(`${url}/predict/sales`, row)).json(), { predictions: [{ label: 'yes' }] });
});

t.test('one that does not is told why, and leaves nothing', async (t) => {
  const before = await hosted();
  const gate = { dataset: 'liars', minAccuracy: 0.9, minRecall: 0.1, maxLogLoss: 10 };
  await admin.post('training-jobs', order('bad', { name: 'other', gate }));
  t.match((await last('bad'))?.deployment, {
    state: 'Rejected',
    reason: 'accuracy is 0, minAccuracy is 0.9; recall is 0, minRecall is 0.1.',
    evaluation: { passed: false, metrics: { accuracy: 0 } },
  });
  t.match(await admin.get('deployments/other'), { status: 404 });
  t.strictSame(await hosted(), before);
  t.strictSame((await workspace.list('deployments/other/')).keys, []);
});

t.test('several classes and numbers have bounds of their own', async (t) => {
  const rows = Array.from({ length: 150 }, (_, i) => `${i % 3},${i % 3}.5,${(i * 7) % 11}`);
  await admin.upload('name=kinds', `kind,size,age\n${rows.join('\n')}\n`);
  const cases = [
    ['multi:softprob', { num_class: 3 }, { minMacroF1: 0.9, minAccuracy: 0.9 }, { macroF1: 1 }],
    ['reg:squarederror', {}, { maxRmse: 0.5, maxMae: 0.5, minR2: 0.9 }, { r2: Number }],
  ] as const;
  for (const [i, [objective, more, bounds, metrics]] of cases.entries()) {
    const hyperparameters = { objective, num_round: 20, ...more };
    const kinds = { hyperparameters, inputs: { train: 'kinds' }, label: 'kind' };
    await admin.post(
      'training-jobs',
      order(`kinds-${i}`, { name: `kinds-${i}`, gate: { dataset: 'kinds', ...bounds } }, kinds),
    );
    t.match((await last(`kinds-${i}`))?.deployment, { state: 'Deployed', evaluation: { passed: true, metrics } });
  }
  const gate = { dataset: 'kinds', minMacroF1: 0.5, maxRmse: 0.0001 };
  const regression = {
    hyperparameters: { objective: 'reg:squarederror', num_round: 1 },
    inputs: { train: 'kinds' },
    label: 'kind',
  };
  t.match(await admin.post('training-jobs', order('kinds-2', { name: 'never', gate }, regression)), {
    status: 400,
    body: { errors: [{ pointer: '/deploy/gate/minMacroF1', detail: /regression model, whose bounds are maxMae/ }] },
  });
  const strict = { name: 'kinds-2', gate: { dataset: 'kinds', maxRmse: 0.0001 } };
  await admin.post('training-jobs', order('kinds-2', strict, regression));
  t.match((await last('kinds-2'))?.deployment, { state: 'Rejected', reason: /^rmse is 0\.\d+, maxRmse is 0.0001\.$/ });
});

t.test('a job that fails deploys nothing', async (t) => {
  const more = { hyperparameters: { num_round: 10, booster: 'dart' } };
  await admin.post('training-jobs', order('dart', { name: 'other' }, more));
  t.match(await last('dart'), {
    status: 'Failed',
    deployment: { state: 'Failed', reason: /The training job is Failed: .*booster: dart/ },
  });
});

t.test('what cannot be is refused before there is a job', async (t) => {
  const cases: [deploy: object, pointer: string, detail: RegExp][] = [
    [{ gate: { dataset: 'customers' } }, '/deploy/gate', /at least one of minAccuracy/],
    [{ gate: { dataset: 'customers', maxRmse: 1 } }, '/deploy/gate/maxRmse', /none of a binary model/],
    [{ gate: { dataset: 'customers', minF1: 1.5 } }, '/deploy/gate/minF1', /<= 1/],
    [{ gate: { dataset: 'none', minF1: 0.5 } }, '/deploy/gate/dataset', /no data set "none"/],
    [{ gate: { dataset: 'customers', minF1: 0.5, label: 'x' } }, '/deploy/gate/label', /not a column/],
    [{ rollout: { strategy: 'canary', percent: 60 } }, '/deploy/rollout/percent', /between 1 and 50/],
    [{ gate: { dataset: 'customers', minF1: 0.5 }, async: {} }, '/deploy/gate', /async/],
    [{ features: ['a', 'a'] }, '/deploy/features/1', /./],
  ];
  for (const [deploy, pointer, detail] of cases) {
    const { status, body } = await admin.post<ProblemBody>(
      'training-jobs',
      order('never', { name: 'sales', ...deploy }),
    );
    t.ok(status === 400 || status === 404, String(status));
    t.match(body.errors, [{ pointer, detail }]);
  }
  t.match(await admin.post('training-jobs', order('never', { name: 'sales' }, { label: 'none' })), { status: 400 });
  t.strictSame(await workspace.list('work/training-jobs/open/'), { keys: [] });
  t.match(await admin.get('training-jobs/never'), { status: 404 });
  t.match(await admin.post('training-jobs', order('good', { name: 'sales' })), {
    status: 409,
    body: { code: 'already_exists' },
  });
  t.strictSame(
    log.filter(({ level }) => Number(level) > 30),
    [],
  );
});
