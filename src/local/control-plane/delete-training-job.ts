import Type from 'typebox';
import { isRunning } from '../training/training-job.ts';
import { AwsError } from '../wire/aws-error.ts';
import { operation } from '../wire/operation.ts';
import { ResourceName } from '../wire/shapes.ts';
import { findTrainingJob } from './find.ts';

export const deleteTrainingJob = operation(Type.Object({ TrainingJobName: ResourceName }), async (input, account) => {
  const job = findTrainingJob(account, input.TrainingJobName);
  if (isRunning(job)) {
    throw new AwsError(
      'ResourceInUse',
      `Training job "${job.TrainingJobArn}" is in status ${job.TrainingJobStatus} and cannot be deleted.`,
    );
  }
  await account.trainingJobs.delete(input.TrainingJobName.toLowerCase());
});
