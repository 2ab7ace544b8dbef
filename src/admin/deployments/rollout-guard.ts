import { deleteAlarm, putManualAlarm } from '../../sagemaker/alarms.ts';
import type { Aws } from '../../sagemaker/aws.ts';
import type { Guardrails } from '../../sagemaker/endpoints.ts';
import type { RolloutWork } from './rollout-work.ts';

/** Alarm by which a rollout is taken back. */
export const alarmName = ({ deployment, startedAt }: RolloutWork): string =>
  `sagemaker-gateway-${deployment}-${startedAt.replace(/[-:.]/g, '')}`;

/** Of those that hold SageMaker knows nothing: they are two variants. */
const trafficOf = {
  canary: 'CANARY',
  linear: 'LINEAR',
  rolling: 'ROLLING',
  'all-at-once': 'ALL_AT_ONCE',
  split: 'ALL_AT_ONCE',
  shadow: 'ALL_AT_ONCE',
} as const;

export function guardrailsOf(work: RolloutWork): Guardrails {
  const { strategy, percent, intervalSeconds, bakeSeconds, rollback } = work.order;
  return {
    traffic: trafficOf[strategy],
    percent,
    intervalSeconds: strategy === 'all-at-once' ? 0 : intervalSeconds,
    bakeSeconds,
    alarms: [alarmName(work), ...(rollback.alarms ?? [])],
  };
}

/** Begins what an alarm is to take back. */
export async function withAlarm(aws: Aws, work: RolloutWork, begin: () => Promise<void>): Promise<void> {
  const { deployment, previous } = work;
  await putManualAlarm(aws, alarmName(work), `Rings when "${deployment}" must go back to ${previous}.`);
  try {
    await begin();
  } catch (error) {
    await deleteAlarm(aws, alarmName(work));
    throw error;
  }
}
