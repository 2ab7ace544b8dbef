import Type from 'typebox';
import { isRunning } from '../transform/transform-job.ts';
import { validationException } from '../wire/aws-error.ts';
import { operation } from '../wire/operation.ts';
import { ResourceName } from '../wire/shapes.ts';
import { findTransformJob } from './find.ts';

export const stopTransformJob = operation(Type.Object({ TransformJobName: ResourceName }), async (input, account) => {
  const job = findTransformJob(account, input.TransformJobName);
  if (!isRunning(job)) {
    throw validationException(
      `The request was rejected because the transform job is in status ${job.TransformJobStatus}.`,
    );
  }
  await account.transforms.stop(job);
});
