import t from 'tap';
import type { Deployment } from '../../src/admin/deployments/schema.ts';
import type { Page } from '../../src/admin/paging.ts';
import type { TrainingJob } from '../../src/admin/training/schema.ts';
import type { TuningJob } from '../../src/admin/tuning/schema.ts';
import { startGateway } from '../gateway.ts';
import { adminClient, customers, type ProblemBody } from './client.ts';

const gateway = await startGateway(t, { prices: { 'ml.m5.xlarge': 3600 } });
const admin = adminClient(gateway.url);
const order = (name: string, more = {}) => ({
  name,
  algorithm: 'xgboost',
  hyperparameters: { objective: 'binary:logistic', num_round: 3 },
  inputs: { train: 'customers', validation: 'customers' },
  label: 'bought',
  ranges: {
    eta: { type: 'continuous', min: 0.01, max: 1, scaling: 'Logarithmic' },
    max_depth: { type: 'integer', min: 1, max: 4 },
  },
  objective: { metric: 'validation:error', goal: 'minimize' },
  maxJobs: 3,
  maxParallel: 2,
  seed: 1,
  ...more,
});

t.before(() => admin.upload('name=customers', customers(200)));

t.test('hyperparameters are searched, and the best training job is promoted', async (t) => {
  const { status, headers, body } = await admin.post<TuningJob>('tuning-jobs', order('tune', { tags: { team: 'x' } }));
  t.equal(status, 202);
  t.equal(headers.get('location'), '/admin/tuning-jobs/tune');
  t.match(body, { name: 'tune', status: 'InProgress', strategy: 'Bayesian', jobs: { most: 3 } });
  t.match(await admin.post('tuning-jobs/tune/promote', { name: 'early' }), { status: 409, body: { code: 'conflict' } });
  const job = (await admin.events<TuningJob>('tuning-jobs/tune')).at(-1)?.data;
  t.match(job, {
    status: 'Completed',
    jobs: { completed: 3, running: 0, failed: 0 },
    best: { name: /^tune-00\d-/, objective: Number, hyperparameters: { eta: String, max_depth: String } },
    trainingSeconds: Number,
    cost: { estimated: job?.trainingSeconds },
  });
  const trials = await admin.get<Page<TuningJob['best'] & object>>('tuning-jobs/tune/training-jobs');
  const objectives = trials.body.items.map(({ objective = Number.NaN }) => objective);
  t.equal(objectives.length, 3);
  t.equal(job?.best?.objective, Math.min(...objectives));
  t.match(await admin.get<TrainingJob>(`training-jobs/${job?.best?.name}`), { body: { tuningJob: 'tune' } });
  t.match(await admin.get('tuning-jobs?nameContains=tune'), {
    body: { items: [{ name: 'tune', status: 'Completed' }] },
  });

  const promoted = await admin.post<Deployment>('tuning-jobs/tune/promote', { name: 'shop', labels: ['no', 'yes'] });
  t.match(promoted, { status: 202, body: { name: 'shop', trainingJob: job?.best?.name } });
  t.equal(promoted.headers.get('location'), '/admin/deployments/shop');
  await admin.events<Deployment>('deployments/shop');
  const answer = await fetch(`${gateway.url}/predict/shop`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ instances: [{ age: 50, calls: 1 }] }),
  });
  t.match(await answer.json(), { predictions: [{ score: Number }] }, 'by the names of its features');
});

t.test('what cannot be searched is refused before anything is made', async (t) => {
  const refused = async (more: object, status: number, body: object) =>
    t.match(await admin.post<ProblemBody>('tuning-jobs', order('refused', more)), { status, body });
  const at = (pointer: string) => ({ errors: [{ pointer }] });
  await refused({ ranges: { eta: { type: 'continuous', min: 1, max: 0 } } }, 400, at('/ranges/eta/min'));
  await refused({ ranges: { num_round: { type: 'integer', min: 1, max: 2 } } }, 400, at('/ranges/num_round'));
  await refused({ strategy: 'Grid' }, 400, at('/ranges/eta/type'));
  await refused({ maxJobs: undefined }, 400, at('/maxJobs'));
  await refused({ maxJobs: 1, maxParallel: 2 }, 400, at('/maxParallel'));
  await refused({ spot: { maxWaitSeconds: 10 } }, 400, at('/spot/maxWaitSeconds'));
  await refused({ objective: { metric: 'nonsense', goal: 'minimize' } }, 400, { detail: /isn’t valid for/ });
  await refused({ inputs: { train: 'none' } }, 404, at('/inputs/train'));
  t.strictSame((await gateway.workspace.list('training/refused/')).keys, [], 'and nothing is left');
  t.match(await admin.get('tuning-jobs/refused'), { status: 404 });
});

t.test('a search is stopped with its training jobs', async (t) => {
  await admin.post('tuning-jobs', order('long', { maxJobs: 100, hyperparameters: { num_round: 2000 } }));
  t.match(await admin.post('tuning-jobs/long/stop', undefined), { status: 202 });
  t.match((await admin.events<TuningJob>('tuning-jobs/long')).at(-1), {
    data: { status: 'Stopped', jobs: { running: 0 } },
  });
});

t.test('a training job takes every option, tells what it costs, its log and its rounds', async (t) => {
  const options = {
    volumeSizeGB: 40,
    maxRuntimeSeconds: 600,
    spot: { maxWaitSeconds: 1200 },
    vpc: { subnets: ['subnet-1'], securityGroups: ['sg-1'] },
    volumeKmsKey: 'key-1',
    outputKmsKey: 'key-2',
    networkIsolation: true,
    encryptTraffic: true,
    environment: { LEVEL: 'x' },
    metricDefinitions: [{ name: 'err', regex: 'train-error:([0-9.]+)' }],
    tags: { team: 'x' },
  };
  const { ranges: _, objective: __, maxJobs: ___, maxParallel: ____, seed: _____, ...training } = order('options');
  await admin.post('training-jobs', { ...training, ...options });
  const job = (await admin.events<TrainingJob>('training-jobs/options')).at(-1)?.data;
  t.match(job, {
    status: 'Completed',
    spot: true,
    volumeSizeGB: 40,
    metrics: { err: Number },
    cost: { estimated: job?.billableSeconds, atMost: 600 },
  });
  const { DescribeTrainingJobCommand, ListTagsCommand } = await import('@aws-sdk/client-sagemaker');
  const { sagemaker } = gateway.aws;
  const described = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'options' }));
  t.match(described, {
    StoppingCondition: { MaxRuntimeInSeconds: 600, MaxWaitTimeInSeconds: 1200 },
    VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
    ResourceConfig: { VolumeKmsKeyId: 'key-1' },
    OutputDataConfig: { KmsKeyId: 'key-2' },
    EnableNetworkIsolation: true,
    EnableInterContainerTrafficEncryption: true,
    Environment: { LEVEL: 'x' },
  });
  t.match(await sagemaker.send(new ListTagsCommand({ ResourceArn: described.TrainingJobArn })), {
    Tags: [{ Key: 'team', Value: 'x' }, { Key: 'sagemaker-gateway:managed' }],
  });

  interface Log {
    items: { at: string; message: string }[];
    nextToken: string;
  }
  const first = await admin.get<Log>('training-jobs/options/logs?limit=2');
  t.equal(first.body.items.length, 2);
  const rest = await admin.get<Log>(`training-jobs/options/logs?nextToken=${encodeURIComponent(first.body.nextToken)}`);
  const lines = [...first.body.items, ...rest.body.items].map(({ message }) => message);
  t.equal(lines.filter((line) => /^\[\d\]/.test(line)).length, 3);
  const whole = await admin.get<Log>('training-jobs/options/logs');
  t.strictSame(
    lines,
    whole.body.items.map(({ message }) => message),
  );
  const followed = await admin.events<{ message: string }>('training-jobs/options/logs');
  t.strictSame(
    followed.slice(0, -1).map(({ data }) => data.message),
    lines,
  );
  t.match(followed.at(-1), { event: 'end', data: { status: 'Completed' } });

  t.match(await admin.get('training-jobs/options/metrics'), {
    body: {
      items: [{ round: 1, metrics: { 'train:error': Number, 'validation:error': Number } }, { round: 2 }, { round: 3 }],
    },
  });
  t.match(await admin.get('training-jobs/none/logs'), { status: 404 });
  t.match(await admin.get('training-jobs/none/metrics'), { status: 404 });
});
