import t from 'tap';
import type { Deployment } from '../../src/admin/deployments/schema.ts';
import type { Page } from '../../src/admin/paging.ts';
import type { TransformJob } from '../../src/admin/transforms/schema.ts';
import { startGateway } from '../gateway.ts';
import { adminClient, customers, type ProblemBody } from './client.ts';

const gateway = await startGateway(t);
const admin = adminClient(gateway.url);
const order = (name: string, more = {}) => ({ name, deployment: 'shop', dataset: 'others', ...more });
const refused = async (more: object, status: number, body: object) =>
  t.match(await admin.post<ProblemBody>('transform-jobs', order('refused', more)), { status, body });

t.before(async () => {
  await admin.upload('name=customers', customers(200));
  await admin.upload('name=others', 'name,calls,age,bought\n"Ann, B",1,40,1\nCy,4,60,0\nDee,2,20,0\n');
  await admin.post('training-jobs', {
    name: 'job',
    algorithm: 'xgboost',
    hyperparameters: { objective: 'binary:logistic', num_round: 10 },
    inputs: { train: 'customers' },
    label: 'bought',
  });
  await admin.events('training-jobs/job');
  await admin.post('deployments', { name: 'shop', trainingJob: 'job', threshold: 0.5, labels: ['no', 'yes'] });
  await admin.events<Deployment>('deployments/shop');
});

t.test('a data set is scored, and comes back with its scores', async (t) => {
  const { status, headers, body } = await admin.post<TransformJob>('transform-jobs', order('scores'));
  t.equal(status, 202);
  t.equal(headers.get('location'), '/admin/transform-jobs/scores');
  t.match(body, { name: 'scores', status: 'InProgress', deployment: 'shop', dataset: 'others', rows: 3 });
  t.match(await admin.get('transform-jobs/scores/results'), { status: 409 });

  const events = await admin.events<TransformJob>('transform-jobs/scores');
  t.match(events.at(-1), {
    event: 'end',
    data: { status: 'Completed', results: '/admin/transform-jobs/scores/results' },
  });
  const results = await admin.get<string>('transform-jobs/scores/results');
  t.match(results.headers.get('content-type'), /^text\/csv/);
  t.match(
    results.body,
    /^name,calls,age,bought,score,label\n"Ann, B",1,40,1,0\.[5-9]\d+,yes\nCy,4,60,0,0\.[0-4]\d+,no\nDee,2,20,0,0\.[0-4]\d+,no\n$/,
  );
  t.match(await admin.get<Page<TransformJob>>('transform-jobs?nameContains=score'), {
    body: { items: [{ name: 'scores', status: 'Completed' }] },
  });
  t.match(await admin.post('transform-jobs', order('scores')), { status: 409, body: { code: 'already_exists' } });
  t.match(await admin.post('transform-jobs/scores/stop', undefined), { status: 409, body: { code: 'conflict' } });
});

t.test('what cannot be scored is refused, and nothing of it is kept', async (t) => {
  await admin.upload('name=strange', 'age,height\n1,2\n');
  await refused({ deployment: 'none' }, 404, { code: 'not_found' });
  await refused({ dataset: 'none' }, 404, { errors: [{ pointer: '/dataset' }] });
  await refused({ dataset: 'strange' }, 400, { errors: [{ pointer: '/dataset', detail: /"calls"/ }] });
  await refused({ maxPayloadMB: 50, maxConcurrent: 3 }, 400, { errors: [{ pointer: '/maxConcurrent' }] });
  t.match(await admin.get('transform-jobs/refused'), { status: 404 });
  t.strictSame((await gateway.workspace.list('transforms/refused/')).keys, []);
});

t.test('rows that the model refuses fail the job, and it says so', async (t) => {
  await admin.upload('name=words', 'age,calls\nold,1\n');
  await admin.post('transform-jobs', order('words', { dataset: 'words' }));
  t.match((await admin.events<TransformJob>('transform-jobs/words')).at(-1), {
    data: { status: 'Failed', failureReason: /^ClientError: See job logs/ },
  });
});
