import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeregisterScalableTargetCommand,
  DescribeScalingActivitiesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointConfigCommand,
  CreateInferenceComponentCommand,
  DescribeInferenceComponentCommand,
  UpdateInferenceComponentCommand,
} from '@aws-sdk/client-sagemaker';
import t from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { createEndpoint, createModelOf, settled } from './models.ts';
import { sandbox } from './sandbox.ts';
import { versions } from './versions.ts';

const models = versions();
const server = await startLocalSageMaker({
  stateDir: await sandbox(t),
  modelServers: models.modelServers,
  timeScale: 0.005,
});
const clients = connect(server);
const { sagemaker, scaling, cloudwatch } = clients;
t.teardown(async () => {
  clients.close();
  await server.close();
});

const compute = { ComputeResourceRequirements: { MinMemoryRequiredInMb: 1024 } };
const InferenceComponentName = 'component';

async function component() {
  return sagemaker.send(new DescribeInferenceComponentCommand({ InferenceComponentName }));
}
async function arrived() {
  for (;;) {
    const now = await component();
    if (now.InferenceComponentStatus === 'InService' || now.InferenceComponentStatus === 'Failed') return now;
    await sleep(10);
  }
}
const copies = async () => (await component()).RuntimeConfig?.CurrentCopyCount;
const call = () => models.call(clients, 'host', { InferenceComponentName });

const target = {
  ServiceNamespace: 'sagemaker' as const,
  ResourceId: 'inference-component/component',
  ScalableDimension: 'sagemaker:inference-component:DesiredCopyCount' as const,
};

t.before(async () => {
  for (const version of ['old', 'new', 'broken']) await createModelOf(clients, version, models.image(version));
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: 'host',
      ExecutionRoleArn: 'arn:aws:iam::000000000000:role/sagemaker',
      ProductionVariants: [
        {
          VariantName: 'A',
          InitialInstanceCount: 1,
          InstanceType: 'ml.m5.large',
          ManagedInstanceScaling: { Status: 'ENABLED', MinInstanceCount: 0, MaxInstanceCount: 2 },
        },
      ],
    }),
  );
  await createEndpoint(clients, 'host', 'host');
  t.match((await settled(clients, 'host')).ProductionVariants, [
    { CurrentInstanceCount: 1, ManagedInstanceScaling: { MinInstanceCount: 0 } },
  ]);
  await sagemaker.send(
    new CreateInferenceComponentCommand({
      ...{ InferenceComponentName, EndpointName: 'host', VariantName: 'A' },
      Specification: { ...compute, ModelName: 'old' },
      RuntimeConfig: { CopyCount: 1 },
    }),
  );
  await arrived();
});

t.test('to zero copies when nobody calls, and back by the alarm of a call that found none', async (t) => {
  await t.rejects(
    scaling.send(
      new RegisterScalableTargetCommand({
        ...target,
        ResourceId: 'inference-component/none',
        MinCapacity: 0,
        MaxCapacity: 1,
      }),
    ),
    { name: 'ValidationException', message: /inference component .* does not exist/ },
  );
  await scaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 0, MaxCapacity: 2 }));
  await scaling.send(
    new PutScalingPolicyCommand({
      ...target,
      PolicyName: 'track',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 2,
        PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerInferenceComponentInvocationsPerCopy' },
        ScaleInCooldown: 60,
        ScaleOutCooldown: 60,
      },
    }),
  );
  const { PolicyARN } = await scaling.send(
    new PutScalingPolicyCommand({
      ...target,
      PolicyName: 'wake',
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        MetricAggregationType: 'Maximum',
        Cooldown: 60,
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
      },
    }),
  );
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'no-capacity',
      AlarmActions: [String(PolicyARN)],
      Namespace: 'AWS/SageMaker',
      MetricName: 'NoCapacityInvocationFailures',
      Dimensions: [{ Name: 'InferenceComponentName', Value: InferenceComponentName }],
      Statistic: 'Sum',
      ...{ Period: 60, EvaluationPeriods: 1, Threshold: 1 },
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    }),
  );
  while ((await copies()) !== 0) await sleep(50);
  t.match((await settled(clients, 'host')).ProductionVariants, [{ CurrentInstanceCount: 0 }]);
  await t.rejects(call(), { name: 'ValidationError', message: /^Inference Component has no capacity/ });
  while ((await copies()) === 0) await sleep(50);
  t.match((await settled(clients, 'host')).ProductionVariants, [{ CurrentInstanceCount: 1 }]);
  const { ScalingActivities = [] } = await scaling.send(
    new DescribeScalingActivitiesCommand({ ServiceNamespace: 'sagemaker', ResourceId: target.ResourceId }),
  );
  t.match(ScalingActivities.filter(({ Description }) => Description === 'Setting desired copy count to 0.').at(-1), {
    Cause: /in state ALARM triggered policy track$/,
  });
  t.match(ScalingActivities.filter(({ Description }) => Description === 'Setting desired copy count to 1.').at(-1), {
    Cause: /^monitor alarm no-capacity in state ALARM triggered policy wake$/,
  });

  let busy = true;
  const callers = Array.from({ length: 4 }, async () => {
    while (busy) await call().catch(() => sleep(20));
  });
  while ((await copies()) !== 2) await sleep(20);
  busy = false;
  await Promise.all(callers);
  t.pass('more copies for more calls');
  // What comes after this is not to be scaled in meanwhile.
  await scaling.send(new DeregisterScalableTargetCommand(target));
  await arrived();
});

const update = (ModelName: string, alarm?: string) =>
  sagemaker.send(
    new UpdateInferenceComponentCommand({
      InferenceComponentName,
      Specification: { ...compute, ModelName },
      ...(alarm === undefined
        ? {}
        : {
            DeploymentConfig: {
              RollingUpdatePolicy: {
                MaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 50 },
                // Longer than the test may take, however busy the machine is.
                WaitIntervalInSeconds: 3600,
              },
              AutoRollbackConfiguration: { Alarms: [{ AlarmName: alarm }] },
            },
          }),
    }),
  );

t.test('a rolling update has both versions in service, and an alarm takes it back', async (t) => {
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      ...{ AlarmName: 'back', Namespace: 'x', MetricName: 'x', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1 },
      ...{ Threshold: 1, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'ignore' },
    }),
  );
  await t.rejects(update('new', 'none'), { name: 'ValidationException', message: /CloudWatch alarm "none"/ });
  await update('new', 'back');
  const answers = new Set<string>();
  while (answers.size < 2) answers.add(await call());
  t.match(await component(), { InferenceComponentStatus: 'Updating', Specification: { ModelName: 'old' } });
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'back', StateValue: 'ALARM', StateReason: 'a test' }));
  t.match(await arrived(), {
    InferenceComponentStatus: 'InService',
    FailureReason: /alarm "back" is in the ALARM state/,
    Specification: { ModelName: 'old' },
    LastDeploymentConfig: { RollingUpdatePolicy: { MaximumBatchSize: { Value: 50 } } },
  });
  for (let n = 0; n < 20; n++) t.equal(await call(), 'old');
});

t.test('what does not start leaves what there was; what does takes its place', async (t) => {
  await update('broken');
  t.match(await arrived(), {
    InferenceComponentStatus: 'Failed',
    FailureReason: /does not start/,
    Specification: { ModelName: 'old' },
  });
  t.equal(await call(), 'old');
  await update('new');
  const after = await arrived();
  t.match(after, { InferenceComponentStatus: 'InService', Specification: { ModelName: 'new' } });
  t.equal(after.FailureReason, undefined);
  t.equal(await call(), 'new');
});
