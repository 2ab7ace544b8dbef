import { deleteAlarm, putNoCapacityAlarm } from './alarms.ts';
import type { Aws } from './aws.ts';
import { copiesOf, putScaling, putStep, removeScaling, type Tracking } from './scaling.ts';

/** Alarm by which a component comes back from zero copies. */
export const noCapacityAlarm = (component: string): string => `sagemaker-gateway-${component}-no-capacity`;

/**
 * Scales the copies of a component. Target tracking never leaves zero, where there is nothing to divide the calls by: a call that finds no copy
 * rings an alarm that adds one. https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-zero-instances.html
 */
export async function putCopyScaling(aws: Aws, component: string, order: Tracking): Promise<void> {
  const target = copiesOf(component);
  await putScaling(aws, target, order);
  if (order.min > 0) {
    await deleteAlarm(aws, noCapacityAlarm(component));
    return;
  }
  const policy = await putStep(aws, target, `${target.policyName}-from-zero`);
  await putNoCapacityAlarm(aws, noCapacityAlarm(component), { component, action: policy });
}

/** Ends scaling, policies and alarms with it. @returns what was there */
export async function removeCopyScaling(aws: Aws, component: string): Promise<string[]> {
  const scaled = await removeScaling(aws, copiesOf(component));
  const alarm = noCapacityAlarm(component);
  return [
    ...(scaled ? [`scalable-target/${component}`] : []),
    ...((await deleteAlarm(aws, alarm)) ? [`alarm/${alarm}`] : []),
  ];
}
