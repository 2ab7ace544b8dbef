import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Page } from '../../src/admin/paging.ts';
import type { TrainingJob } from '../../src/admin/training/schema.ts';
import { startGateway } from '../gateway.ts';
import { adminClient, customers, type ProblemBody } from './client.ts';

const order = (name: string, more = {}) => ({
  name,
  algorithm: 'xgboost',
  hyperparameters: { objective: 'binary:logistic', num_round: 10, max_depth: 3 },
  inputs: { train: 'customers' },
  label: 'bought',
  ...more,
});

async function start(t: Test, settings = {}) {
  const gateway = await startGateway(t, { allowedBuckets: ['no-such-bucket'], ...settings });
  const admin = adminClient(gateway.url);
  await admin.upload('name=customers', customers(200));
  const refuse = async (more: object, status: number, expected: object) =>
    t.match(await admin.post<ProblemBody>('training-jobs', order('refused', more)), { status, body: expected });
  return { ...gateway, admin, refuse };
}

// One for all tests but those that end it or need it in a state of its own.
const shared = await start(t);

const age = { name: 'age', type: 'integer', min: 20, max: 69, example: 20 };

t.test('a job trains from a named data set', async (t) => {
  const { admin, workspace } = shared;
  const { status, headers, body } = await admin.post<TrainingJob>(
    'training-jobs',
    order('job', { inputs: { train: 'customers', validation: 'customers' }, dropColumns: ['calls'] }),
  );
  t.equal(status, 202);
  t.equal(headers.get('location'), '/admin/training-jobs/job');
  t.match(body, { name: 'job', status: 'InProgress', progress: { rounds: 10 } });
  t.equal(body.modelArtifacts, undefined, 'none before there is one');

  const events = await admin.events<TrainingJob>('training-jobs/job');
  t.equal(events.at(-1)?.event, 'end');
  t.strictSame(new Set(events.slice(0, -1).map(({ event }) => event)), new Set(['progress']));
  const { body: job } = await admin.get<TrainingJob>('training-jobs/job');
  t.match(job, {
    status: 'Completed',
    secondaryStatus: 'Completed',
    progress: { round: 10, rounds: 10 },
    metrics: { 'train:error': Number, 'validation:error': Number },
    hyperparameters: { num_round: '10', max_depth: '3' },
    inputs: { train: /training\/job\/input\/train\/data\.csv$/, validation: /input\/validation\/data\.csv$/ },
    image: /sagemaker-xgboost:1\.7-1$/,
    modelArtifacts: /training\/job\/output\/model\.tar\.gz$/,
    instanceType: 'ml.m5.xlarge',
    createdAt: String,
    startedAt: String,
    endedAt: String,
  });
  t.match(job.transitions.at(-1), { status: 'Completed' });

  const prepared = Buffer.concat(await (await workspace.readStream('training/job/input/train/data.csv')).toArray());
  t.match(prepared.toString(), /^0,20\n0,21\n/, 'label first, no header, dropped columns gone');
  t.match(await workspace.readJson('training/job/features.json'), [age]);
  t.match(
    await admin.post('training-jobs', order('job')),
    { status: 409, body: { code: 'already_exists' } },
    'the name is taken',
  );
  t.match(await workspace.readJson('training/job/features.json'), [age], 'and untouched');
});

t.test('rows without a label are used as they are', async (t) => {
  const { admin } = shared;
  await admin.upload('name=bare', customers(100, { header: false }));
  const { body } = await admin.post<TrainingJob>('training-jobs', {
    ...order('bare', { inputs: { train: 'bare' } }),
    label: undefined,
  });
  t.match(body.inputs, { train: /datasets\/bare\/[^/]+\/data\.csv$/ });
  t.match((await admin.events('training-jobs/bare')).at(-1), { data: { status: 'Completed' } });

  const byUri = order('uri', { inputs: { train: body.inputs.train }, label: '_c0', dropColumns: ['_c2'] });
  t.match(await admin.post('training-jobs', byUri), { status: 202 }, 'an object of the account, with made-up names');
});

t.test('what cannot be trained is refused before anything is made', async (t) => {
  const { admin, refuse, workspace, log } = await start(t);
  await admin.upload('name=words', 'bought,job,age\nyes,cook,30\nno,smith,40\n');
  await admin.upload('name=mostly', 'bought,age\n1,30\n0,old\n');
  await admin.upload('name=other', 'bought,age,height\n1,2,3\n');
  await admin.upload('name=reordered', 'calls,age,bought\n3,40,1\n');

  await refuse({ label: 'sold' }, 400, { errors: [{ pointer: '/label', detail: /"sold"/ }] });
  await refuse({ dropColumns: ['age', 'shoe'] }, 400, { errors: [{ pointer: '/dropColumns/1', detail: /"shoe"/ }] });
  await refuse({ label: 'x', dropColumns: ['bought', 'y'] }, 400, {
    errors: [{ pointer: '/label' }, { pointer: '/dropColumns/1' }],
  });
  await refuse({ dropColumns: ['bought'] }, 400, { errors: [{ pointer: '/dropColumns/0', detail: 'is the label' }] });
  await refuse({ dropColumns: ['age', 'calls'] }, 400, { errors: [{ pointer: '/dropColumns' }] });
  await refuse({ label: undefined }, 400, { errors: [{ pointer: '/label', detail: /has a header/ }] });
  await refuse({ inputs: { train: 'words' } }, 400, {
    errors: [{ pointer: '/label', detail: /row 1, column "bought" holds "yes"/ }],
  });
  await refuse({ inputs: { train: 'mostly' } }, 400, {
    errors: [{ pointer: '/inputs/train', detail: /row 2, column "age" holds "old"/ }],
  });
  await refuse({ inputs: { train: 'customers', validation: 'other' } }, 400, {
    errors: [{ pointer: '/inputs/validation', detail: /"calls"/ }],
  });
  await refuse({ inputs: { train: 'nothing' } }, 404, { errors: [{ pointer: '/inputs/train' }] });
  await refuse({ inputs: { train: 's3://no-such-bucket/x.csv' } }, 404, { errors: [{ pointer: '/inputs/train' }] });
  await refuse({ inputs: {} }, 400, { errors: [{ pointer: '/inputs/train', detail: 'is missing' }] });
  await refuse({ colour: 'red' }, 400, { errors: [{ pointer: '/colour' }] });
  await refuse({ hyperparameters: { num_round: [1] } }, 400, { errors: [{ pointer: '/hyperparameters/num_round' }] });
  // This one SageMaker itself refuses, when the data has been prepared.
  await refuse({ hyperparameters: { num_round: 1, updater: 'x'.repeat(2501) } }, 400, {
    code: 'validation_failed',
    detail: /2500/,
  });
  t.strictSame((await workspace.list('training/')).keys, [], 'nothing of it is left in S3');
  t.strictSame((await admin.get<Page<TrainingJob>>('training-jobs')).body.items, []);

  const other = order('reordered', { inputs: { train: 'customers', validation: 'reordered' } });
  t.match(await admin.post('training-jobs', other), { status: 202 }, 'the order of named columns does not matter');
  const rows = await (await workspace.readStream('training/reordered/input/validation/data.csv')).toArray();
  t.equal(Buffer.concat(rows).toString(), '1,40,3\n');
  t.strictSame(
    log.filter(({ level }) => Number(level) > 30),
    [],
  );
});

t.test('a wrong hyperparameter is told in the words of SageMaker, before there is a job', async (t) => {
  const { admin } = shared;
  const cases: [Record<string, unknown>, string, RegExp][] = [
    [{ num_round: 10, depth: 3 }, 'depth', /^Extraneous hyperparameter found: depth$/],
    [{ max_depth: 3 }, 'num_round', /^Missing required hyperparameter: num_round$/],
    [{ num_round: 10, eta: -1 }, 'eta', /^Hyperparameter eta: -1\.0 is not in \[0, 1\]$/],
    [{ num_round: 10, learning_rate: 2 }, 'learning_rate', /^Hyperparameter eta: 2\.0 is not in \[0, 1\]$/],
    [{ num_round: 10, objective: 'multi:softmax' }, 'num_class', /num_class/],
  ];
  for (const [hyperparameters, name, detail] of cases) {
    t.match(await admin.post<ProblemBody>('training-jobs', order('wrong', { hyperparameters })), {
      status: 400,
      body: { code: 'validation_failed', detail, errors: [{ pointer: `/hyperparameters/${name}` }] },
    });
  }
  t.equal((await admin.get('training-jobs/wrong')).status, 404);
});

t.test('what only the embedded trainer cannot do fails the job with its reason', async (t) => {
  const { admin } = shared;
  await admin.post('training-jobs', order('dart', { hyperparameters: { num_round: 10, booster: 'dart' } }));
  await admin.events('training-jobs/dart');
  t.match((await admin.get<TrainingJob>('training-jobs/dart')).body, {
    status: 'Failed',
    failureReason: /booster: dart is not supported by the embedded trainer/,
  });
});

t.test('without a role', async (t) => {
  const { refuse } = await start(t, { aws: { prefix: 'x' } });
  await refuse({}, 409, { code: 'conflict', detail: /SAGEMAKER_ROLE_ARN/ });
});

t.test('a job is stopped', async (t) => {
  const { admin } = shared;
  await admin.upload('name=many', customers(60_000));
  await admin.post('training-jobs', order('long', { inputs: { train: 'many' }, hyperparameters: { num_round: 5000 } }));
  const { status, headers, body } = await admin.post<TrainingJob>('training-jobs/long/stop', undefined);
  t.equal(status, 202);
  t.equal(headers.get('location'), '/admin/training-jobs/long');
  t.match(body.status, /^Stopp/);
  t.match((await admin.events('training-jobs/long')).at(-1), { event: 'end', data: { status: 'Stopped' } });
  t.match(await admin.post('training-jobs/long/stop', undefined), { status: 409 }, 'once');
  t.match(await admin.post('training-jobs/none/stop', undefined), { status: 404 });
});

t.test('lists are filtered and paged', async (t) => {
  const { admin } = await start(t);
  for (const name of ['red-1', 'red-2', 'blue-1']) {
    await admin.post('training-jobs', order(name));
    await admin.events(`training-jobs/${name}`);
  }
  const names = async (query: string) =>
    (await admin.get<Page<TrainingJob>>(`training-jobs?${query}`)).body.items.map(({ name }) => name);
  t.strictSame(await names(''), ['blue-1', 'red-2', 'red-1'], 'newest first');
  t.strictSame(await names('nameContains=red'), ['red-2', 'red-1']);
  t.strictSame(await names('status=Failed'), []);
  const { nextToken = '' } = (await admin.get<Page<TrainingJob>>('training-jobs?limit=2')).body;
  t.strictSame(await names(`limit=2&nextToken=${encodeURIComponent(nextToken)}`), ['red-1']);
});

t.test('event streams end with the client and with the gateway', async (t) => {
  const { admin, app, url, aws } = await start(t);
  t.match(await admin.get('training-jobs/none/events'), { status: 404, body: { code: 'not_found' } });
  await admin.upload('name=many', customers(60_000));
  await admin.post('training-jobs', order('long', { inputs: { train: 'many' }, hyperparameters: { num_round: 5000 } }));

  let polls = 0;
  aws.sagemaker.middlewareStack.add(
    (next) => (args) => {
      polls += 1;
      return next(args);
    },
    { step: 'initialize' },
  );
  const leaving = new AbortController();
  const left = await fetch(`${url}/admin/training-jobs/long/events`, { signal: leaving.signal });
  await left.body?.getReader().read();
  leaving.abort();
  // A client that stayed would have one each second; that this one has left, a busy machine notices late.
  let before: number;
  let looks = 0;
  do {
    before = polls;
    await sleep(2_500);
    looks += 1;
  } while (polls > before && looks < 5);
  t.equal(polls, before, 'nobody polls for a client that has left');

  const staying = await fetch(`${url}/admin/training-jobs/long/events`);
  const ended = staying.text();
  await app.close();
  t.match(await ended, /^event: progress/);
  t.notMatch(await ended, /event: end/, 'without waiting for the job');
});
