import type { Account } from '../account.ts';
import type { Inputs } from '../api/cloudwatch.ts';
import { AwsError } from '../wire/aws-error.ts';

/** All of them or, when one is not there, none. */
export const deleteAlarms = async ({ AlarmNames }: Inputs['DeleteAlarms'], { alarms }: Account) => {
  if (AlarmNames.some((name) => !alarms.get(name))) throw new AwsError('ResourceNotFound', 'Alarm not found.', 404);
  await Promise.all(AlarmNames.map((name) => alarms.delete(name)));
};
