import { DeleteAlarmsCommand, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type { Aws } from './aws.ts';
import { sending } from './fault.ts';
import { managedTag } from './managed-tag.ts';
import { orNothing } from './or-nothing.ts';

/**
 * An alarm that rings when it is told to: its metric has no values, and where data is missing CloudWatch leaves an alarm in the state that it
 * was set to. It is how an update of an endpoint is taken back, for which SageMaker has no operation. Putting it again resets nothing.
 */
export async function putManualAlarm(aws: Aws, name: string, description: string): Promise<void> {
  const command = new PutMetricAlarmCommand({
    AlarmName: name,
    AlarmDescription: description,
    Namespace: 'sagemaker-gateway',
    MetricName: 'RollBack',
    Dimensions: [{ Name: 'Alarm', Value: name }],
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'ignore',
    ActionsEnabled: false,
    Tags: [managedTag],
  });
  await sending(aws.cloudwatch.send(command));
}

/** An alarm of the calls of a minute that found no copy of a component; `action` is the ARN of what it sets off. */
export async function putNoCapacityAlarm(
  aws: Aws,
  name: string,
  { component, action }: { readonly component: string; readonly action: string },
): Promise<void> {
  const command = new PutMetricAlarmCommand({
    AlarmName: name,
    AlarmDescription: `Rings when "${component}" is called and has no copies.`,
    AlarmActions: [action],
    Namespace: 'AWS/SageMaker',
    MetricName: 'NoCapacityInvocationFailures',
    Dimensions: [{ Name: 'InferenceComponentName', Value: component }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
    Tags: [managedTag],
  });
  await sending(aws.cloudwatch.send(command));
}

/** @throws GatewayError not_found when there is no such alarm */
export async function ringAlarm(aws: Aws, name: string, reason: string): Promise<void> {
  const command = new SetAlarmStateCommand({
    AlarmName: name,
    StateValue: 'ALARM',
    StateReason: reason.slice(0, 1023),
  });
  await sending(aws.cloudwatch.send(command));
}

/** @returns whether it was there */
export async function deleteAlarm(aws: Aws, name: string): Promise<boolean> {
  return (await orNothing(aws.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [name] })))) !== undefined;
}
