import t, { type Test } from 'tap';
import type { Deployment } from '../../src/admin/deployments/schema.ts';
import type { Evaluation, EvaluationSummary } from '../../src/admin/evaluations/schema.ts';
import type { Page } from '../../src/admin/paging.ts';
import { startGateway } from '../gateway.ts';
import { adminClient, customers, type ProblemBody } from './client.ts';

async function start(t: Test) {
  const gateway = await startGateway(t);
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
  await admin.post('deployments', { name: 'sales', trainingJob: 'job', threshold: 0.4, labels: ['no', 'yes'] });
  await admin.events('deployments/sales');
  const evaluate = (dataset: string, more = {}) =>
    admin.post<Evaluation & ProblemBody>(
      'evaluations',
      { deployment: 'sales', dataset, label: 'bought', ...more },
      { prefer: 'respond-async, wait=30' },
    );
  return { ...gateway, admin, evaluate };
}

// One for all tests but those that end it or need it empty.
const shared = await start(t);

t.test('an evaluation, waited for', async (t) => {
  const { admin, evaluate } = shared;
  const { status, headers, body } = await evaluate('customers');
  t.equal(status, 201);
  t.equal(headers.get('preference-applied'), 'wait=30');
  t.equal(headers.get('location'), `/admin/evaluations/${body.id}`);
  t.match(body, {
    deployment: 'sales',
    version: String,
    dataset: 'customers',
    label: 'bought',
    labels: ['no', 'yes'],
    threshold: 0.4,
    status: 'Completed',
    rows: 200,
    metrics: { accuracy: 1, precision: 1, recall: 1, f1: 1, auc: 1, logLoss: Number },
    confusionMatrix: { falsePositives: 0, falseNegatives: 0 },
    completedAt: String,
  });
  t.equal(
    body.histogram?.positives.reduce((sum, rows) => sum + rows, 0),
    body.confusionMatrix?.truePositives,
  );
  t.strictSame((await admin.get(`evaluations/${body.id}`)).body, body);
  t.notOk('heartbeatAt' in body);

  const { body: page } = await admin.get<string>(`evaluations/${body.id}`, {
    accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  });
  t.match(page, /^<!doctype html>/);
  t.match(page, /sales on customers/);
  t.match(await admin.get(`evaluations/${body.id}`, { accept: 'image/png' }), {
    status: 406,
    body: { code: 'not_acceptable' },
  });
});

t.test('an evaluation, followed', async (t) => {
  const { admin } = shared;
  const order = { deployment: 'sales', dataset: 'customers', label: 'bought', threshold: 0.9 };
  const { status, headers, body } = await admin.post<Evaluation>('evaluations', order);
  t.equal(status, 202);
  t.match(body, { status: 'InProgress', rows: 0, threshold: 0.9 });
  t.equal(headers.get('location'), `/admin/evaluations/${body.id}`);
  t.match((await admin.events(`evaluations/${body.id}`)).at(-1), { event: 'end', data: { status: 'Completed' } });
  const { items } = (await admin.get<Page<EvaluationSummary>>('evaluations')).body;
  const listed = items.find(({ id }) => id === body.id) ?? {};
  t.match(listed, { status: 'Completed', metrics: { auc: Number } });
  t.notOk('roc' in listed, 'lists are without curves');
});

t.test('columns are found by name, or else taken as they stand', async (t) => {
  const { admin, evaluate } = shared;
  const rows = customers(50).trimEnd().split('\n');
  const swapped = rows.map((row, index) => {
    const [bought, age, calls] = row.split(',');
    return `${calls},${index === 0 ? 'note' : 'x'},${age},${index === 0 ? 'bought' : bought === '1' ? 'yes' : 'no'}`;
  });
  await admin.upload('name=swapped', swapped.join('\n'));
  t.match(await evaluate('swapped'), { status: 201, body: { status: 'Completed', metrics: { accuracy: 1 } } });

  const { uri } = (await admin.upload<{ uri: string }>('name=bare', customers(50, { header: false }))).body;
  t.match(await evaluate('bare', { label: '_c0' }), { status: 201, body: { metrics: { accuracy: 1 } } });
  t.match(await evaluate(uri, { label: '_c0' }), { status: 201, body: { dataset: uri, metrics: { accuracy: 1 } } });
});

t.test('what can be known before is told before', async (t) => {
  const { admin, evaluate, log } = await start(t);
  await admin.upload('name=poor', 'bought,age\n1,2\n');
  await admin.upload('name=wide', '1,2,3,4\n');
  t.match(await evaluate('customers', { label: 'sold' }), { status: 400, body: { errors: [{ pointer: '/label' }] } });
  t.match(await evaluate('poor'), {
    status: 400,
    body: { errors: [{ pointer: '/dataset', detail: /lacks .*"calls"/ }] },
  });
  t.match(await evaluate('wide', { label: '_c0' }), {
    status: 400,
    body: { errors: [{ pointer: '/dataset', detail: /3 columns beside the label, "sales" takes 2/ }] },
  });
  t.match(await evaluate('nothing'), { status: 404, body: { errors: [{ pointer: '/dataset' }] } });
  t.match(await evaluate('customers', { deployment: 'none' }), { status: 404 });
  t.match(await evaluate('customers', { colour: 'red' }), { status: 400, body: { errors: [{ pointer: '/colour' }] } });
  t.strictSame((await admin.get<Page<Evaluation>>('evaluations')).body.items, []);
  t.match(await admin.get('evaluations/20261123T155800Z-00000000'), { status: 404 });
  t.match(await admin.get('evaluations/x'), { status: 400 });
  t.strictSame(
    log.filter(({ level }) => Number(level) > 30),
    [],
  );
});

t.test('what goes wrong on the way is in the report', async (t) => {
  const { admin, evaluate } = shared;
  await admin.upload('name=odd', 'bought,age,calls\n1,50,1\nperhaps,20,2\n');
  const odd = await evaluate('odd');
  t.match(odd.body, { status: 'Failed', failureReason: /Row 2, column "bought" must be .*"perhaps"/ });
  await admin.upload('name=words', 'bought,age,calls\n1,old,1\n');
  t.match((await evaluate('words')).body, { status: 'Failed', failureReason: /model answered/i });
  t.match(await admin.get<string>(`evaluations/${odd.body.id}`, { accept: 'text/html' }), {
    status: 200,
    body: /failed[\s\S]+perhaps/,
  });
});

t.test('a report whose replica died is told as failed', async (t) => {
  const { admin, workspace } = shared;
  const report = { deployment: 'sales', version: 'v', dataset: 'd', label: 'y', threshold: 0.5, rows: 7 };
  const store = (id: string, age: number) =>
    workspace.writeJson(`evaluations/${id}.json`, {
      ...report,
      id,
      status: 'InProgress',
      createdAt: new Date().toISOString(),
      heartbeatAt: new Date(Date.now() - age).toISOString(),
    });
  await store('20261123T155800Z-00000001', 61_000);
  await store('20261123T155800Z-00000002', 30_000);
  t.match(await admin.get('evaluations/20261123T155800Z-00000001'), {
    body: { status: 'Failed', failureReason: /replica/ },
  });
  t.match(await admin.get('evaluations/20261123T155800Z-00000002'), { body: { status: 'InProgress', rows: 7 } });
});

t.test('a closing gateway ends what it runs and says so', async (t) => {
  const { admin, app, workspace } = await start(t);
  await admin.upload('name=many', customers(60_000));
  const { body } = await admin.post<Evaluation>('evaluations', {
    deployment: 'sales',
    dataset: 'many',
    label: 'bought',
  });
  await app.close();
  t.match(await workspace.readJson(`evaluations/${body.id}.json`), { status: 'Failed', failureReason: /stopped/ });
});

t.test('only a deployment in service', async (t) => {
  const { admin, evaluate, workspace } = shared;
  const { image } = (await admin.get<Deployment>('deployments/sales')).body;
  await workspace.writeJson('broken/model.tar.gz', 'no archive');
  const modelArtifacts = await workspace.uri('broken/model.tar.gz');
  await admin.post('deployments', { name: 'broken', modelArtifacts, image });
  await admin.events('deployments/broken');
  t.match(await evaluate('customers', { deployment: 'broken' }), {
    status: 409,
    body: { code: 'conflict', detail: /is Failed/ },
  });
});

/** Trains and deploys what a data set is for. */
async function deployed(name: string, rows: string, hyperparameters: object, more = {}) {
  const { admin } = shared;
  await admin.upload(`name=${name}`, rows);
  const job = { algorithm: 'xgboost', inputs: { train: name }, label: 'y' };
  t.match(await admin.post('training-jobs', { ...job, name, hyperparameters: { num_round: 20, ...hyperparameters } }), {
    status: 202,
  });
  await admin.events(`training-jobs/${name}`);
  await admin.post('deployments', { name, trainingJob: name, ...more });
  t.match((await admin.events(`deployments/${name}`)).at(-1), { data: { status: 'InService' } });
}

t.test('several classes', async (t) => {
  const { admin } = shared;
  const rows = Array.from({ length: 301 }, (_, i) => `${Math.floor((i % 30) / 10)},${i % 30}`).join('\n');
  await deployed('kinds', `y,x\n${rows}\n`, { objective: 'multi:softprob', num_class: 3 }, { labels: ['a', 'b', 'c'] });
  // A thousand and one rows, so that one of them goes alone; the truth by its names.
  const named = Array.from({ length: 1_001 }, (_, i) => `${'abc'[Math.floor((i % 30) / 10)]},${i % 30}`).join('\n');
  await admin.upload('name=named', `y,x\n${named}\n`);
  const order = { deployment: 'kinds', dataset: 'named', label: 'y' };
  const { body } = await admin.post<Evaluation>('evaluations', order, { prefer: 'wait=60' });
  t.match(body, {
    status: 'Completed',
    problem: 'multiclass',
    rows: 1_001,
    metrics: { accuracy: 1, macroF1: 1, auc: 1, logLoss: Number },
    confusion: [
      [340, 0, 0],
      [0, 331, 0],
      [0, 0, 330],
    ],
    classes: [{ name: 'a', rows: 340, auc: 1 }, { name: 'b' }, { name: 'c' }],
  });
  const { body: page } = await admin.get<string>(`evaluations/${body.id}`, { accept: 'text/html' });
  t.match(page, /ROC curve of each class/);
  const wrong = await admin.post<Evaluation>(
    'evaluations',
    { ...order, problem: 'regression', label: 'x' },
    { prefer: 'wait=60' },
  );
  t.match(wrong.body, { status: 'Failed', failureReason: /3 scores a row: its problem is not regression/ });
});

t.test('numbers, slices of them, and a comparison', async (t) => {
  const { admin } = shared;
  const rows = Array.from({ length: 400 }, (_, i) => `${3 * (i % 40)},${i % 40},${i % 2 ? 'odd' : 'even'}`);
  const numbers = `y,x\n${rows.map((row) => row.split(',').slice(0, 2).join(',')).join('\n')}\n`;
  await deployed('rough', numbers, { objective: 'reg:squarederror', num_round: 3 });
  await deployed('fine', numbers, { objective: 'reg:squarederror', num_round: 30 });
  await admin.upload('name=sliced', `y,x,kind\n${rows.join('\n')}\n`);
  const order = { deployment: 'fine', compareWith: 'rough', dataset: 'sliced', label: 'y', slices: ['kind', 'x'] };
  const { body } = await admin.post<Evaluation>('evaluations', order, { prefer: 'wait=60' });
  t.match(body, {
    status: 'Completed',
    problem: 'regression',
    metrics: { mae: Number, r2: Number },
    residuals: { points: Array },
    slices: [
      { column: 'kind', value: 'even', rows: 200, metrics: { mae: Number } },
      { column: 'kind', value: 'odd', rows: 200 },
      { column: 'x', value: '0 to under 10', rows: 100 },
      { column: 'x', value: '10 to under 20', rows: 100 },
      ...[{ rows: 90 }, { value: '29 to 39', rows: 110 }],
    ],
    comparison: { deployment: 'rough', differences: [{ metric: 'mae', high: Number }, { metric: 'mse' }] },
  });
  t.ok((body.metrics?.r2 ?? 0) > 0.99);
  t.ok((body.comparison?.differences[0]?.high ?? 1) < 0, 'surely nearer than the rough one');
  t.match(await admin.post('evaluations', { ...order, slices: ['x', 'none'] }), {
    status: 400,
    body: { errors: [{ pointer: '/slices/1' }] },
  });
  t.match(await admin.post('evaluations', { ...order, compareWith: 'none' }), {
    status: 404,
    body: { errors: [{ pointer: '/compareWith' }] },
  });
});
