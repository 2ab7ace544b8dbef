import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeAlarmsCommand, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeEndpointCommand, ListEndpointConfigsCommand, ListModelsCommand } from '@aws-sdk/client-sagemaker';
import t from 'tap';
import type { Deployment, DeploymentVersion } from '../../../src/admin/deployments/schema.ts';
import type { Page } from '../../../src/admin/paging.ts';
import type { TrainingJob } from '../../../src/admin/training/schema.ts';
import type { ModelServer } from '../../../src/local/hosting/model-server.ts';
import { startGateway } from '../../gateway.ts';
import { adminClient, customers, type ProblemBody } from '../client.ts';

const image = (name: string) => `000000000000.dkr.ecr.us-east-1.amazonaws.com/${name}:1`;

/** A model that answers so after so long. */
const server = (status: number, ms: number): ModelServer => {
  const invoke = async () => {
    await sleep(ms);
    return { status, contentType: 'text/csv', body: Buffer.from(status === 200 ? '0.9\n' : 'no such luck') };
  };
  return {
    invoke,
    async stream() {
      const answer = await invoke();
      return { ...answer, body: [answer.body] };
    },
    close: async () => undefined,
  };
};

// A second of SageMaker takes a tenth of one here.
const { url, aws, workspace } = await startGateway(
  t,
  { reconcileIntervalMs: 150 },
  {
    timeScale: 0.1,
    modelServers: { [image('broken')]: async () => server(500, 0), [image('slow')]: async () => server(200, 2_000) },
  },
);
const admin = adminClient(url);
await admin.upload('name=customers', customers(200));
for (const name of ['first', 'second']) {
  await admin.post('training-jobs', {
    name,
    algorithm: 'xgboost',
    hyperparameters: { objective: 'binary:logistic', num_round: 10 },
    inputs: { train: 'customers' },
    label: 'bought',
  });
  await admin.events(`training-jobs/${name}`);
}
const { modelArtifacts } = (await admin.get<TrainingJob>('training-jobs/first')).body;
await admin.post('deployments', { name: 'sales', trainingJob: 'first' });
await admin.events('deployments/sales');

const get = async () => (await admin.get<Deployment>('deployments/sales')).body;
/** The deployment when nothing changes it any more. */
const end = async () => (await admin.events<Deployment>('deployments/sales')).at(-1)?.data;
/** Versions have names by the second: a second one within it is told to wait. */
async function put(version: object, rollout: object) {
  const answer = await admin.put<Deployment & ProblemBody>('deployments/sales', { ...version, rollout });
  const wait = answer.headers.get('retry-after');
  if (wait === null) return answer;
  await sleep(Number(wait) * 1_000);
  return put(version, rollout);
}
const ask = (what: string, body?: object) => admin.post<Deployment & ProblemBody>(`deployments/sales/${what}`, body);
const alarms = async () =>
  ((await aws.cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms ?? []).map(({ AlarmName }) => AlarmName);
const predict = () =>
  fetch(`${url}/predict/sales`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"data": "50,1"}',
  });

/** Calls, several at a time, until told to stop. */
function load() {
  const seen = { calls: 0, failed: 0, slow: 0, dropped: 0 };
  let going = true;
  const worker = async () => {
    while (going) {
      seen.calls += 1;
      const sent = performance.now();
      try {
        const answer = await predict();
        await answer.arrayBuffer();
        if (answer.status !== 200) seen.failed += 1;
        else if (performance.now() - sent > 1_900) seen.slow += 1;
      } catch {
        seen.dropped += 1;
      }
      await sleep(10);
    }
  };
  const workers = Promise.all(Array.from({ length: 4 }, worker));
  return async () => {
    going = false;
    await workers;
    return seen;
  };
}

t.test('a canary becomes the live version', async (t) => {
  const before = await get();
  const rollout = { strategy: 'canary', percent: 20, intervalSeconds: 10, bakeSeconds: 10 };
  const { status, headers } = await put({ trainingJob: 'second' }, rollout);
  t.equal(status, 202);
  t.equal(headers.get('location'), '/admin/deployments/sales');
  const after = await end();
  t.match(after, { status: 'InService', trainingJob: 'second', rollout: { state: 'Completed', endedAt: /T/ } });
  t.match(after?.variants, [{ name: 'AllTraffic', version: after?.version, percent: 100, instances: 1 }]);
  t.not(after?.version, before.version);
  t.strictSame(await alarms(), []);
});

t.test('back to the version before, and to any; the history tells', async (t) => {
  const { version: second } = await get();
  t.match(await ask('rollback', {}), { status: 202 });
  const first = await end();
  t.match(first, { trainingJob: 'first', rollout: { previous: second, state: 'Completed' } });
  t.match(await ask('rollback', { version: first?.version }), { status: 409 });
  t.match(await ask('rollback', { version: '20200101T000000Z' }), { status: 404 });
  t.match(await ask('rollback', { version: second }), { status: 202 });
  t.match(await end(), { version: second });
  t.match((await admin.get<Page<DeploymentVersion>>('deployments/sales/versions')).body.items, [
    { version: second, live: true, trainingJob: 'second', rollouts: [{ state: 'Completed' }, { state: 'Completed' }] },
    { version: first?.version, live: false, trainingJob: 'first', rollouts: [{ state: 'Completed' }] },
  ]);
  t.match(await ask('abort'), { status: 409, body: { detail: /No rollout/ } });
  t.match(await admin.get('deployments/none/versions'), { status: 404 });
});

t.test('taken back by request, and by an alarm of the account', async (t) => {
  const before = await get();
  // Longer than the test may take, however busy the machine is.
  const rollout = { strategy: 'linear', percent: 20, intervalSeconds: 3600, bakeSeconds: 3600 };
  const { body } = await put({ trainingJob: 'first' }, rollout);
  t.match(body, {
    status: 'Updating',
    version: before.version,
    rollout: { previous: before.version, strategy: 'linear', percent: 20, state: 'InProgress' },
  });
  t.equal((await alarms()).length, 1, 'by which it can be taken back');
  t.match(await put({ trainingJob: 'first' }, rollout), {
    status: 409,
    body: { code: 'conflict', detail: /is InProgress/ },
  });
  t.match(await ask('promote'), { status: 409, body: { detail: /by itself/ } });
  t.match(await ask('rollback', {}), { status: 409 });
  t.match(await admin.remove('deployments/sales'), { status: 409 });
  t.match(await ask('abort'), { status: 202 });
  t.match(await end(), {
    status: 'InService',
    version: before.version,
    rollout: { state: 'RolledBack', reason: 'It was aborted by request.' },
  });
  t.strictSame(await alarms(), []);

  await aws.cloudwatch.send(
    new PutMetricAlarmCommand({
      ...{ AlarmName: 'theirs', Namespace: 'x', MetricName: 'x', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1 },
      ...{ Threshold: 1, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'ignore' },
    }),
  );
  await put({ trainingJob: 'first' }, { ...rollout, rollback: { alarms: ['theirs'] } });
  await aws.cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName: 'theirs', StateValue: 'ALARM', StateReason: 'a test' }),
  );
  t.match(await end(), { version: before.version, rollout: { state: 'RolledBack', reason: /alarm "theirs"/ } });
  t.strictSame(await alarms(), ['theirs']);
});

for (const [how, wrong, rollback] of [
  ['fails', { image: image('broken'), modelArtifacts }, {}],
  ['is slow', { image: image('slow'), modelArtifacts }, { maxLatencyMs: 1_500 }],
] as const) {
  t.test(`a new version that ${how} under load is taken back by itself`, async (t) => {
    const before = await get();
    const finish = load();
    await sleep(500);
    const percent = 20;
    // Without the gateway's own eye it would go on for minutes, and then take all calls.
    const rollout = { strategy: 'canary', percent, intervalSeconds: 3600, rollback: { minCalls: 20, ...rollback } };
    t.match(await put(wrong, rollout), { status: 202 });
    const after = await end();
    await sleep(2_000);
    const seen = await finish();
    t.comment(JSON.stringify(seen), after?.rollout?.reason);
    t.match(after, { status: 'InService', version: before.version, rollout: { state: 'RolledBack', reason: /calls/ } });
    const bad = how === 'fails' ? seen.failed : seen.slow;
    t.ok(bad >= 3, 'the canary was met');
    // Its share of those while it was there; chance has a wide say where a busy machine makes few calls.
    t.ok(bad / seen.calls < 0.5, `${bad} of ${seen.calls}, far from all calls`);
    t.equal(seen.dropped, 0);
  });
}

t.test('a split holds until it is promoted, a shadow until it is aborted', async (t) => {
  const { version: before } = await get();
  await put({ trainingJob: 'first' }, { strategy: 'split', percent: 30 });
  const split = await end();
  t.match(split, {
    version: before,
    rollout: { state: 'Holding' },
    variants: [
      { name: 'AllTraffic', version: before, percent: 70 },
      { name: 'Next', version: split?.rollout?.version, percent: 30 },
    ],
  });
  t.match(await put({ trainingJob: 'first' }, {}), { status: 409, body: { detail: /promote or abort/ } });
  t.match(await admin.patch('deployments/sales', { percent: 60 }), { status: 202 });
  t.match((await end())?.variants, [{ percent: 40 }, { percent: 60 }]);
  t.match(await ask('promote'), { status: 202 });
  const promoted = await end();
  t.match(promoted, { version: split?.rollout?.version, rollout: { state: 'Completed' } });
  t.match(await admin.patch<ProblemBody>('deployments/sales', { percent: 60 }), {
    status: 400,
    body: { errors: [{ pointer: '/percent' }] },
  });

  await put({ trainingJob: 'second' }, { strategy: 'shadow', percent: 50 });
  t.match(await end(), { version: promoted?.version, rollout: { state: 'Holding', strategy: 'shadow' } });
  t.equal((await predict()).status, 200);
  t.match(await ask('abort'), { status: 202 });
  t.match(await end(), { version: promoted?.version, rollout: { state: 'RolledBack', reason: /by request/ } });
});

t.test('instances, and what cannot be', async (t) => {
  t.match(await admin.patch('deployments/sales', { instanceCount: 3 }), { status: 202 });
  t.match((await end())?.variants, [{ instances: 3 }]);
  t.match(await put({ trainingJob: 'second' }, { strategy: 'linear', percent: 5 }), {
    status: 400,
    body: { errors: [{ pointer: '/rollout/percent' }] },
  });
  t.match(await put({ trainingJob: 'second', features: ['age'] }, {}), {
    status: 400,
    body: { errors: [{ pointer: '/rollout/strategy', detail: /all-at-once/ }] },
  });
  t.match(await admin.patch('deployments/none', { instanceCount: 1 }), { status: 404 });
  t.match(await admin.put('deployments/fresh', { trainingJob: 'first' }), { status: 202, body: { name: 'fresh' } });
  await admin.events('deployments/fresh');
  t.match(await admin.remove('deployments/fresh'), { status: 200 });
});

t.test('instances are replaced batch by batch', async (t) => {
  await admin.patch('deployments/sales', { instanceCount: 4 });
  await end();
  t.match(await put({ trainingJob: 'second' }, { strategy: 'rolling', percent: 60 }), {
    status: 400,
    body: { errors: [{ pointer: '/rollout/percent', detail: /between 5 and 50/ }] },
  });
  const { version: before } = await get();
  const rollout = { strategy: 'rolling', percent: 50, intervalSeconds: 0 };
  t.match(await put({ trainingJob: 'second', instanceCount: 4 }, rollout), { status: 202 });
  const after = await end();
  t.match(after, { rollout: { state: 'Completed', strategy: 'rolling' }, variants: [{ instances: 4 }] });
  t.not(after?.version, before);
  const { LastDeploymentConfig: last } = await aws.sagemaker.send(
    new DescribeEndpointCommand({ EndpointName: 'sales' }),
  );
  t.match(last?.RollingUpdatePolicy, { MaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 50 } });
  await admin.patch('deployments/sales', { instanceCount: 1 });
  await end();
  await put({ trainingJob: 'first' }, { ...rollout, intervalSeconds: 3600 });
  t.match(await ask('abort'), { status: 202 });
  t.match(await end(), { version: after?.version, rollout: { state: 'RolledBack', reason: /by request/ } });
});

t.test('scaling, and the instances that it has come to, hold over versions', async (t) => {
  const scaling = { minInstances: 1, maxInstances: 4, invocationsPerInstance: 600, scaleInCooldownSeconds: 60 };
  t.match(await admin.patch('deployments/sales', { scaling: { ...scaling, minInstances: 5 } }), { status: 400 });
  t.match(await admin.patch('deployments/sales', { scaling }), { status: 202, body: { scaling } });
  await admin.patch('deployments/sales', { instanceCount: 3 });
  t.match((await end())?.variants, [{ instances: 3 }]);
  await put({ trainingJob: 'second' }, { strategy: 'all-at-once', bakeSeconds: 0 });
  t.match(await end(), { rollout: { state: 'Completed' }, instanceCount: 1, variants: [{ instances: 3 }] });
  t.match(await get(), { scaling });
  t.match(await admin.patch('deployments/sales', { scaling: null }), { status: 202, body: { scaling: undefined } });
  await admin.patch('deployments/sales', { scaling });
});

t.test('a removal leaves nothing of any version', async (t) => {
  await put({ trainingJob: 'second' }, { strategy: 'split', percent: 30 });
  await end();
  const { status, body } = await admin.remove<{ removed: string[] }>('deployments/sales');
  t.equal(status, 200);
  t.ok(body.removed.includes('endpoint/sales'));
  t.ok(body.removed.includes('scalable-target/sales'));
  t.ok(body.removed.filter((each) => each.startsWith('model/')).length >= 6, 'models of all versions');
  t.strictSame((await aws.sagemaker.send(new ListModelsCommand({}))).Models, []);
  t.strictSame((await aws.sagemaker.send(new ListEndpointConfigsCommand({}))).EndpointConfigs, []);
  t.strictSame((await workspace.list('deployments/')).keys, []);
  t.strictSame((await workspace.list('work/')).keys, []);
  t.strictSame(await alarms(), ['theirs']);
});
