import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import t, { type Test } from 'tap';
import type { Deployment } from '../../../src/admin/deployments/schema.ts';
import type { Delivery } from '../../../src/admin/training/delivery.ts';
import type { DeliveryStatus } from '../../../src/admin/training/delivery-schema.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { startLocalSageMaker } from '../../../src/local/start.ts';
import { createAws } from '../../../src/sagemaker/aws.ts';
import { Workspace } from '../../../src/sagemaker/workspace.ts';
import { sandbox } from '../../local/sandbox.ts';
import { startReplica } from '../../predict/replica.ts';
import { startAwsProxy } from '../aws-proxy.ts';
import { adminClient, customers, type ProblemBody } from '../client.ts';

// A gateway started for each kill.
t.setTimeout(400_000);

const local = await startLocalSageMaker({ stateDir: await sandbox(t) });
const roleArn = `arn:aws:iam::${local.accountId}:role/gateway`;
const aws = createAws(loadConfig({ GATEWAY_MODE: 'aws' }), {
  endpoint: local.url,
  region: local.region,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
const workspace = new Workspace(aws, { prefix: 'sagemaker-gateway' });
t.teardown(async () => {
  aws.close();
  await local.close();
});

interface Replica {
  readonly url: string;
  kill(): Promise<void>;
}

/**
 * Two gateways, each behind a proxy that kills it when AWS has done what it asked for, before it hears of that: the first time for each name of
 * a call that changes something. (Before the next call all stands as after this one.) A new gateway takes the place of the dead one.
 */
async function startMortals(t: Test, isMortal: (call: string) => boolean) {
  const killedAt: string[] = [];
  const done = new Map<string, number>();
  const alive = new Set<Replica>();
  let armed = false;
  const starting = new Set<Promise<void>>();

  async function start(): Promise<void> {
    let self: Replica | undefined;
    const dies = (point: string): boolean => {
      if (!armed || self === undefined || !alive.has(self) || killedAt.includes(point)) return false;
      killedAt.push(point);
      alive.delete(self);
      void self.kill();
      begin();
      return true;
    };
    const url = await startAwsProxy(t, {
      target: local.url,
      before: () => self === undefined || alive.has(self),
      after: ({ name, changes }, status) => {
        if (changes && status < 300) done.set(name, (done.get(name) ?? 0) + 1);
        // That a replica only took work up leaves the same behind as any death within the step.
        const tookUp = / held$/.test(name) && !/(Pending|Starting) held$/.test(name);
        return !(changes && !tookUp && isMortal(name) && dies(name));
      },
    });
    self = await startReplica(t, url, `aws: { roleArn: '${roleArn}' }\nreconcileIntervalMs: 200\n`);
    alive.add(self);
  }
  function begin(): void {
    const started = start().finally(() => starting.delete(started));
    starting.add(started);
  }
  begin();
  begin();
  await Promise.all(starting);

  return {
    killedAt,
    done,
    arm() {
      armed = true;
    },
    async disarm() {
      armed = false;
      await Promise.all(starting);
    },
    /** Any that lives. */
    async one(): Promise<Replica> {
      for (;;) {
        const [replica] = alive;
        if (replica !== undefined) return replica;
        await sleep(50);
      }
    },
  };
}

type Mortals = Awaited<ReturnType<typeof startMortals>>;

/** Asks until somebody lives long enough to answer. */
async function order(mortals: Mortals, body: object): Promise<void> {
  for (;;) {
    const { url } = await mortals.one();
    const answer = await adminClient(url)
      .post<ProblemBody>('training-jobs', body)
      .catch(() => undefined);
    if (answer?.status === 202 || answer?.body.code === 'already_exists') return;
    if (answer !== undefined && answer.status < 500) throw new Error(answer.body.detail);
    await sleep(100);
  }
}

/** When it is put away whole, which takes another replica where one was killed half-way. */
async function delivered(job: string): Promise<Delivery> {
  for (;;) {
    const delivery = await workspace.readJson<Delivery>(`work/training-jobs/done/${job}.json`);
    const open = await workspace.readJson(`work/training-jobs/open/${job}.json`);
    if (delivery !== undefined && open === undefined) return delivery;
    await sleep(100);
  }
}

const newJob = (name: string, deploy: object) => ({
  name,
  algorithm: 'xgboost',
  hyperparameters: { objective: 'binary:logistic', num_round: 10 },
  inputs: { train: 'customers' },
  label: 'bought',
  deploy,
});

t.test('killed after each call that changes something, train, evaluate and deploy end well, and once', async (t) => {
  const mortals = await startMortals(t, () => true);
  await adminClient((await mortals.one()).url).upload('name=customers', customers(200));

  mortals.arm();
  await order(mortals, newJob('job', { name: 'sales', gate: { dataset: 'customers', minAccuracy: 0.9 } }));
  const { state, reason, evaluation } = await delivered('job');
  await mortals.disarm();
  t.match({ state, reason, evaluation }, { state: 'Deployed', reason: undefined, evaluation: { passed: true } });
  t.comment(`${mortals.killedAt.length} kills: ${mortals.killedAt.join(', ')}`);
  t.ok(mortals.killedAt.length >= 10, 'at enough points');

  const { url } = await mortals.one();
  const { body } = await adminClient(url).get<{ deployment: DeliveryStatus }>('training-jobs/job');
  const { version = '' } = body.deployment;
  const counts = [...mortals.done].filter(([name]) => /^(Create|Delete)/.test(name));
  t.strictSame(Object.fromEntries(counts), {
    'CreateTrainingJob job': 1,
    [`CreateModel sales-${version}`]: 1,
    [`CreateEndpointConfig sales-${version}`]: 1,
    [`CreateEndpoint sales-${version}`]: 1,
    [`DeleteEndpoint sales-${version}`]: 1,
    'CreateEndpoint sales': 1,
  });
  t.strictSame((await workspace.list('evaluations/')).keys, [`evaluations/${evaluation?.id}.json`]);
  t.strictSame((await workspace.list('deployments/')).keys, [`deployments/sales/${version}.json`]);
  t.strictSame((await workspace.list('work/')).keys, ['work/training-jobs/done/job.json']);
  const row = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"data": "50,1"}' };
  t.equal((await fetch(`${url}/predict/sales`, row)).status, 200);
});

t.test('and so does the rollout over a live version', async (t) => {
  const mortals = await startMortals(t, (call) => /rollouts|UpdateEndpoint/.test(call));
  mortals.arm();
  await order(mortals, newJob('next', { name: 'sales', rollout: { strategy: 'all-at-once', bakeSeconds: 0 } }));
  const { state, reason } = await delivered('next');
  await mortals.disarm();
  t.match({ state, reason }, { state: 'Deployed', reason: undefined });
  t.comment(`${mortals.killedAt.length} kills: ${mortals.killedAt.join(', ')}`);
  t.ok(mortals.killedAt.length >= 4, 'at enough points');

  const { url } = await mortals.one();
  const { body } = await adminClient(url).get<Deployment>('deployments/sales');
  t.match(body, { trainingJob: 'next', status: 'InService', rollout: { state: 'Completed' } });
  t.equal(mortals.done.get('UpdateEndpoint sales'), 1);
  t.strictSame((await aws.cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms, []);
  t.equal((await workspace.list('deployments/')).keys.length, 2);
  while ((await workspace.list('work/rollouts/open/')).keys.length > 0) await sleep(100);
  t.equal((await workspace.list('work/rollouts/')).keys.length, 1);
});
