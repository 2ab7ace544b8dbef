import type { Account } from '../account.ts';
import type { Inputs } from '../api/cloudwatch.ts';
import { AwsError } from '../wire/aws-error.ts';

export const setAlarmState = async (input: Inputs['SetAlarmState'], { alarms }: Account) => {
  const alarm = alarms.get(input.AlarmName);
  if (!alarm) throw new AwsError('ResourceNotFound', 'Alarm not found.', 404);
  await alarms.setState(alarm, input.StateValue, input.StateReason, input.StateReasonData);
};
