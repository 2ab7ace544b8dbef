import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  type DeploymentConfig,
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  UpdateEndpointCommand,
  type UpdateEndpointCommandInput,
} from '@aws-sdk/client-sagemaker';
import t from 'tap';
import { Deployment, type Variant } from '../../src/local/hosting/deployment.ts';
import { Traffic } from '../../src/local/hosting/traffic.ts';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { createConfig, createEndpoint, createModelOf, settled } from './models.ts';
import { sandbox } from './sandbox.ts';
import { versions } from './versions.ts';

const stateDir = await sandbox(t);
const models = versions();
// A minute of AWS takes 0.6 s.
const options = { stateDir, modelServers: models.modelServers, timeScale: 0.01 };
let server = await startLocalSageMaker(options);
let clients = connect(server);
t.teardown(async () => {
  clients.close();
  await server.close();
});

t.before(async () => {
  for (const version of ['old', 'new', 'bad', 'broken']) {
    await createModelOf(clients, version, models.image(version));
    await createConfig(clients, version, { AllTraffic: [version] });
  }
});

const update = (EndpointName: string, EndpointConfigName: string, more: Partial<UpdateEndpointCommandInput> = {}) =>
  clients.sagemaker.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName, ...more }));

const describe = (EndpointName: string) => clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName }));

async function inService(name: string): Promise<void> {
  await createEndpoint(clients, name, 'old');
  await settled(clients, name);
}

/** Calls an endpoint without rest until it is told to stop; then how often which version answered, and what failed. */
function load(EndpointName: string, callers = 4) {
  let going = true;
  const answers: Record<string, number> = {};
  const failures: unknown[] = [];
  const work = Array.from({ length: callers }, async () => {
    while (going) {
      try {
        const version = await models.call(clients, EndpointName);
        answers[version] = (answers[version] ?? 0) + 1;
      } catch (error) {
        failures.push(error);
      }
    }
  });
  return {
    answers,
    failures,
    async stop() {
      going = false;
      await Promise.all(work);
      return { answers, failures };
    },
  };
}

/** Looks at an endpoint until the update is over: every state that was seen, in order, once. */
async function watch(name: string) {
  const seen: string[] = [];
  for (;;) {
    const endpoint = await describe(name);
    const stage = endpoint.PendingDeploymentSummary?.ProductionVariants?.[0]?.VariantStatus?.[0]?.Status;
    const state = stage ? `${endpoint.EndpointStatus}/${stage}` : String(endpoint.EndpointStatus);
    if (seen.at(-1) !== state) seen.push(state);
    if (['InService', 'UpdateRollbackFailed', 'Failed'].includes(String(endpoint.EndpointStatus))) {
      return { seen, endpoint };
    }
    await sleep(2);
  }
}

const blueGreen = (
  routing: NonNullable<DeploymentConfig['BlueGreenUpdatePolicy']>['TrafficRoutingConfiguration'],
  more: Partial<DeploymentConfig> = {},
): { DeploymentConfig: DeploymentConfig } => ({
  DeploymentConfig: { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: routing }, ...more },
});

const percent = (Value: number) => ({ Type: 'CAPACITY_PERCENT' as const, Value });

t.test('all at once, with a time to bake and a time before the old fleet ends', async (t) => {
  await inService('once');
  const calls = load('once');
  const policy: DeploymentConfig = {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 200 },
      TerminationWaitInSeconds: 20,
      MaximumExecutionTimeoutInSeconds: 600,
    },
  };
  const began = performance.now();
  await update('once', 'new', { DeploymentConfig: policy });
  const during = await describe('once');
  t.match(during, {
    EndpointStatus: 'Updating',
    EndpointConfigName: 'old',
    ProductionVariants: [{ VariantName: 'AllTraffic', CurrentInstanceCount: 1 }],
    PendingDeploymentSummary: {
      EndpointConfigName: 'new',
      StartTime: Date,
      ProductionVariants: [
        { VariantName: 'AllTraffic', InstanceType: 'ml.m5.large', DesiredInstanceCount: 1, VariantStatus: [{}] },
      ],
    },
  });
  await t.rejects(update('once', 'old'), {
    name: 'ValidationException',
    message: /^Cannot update in-progress endpoint "arn:/,
  });
  const { seen, endpoint } = await watch('once');
  t.ok(performance.now() - began >= 2_000, 'as long as was asked for');
  t.ok(seen.includes('Updating/Baking'), seen.join(' '));
  t.match(endpoint, { EndpointConfigName: 'new', LastDeploymentConfig: policy });
  t.equal(endpoint.PendingDeploymentSummary, undefined);
  calls.answers.old = 0;
  const { answers, failures } = await calls.stop();
  t.same(failures, []);
  t.ok(Number(answers.new) > 0);
  while (models.open('old') > 0) await sleep(5);
  t.pass('the old fleet is gone');
});

t.test('a canary and then the rest, linear, rolling: step by step, and no request is dropped', async (t) => {
  const routing = { Type: 'LINEAR', LinearStepSize: percent(40), WaitIntervalInSeconds: 30 } as const;
  const cases: [string, DeploymentConfig, number[]][] = [
    [
      'canary',
      blueGreen({ Type: 'CANARY', CanarySize: percent(20), WaitIntervalInSeconds: 30 }).DeploymentConfig,
      [0, 2, 10],
    ],
    ['linear', blueGreen(routing).DeploymentConfig, [0, 4, 8, 10]],
    [
      'by-count',
      blueGreen({ ...routing, LinearStepSize: { Type: 'INSTANCE_COUNT', Value: 3 } }).DeploymentConfig,
      [0, 3, 6, 9, 10],
    ],
    ['rolling', { RollingUpdatePolicy: { MaximumBatchSize: percent(50), WaitIntervalInSeconds: 30 } }, [0, 5, 10]],
  ];
  await createConfig(clients, 'new-10', { AllTraffic: ['new'] }, 10);
  for (const [name, policy, counts] of cases) {
    await inService(name);
    const calls = load(name, 8);
    await update(name, 'new-10', { DeploymentConfig: policy });
    const seen: (number | undefined)[] = [];
    for (;;) {
      const { PendingDeploymentSummary: pending, EndpointConfigName } = await describe(name);
      if (!pending) {
        t.equal(EndpointConfigName, 'new-10');
        break;
      }
      const count = pending.ProductionVariants?.[0]?.CurrentInstanceCount;
      if (seen.at(-1) !== count) seen.push(count);
      await sleep(2);
    }
    t.same(seen.slice(-counts.length + 1), counts.slice(1), `${name}: instances that take traffic`);
    const { answers, failures } = await calls.stop();
    t.same(failures, [], `${name} drops nothing`);
    t.ok(Number(answers.old) > 0 && Number(answers.new) > 0);
  }
});

t.test('a share of the traffic is a share of the calls', async (t) => {
  const variant = { name: 'A', weight: 1, instances: 1 } as Variant;
  const [blue, green] = [new Deployment([variant]), new Deployment([{ ...variant, name: 'B' }])];
  const traffic = new Traffic(blue);
  traffic.shift(green, 0.2);
  let taken = 0;
  for (let n = 0; n < 10_000; n++) if (traffic.route(undefined)?.deployment === green) taken++;
  t.ok(Math.abs(taken - 2_000) < 250, `${taken} of 10,000`);
  t.equal(traffic.route('B')?.deployment, green, 'a target variant is found in whichever fleet has it');
  t.equal(traffic.route('A')?.deployment, blue);
});

const alarm = (name: string, more: Partial<PutMetricAlarmCommandInput> = {}): PutMetricAlarmCommandInput => ({
  AlarmName: name,
  Namespace: 'AWS/SageMaker',
  MetricName: 'Invocation5XXErrors',
  Dimensions: [
    { Name: 'EndpointName', Value: name },
    { Name: 'VariantName', Value: 'AllTraffic' },
  ],
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 0.01,
  ComparisonOperator: 'GreaterThanThreshold',
  ...more,
});

const guarded = (name: string) =>
  blueGreen(
    { Type: 'CANARY', CanarySize: percent(10), WaitIntervalInSeconds: 600 },
    { AutoRollbackConfiguration: { Alarms: [{ AlarmName: name }] } },
  );

async function alarmState(cloudwatch: CloudWatchClient, name: string) {
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
  return MetricAlarms?.[0]?.StateValue;
}

t.test('an alarm on the errors of the canary rolls the update back', async (t) => {
  await inService('guarded');
  await t.rejects(update('guarded', 'bad', guarded('guarded')), {
    name: 'ValidationException',
    message: 'Could not find the CloudWatch alarm "guarded" of AutoRollbackConfiguration.',
  });
  await clients.cloudwatch.send(new PutMetricAlarmCommand(alarm('guarded')));
  t.equal(await alarmState(clients.cloudwatch, 'guarded'), 'INSUFFICIENT_DATA');
  const calls = load('guarded', 8);
  while ((await alarmState(clients.cloudwatch, 'guarded')) !== 'OK') await sleep(10);
  await update('guarded', 'bad', guarded('guarded'));
  const { seen, endpoint } = await watch('guarded');
  t.match(endpoint, {
    EndpointStatus: 'InService',
    EndpointConfigName: 'old',
    FailureReason: /the CloudWatch alarm "guarded" is in the ALARM state/,
  });
  t.ok(seen.some((state) => state.startsWith('Updating/')));
  const { MetricAlarms } = await clients.cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'guard' }));
  t.match(MetricAlarms, [{ StateReason: /^Threshold Crossed: 1 out of the last 1 datapoints \[/ }]);
  const { answers, failures } = await calls.stop();
  const share = failures.length / (failures.length + Number(answers.old));
  t.ok(share > 0 && share < 0.15, `errors of the canary alone: ${Math.round(share * 1000) / 10} %`);
  t.match(failures[0], { name: 'ModelError', OriginalStatusCode: 500 });
});

t.test('the metrics that alarms are made of', async (t) => {
  const query = (Id: string, MetricName: string, Stat: string) => ({
    Id,
    MetricStat: {
      Metric: { Namespace: 'AWS/SageMaker', MetricName, Dimensions: alarm('guarded').Dimensions },
      Period: 3600,
      Stat,
    },
  });
  const span = { StartTime: new Date(Date.now() - 3_600_000), EndTime: new Date(Date.now() + 1000) };
  const { MetricDataResults = [] } = await clients.cloudwatch.send(
    new GetMetricDataCommand({
      ...span,
      MetricDataQueries: [
        query('calls', 'Invocations', 'Sum'),
        query('errors', 'Invocation5XXErrors', 'Sum'),
        query('latency', 'ModelLatency', 'p90'),
        query('overhead', 'OverheadLatency', 'Average'),
        { Id: 'share', Expression: '100 * errors / calls', Label: 'error share' },
        { Id: 'either', Expression: 'SUM([calls, errors]) + FILL(nothing, 1)', ReturnData: true },
        query('nothing', 'NoSuchMetric', 'Sum'),
      ],
    }),
  );
  const total = new Map(
    MetricDataResults.map(({ Id, Values = [] }) => [Id, Values.reduce((sum, value) => sum + value, 0)]),
  );
  const [calls = 0, errors = 0] = ['calls', 'errors'].map((id) => total.get(id));
  t.ok(calls > errors && errors > 0);
  t.ok(Number(total.get('latency')) > 0 && Number(total.get('overhead')) > 0);
  t.equal(MetricDataResults.find(({ Id }) => Id === 'nothing')?.Values?.length, 0);
  t.ok(Number(total.get('either')) > calls + errors);
  t.match(MetricDataResults.find(({ Id }) => Id === 'share')?.Label, 'error share');
  const { Datapoints = [] } = await clients.cloudwatch.send(
    new GetMetricStatisticsCommand({
      ...span,
      Namespace: 'AWS/SageMaker',
      MetricName: 'ModelLatency',
      Dimensions: alarm('guarded').Dimensions,
      Period: 60,
      Statistics: ['SampleCount', 'Maximum'],
      ExtendedStatistics: ['p50'],
    }),
  );
  t.match(Datapoints[0], { Timestamp: Date, Unit: 'Microseconds', ExtendedStatistics: { p50: Number } });
  t.equal(
    Datapoints.reduce((sum, { SampleCount = 0 }) => sum + SampleCount, 0),
    calls,
  );
});

t.test('a state set by hand rolls back too; an alarm that is not there cannot be set', async (t) => {
  await inService('by-hand');
  await clients.cloudwatch.send(new PutMetricAlarmCommand(alarm('by-hand', { TreatMissingData: 'ignore' })));
  await update('by-hand', 'new', guarded('by-hand'));
  while ((await describe('by-hand')).PendingDeploymentSummary?.ProductionVariants?.[0]?.CurrentInstanceCount === 0) {
    await sleep(5);
  }
  await clients.cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName: 'by-hand', StateValue: 'ALARM', StateReason: 'a test' }),
  );
  t.match(await settled(clients, 'by-hand'), { EndpointConfigName: 'old', FailureReason: /by-hand/ });
  await clients.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['by-hand'] }));
  t.equal(await alarmState(clients.cloudwatch, 'by-hand'), undefined);
  await t.rejects(
    clients.cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: 'by-hand', StateValue: 'OK', StateReason: 'a test' }),
    ),
    { name: 'ResourceNotFound' },
  );
});

t.test('it takes too long, or the new fleet cannot start', async (t) => {
  await inService('late');
  const slow = blueGreen({ Type: 'CANARY', CanarySize: percent(10), WaitIntervalInSeconds: 3600 });
  Object.assign(slow.DeploymentConfig.BlueGreenUpdatePolicy ?? {}, { MaximumExecutionTimeoutInSeconds: 600 });
  await update('late', 'broken', slow);
  t.match(await settled(clients, 'late'), {
    EndpointStatus: 'InService',
    EndpointConfigName: 'old',
    FailureReason: /did not pass the ping health check/,
  });
  await update('late', 'new', slow);
  t.match(await settled(clients, 'late'), { EndpointConfigName: 'old', FailureReason: /within 600 seconds/ });
});

t.test('a rolling update whose old fleet cannot be started again', async (t) => {
  await inService('torn');
  await clients.cloudwatch.send(new PutMetricAlarmCommand(alarm('torn', { TreatMissingData: 'ignore' })));
  await update('torn', 'new', {
    DeploymentConfig: {
      RollingUpdatePolicy: { MaximumBatchSize: percent(50), WaitIntervalInSeconds: 100 },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'torn' }] },
    },
  });
  for (let at = 0; at < 20; ) at = (await models.call(clients, 'torn')) === 'new' ? at + 1 : 0;
  models.fail('old');
  await clients.cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName: 'torn', StateValue: 'ALARM', StateReason: 'a test' }),
  );
  const { endpoint } = await watch('torn');
  models.fail(undefined);
  t.match(endpoint, { EndpointStatus: 'UpdateRollbackFailed', FailureReason: /The rollback failed: The primary/ });
  t.equal(await models.call(clients, 'torn'), 'new', 'it goes on serving');
  await clients.cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName: 'torn', StateValue: 'OK', StateReason: 'a test' }),
  );
  await update('torn', 'old');
  t.match(await settled(clients, 'torn'), { EndpointStatus: 'InService', EndpointConfigName: 'old' });
});

t.test('properties of the variants, and the policy, that an update keeps', async (t) => {
  await createConfig(clients, 'two-of-them', { AllTraffic: ['old', 3], B: ['old', 1] });
  await createConfig(clients, 'next-two', { AllTraffic: ['new', 7], B: ['new', 7] });
  await createEndpoint(clients, 'keeps', 'two-of-them');
  await settled(clients, 'keeps');
  const policy = blueGreen({ Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 1 });
  await update('keeps', 'next-two', { ...policy, RetainAllVariantProperties: true });
  const weights = ({ ProductionVariants = [] }: DescribeEndpointCommandOutput) =>
    ProductionVariants.map(({ CurrentWeight }) => CurrentWeight);
  t.same(weights(await settled(clients, 'keeps')), [3, 1]);
  await update('keeps', 'next-two', {
    RetainDeploymentConfig: true,
    RetainAllVariantProperties: true,
    ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DesiredWeight' }],
  });
  const after = await settled(clients, 'keeps');
  t.same(weights(after), [7, 7]);
  t.match(after.LastDeploymentConfig, policy.DeploymentConfig);
});

t.test('what a policy must not be', async (t) => {
  const cases: [DeploymentConfig, RegExp][] = [
    [blueGreen({ Type: 'CANARY', WaitIntervalInSeconds: 0 }).DeploymentConfig, /CanarySize must be specified/],
    [
      blueGreen({ Type: 'CANARY', CanarySize: percent(51), WaitIntervalInSeconds: 0 }).DeploymentConfig,
      /CanarySize must be between 1 and 50 percent/,
    ],
    [
      blueGreen({ Type: 'LINEAR', LinearStepSize: percent(5), WaitIntervalInSeconds: 0 }).DeploymentConfig,
      /LinearStepSize must be between 10 and 50 percent/,
    ],
    [
      blueGreen({ Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 3601 }).DeploymentConfig,
      /Member must have value less than or equal to 3600/,
    ],
    [{ RollingUpdatePolicy: { MaximumBatchSize: percent(4), WaitIntervalInSeconds: 0 } }, /MaximumBatchSize/],
  ];
  for (const [DeploymentConfig, message] of cases) {
    await t.rejects(update('keeps', 'new', { DeploymentConfig }), { name: 'ValidationException', message });
  }
});

t.test('a restart in the middle of it goes on where it was', async (t) => {
  await inService('restarted');
  await update(
    'restarted',
    'new',
    blueGreen({ Type: 'LINEAR', LinearStepSize: percent(50), WaitIntervalInSeconds: 100 }),
  );
  const stage = async () => (await describe('restarted')).PendingDeploymentSummary?.ProductionVariants?.[0];
  while ((await stage())?.VariantStatus?.[0]?.Status !== 'Baking') await sleep(5);
  const before = (await describe('restarted')).PendingDeploymentSummary;
  clients.close();
  await server.close();
  server = await startLocalSageMaker(options);
  clients = connect(server);
  const after = await describe('restarted');
  t.match(after, { EndpointStatus: 'Updating', EndpointConfigName: 'old' });
  t.same(after.PendingDeploymentSummary?.StartTime, before?.StartTime);
  t.match(await settled(clients, 'restarted'), { EndpointConfigName: 'new', ProductionVariants: [{}] });
  t.equal(await models.call(clients, 'restarted'), 'new');
  t.equal((await alarmState(clients.cloudwatch, 'guarded')) === undefined, false, 'alarms are still there');
});
