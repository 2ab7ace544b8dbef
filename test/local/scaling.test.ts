import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeAlarmsCommand, PutMetricAlarmCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeEndpointCommand, UpdateEndpointWeightsAndCapacitiesCommand } from '@aws-sdk/client-sagemaker';
import t from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { createConfig, createEndpoint, createModelOf, settled } from './models.ts';
import { sandbox } from './sandbox.ts';
import { versions } from './versions.ts';

const models = versions();
const options = { stateDir: await sandbox(t), modelServers: models.modelServers, timeScale: 0.005 };
let server = await startLocalSageMaker(options);
let clients = connect(server);
t.teardown(async () => {
  clients.close();
  await server.close();
});

t.before(async () => {
  for (const version of ['old', 'new']) await createModelOf(clients, version, models.image(version));
  await createConfig(clients, 'both', { A: ['old'], B: ['new'] });
  await createEndpoint(clients, 'both', 'both');
  await settled(clients, 'both');
});

const target = {
  ServiceNamespace: 'sagemaker' as const,
  ResourceId: 'endpoint/both/variant/A',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' as const,
};

const variants = async () =>
  (await clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'both' }))).ProductionVariants ?? [];
const instances = async () => (await variants())[0]?.CurrentInstanceCount;

t.test('weights and capacities of what serves', async (t) => {
  const change = (DesiredWeightsAndCapacities: { VariantName: string; DesiredWeight?: number }[]) =>
    clients.sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({ EndpointName: 'both', DesiredWeightsAndCapacities }),
    );
  await t.rejects(change([{ VariantName: 'C' }]), { name: 'ValidationException', message: /"C" is\/are not present/ });
  await change([{ VariantName: 'A', DesiredWeight: 0 }]);
  t.match((await settled(clients, 'both')).ProductionVariants, [{ CurrentWeight: 0 }, { CurrentWeight: 1 }]);
  for (let n = 0; n < 20; n++) t.equal(await models.call(clients, 'both'), 'new');
  t.equal(await models.call(clients, 'both', { TargetVariant: 'A' }), 'old');
  await change([{ VariantName: 'A', DesiredWeight: 1 }]);
  await settled(clients, 'both');
});

t.test('target tracking gives a variant the instances that its calls need, and takes them back', async (t) => {
  const { scaling } = clients;
  await t.rejects(
    scaling.send(
      new PutScalingPolicyCommand({
        ...target,
        PolicyName: 'track',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: { TargetValue: 1 },
      }),
    ),
    {
      name: 'ObjectNotFoundException',
      message: /^No scalable target found for service namespace: sagemaker, resource/,
    },
  );
  await scaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 2, MaxCapacity: 4 }));
  t.equal(
    (await settled(clients, 'both')).ProductionVariants?.[0]?.CurrentInstanceCount,
    2,
    'brought within the bounds',
  );
  const { Alarms } = await scaling.send(
    new PutScalingPolicyCommand({
      ...target,
      PolicyName: 'track',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 2,
        PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
        ScaleInCooldown: 60,
        ScaleOutCooldown: 60,
      },
    }),
  );
  t.match(Alarms, [{ AlarmName: /AlarmHigh/ }, { AlarmName: /AlarmLow/ }]);
  const { MetricAlarms } = await clients.cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: Alarms?.map(({ AlarmName }) => String(AlarmName)) }),
  );
  t.match(MetricAlarms, [{ MetricName: 'InvocationsPerInstance', Threshold: 2 }, { Threshold: 1.8 }]);

  let busy = true;
  const callers = Array.from({ length: 4 }, async () => {
    while (busy) await models.call(clients, 'both', { TargetVariant: 'A' });
  });
  while ((await instances()) !== 4) await sleep(20);
  busy = false;
  await Promise.all(callers);
  // A call now and then: without any the metric has no value, and nothing is scaled in, as with AWS.
  while ((await instances()) !== 2) {
    await models.call(clients, 'both', { TargetVariant: 'A' });
    await sleep(250);
  }
  const { ScalingActivities = [] } = await scaling.send(
    new DescribeScalingActivitiesCommand({ ServiceNamespace: 'sagemaker', ResourceId: target.ResourceId }),
  );
  t.match(ScalingActivities.at(-1), { Description: 'Setting desired instance count to 2.', Cause: /minimum capacity/ });
  t.match(
    ScalingActivities.find(({ Description }) => Description === 'Setting desired instance count to 4.'),
    { StatusCode: 'Successful', Cause: /^monitor alarm TargetTracking-.* in state ALARM triggered policy track$/ },
  );
});

t.test('step scaling, called by an alarm of one’s own; it all survives a restart', async (t) => {
  await clients.scaling.send(
    new RegisterScalableTargetCommand({
      ...target,
      MaxCapacity: 10,
      SuspendedState: { DynamicScalingInSuspended: true },
    }),
  );
  const { PolicyARN } = await clients.scaling.send(
    new PutScalingPolicyCommand({
      ...target,
      PolicyName: 'steps',
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        Cooldown: 3600,
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 10, ScalingAdjustment: 6 },
        ],
      },
    }),
  );
  clients.close();
  await server.close();
  server = await startLocalSageMaker(options);
  clients = connect(server);
  await clients.cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'queue',
      Namespace: 'own',
      MetricName: 'depth',
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [String(PolicyARN)],
    }),
  );
  const before = Number(await instances());
  while ((await instances()) !== before + 6) {
    await clients.cloudwatch.send(
      new PutMetricDataCommand({ Namespace: 'own', MetricData: [{ MetricName: 'depth', Value: 20 }] }),
    );
    await sleep(50);
  }
  const { ScalingPolicies } = await clients.scaling.send(
    new DescribeScalingPoliciesCommand({ ServiceNamespace: 'sagemaker' }),
  );
  t.match(ScalingPolicies, [{ PolicyName: 'track' }, { PolicyName: 'steps', PolicyType: 'StepScaling' }]);
});

t.test('a target goes with its policies and their alarms', async (t) => {
  await clients.scaling.send(new DeregisterScalableTargetCommand(target));
  await t.rejects(clients.scaling.send(new DeregisterScalableTargetCommand(target)), {
    name: 'ObjectNotFoundException',
  });
  const { ScalableTargets } = await clients.scaling.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }),
  );
  t.same(ScalableTargets, []);
  const { MetricAlarms } = await clients.cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNamePrefix: 'TargetTracking' }),
  );
  t.same(MetricAlarms, []);
});
