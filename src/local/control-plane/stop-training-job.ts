import Type from 'typebox';
import { isRunning } from '../training/training-job.ts';
import { validationException } from '../wire/aws-error.ts';
import { operation } from '../wire/operation.ts';
import { ResourceName } from '../wire/shapes.ts';
import { findTrainingJob } from './find.ts';

export const stopTrainingJob = operation(Type.Object({ TrainingJobName: ResourceName }), async (input, account) => {
  const job = findTrainingJob(account, input.TrainingJobName);
  if (!isRunning(job)) {
    throw validationException(
      `The request was rejected because the training job is in status ${job.TrainingJobStatus}.`,
    );
  }
  await account.training.stop(job);
});
