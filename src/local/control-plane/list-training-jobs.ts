import Type from 'typebox';
import { operation } from '../wire/operation.ts';
import { listInput } from '../wire/shapes.ts';
import { listPage } from './list-page.ts';

const Input = listInput(['Name', 'CreationTime', 'Status'], {
  StatusEquals: Type.Optional(Type.Enum(['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped', 'Deleting'])),
});

export const listTrainingJobs = operation(Input, (input, account) => {
  const { page, ...next } = listPage(
    account.trainingJobs.values(),
    (job) => ({
      name: job.TrainingJobName,
      status: job.TrainingJobStatus,
      created: job.CreationTime,
      modified: job.LastModifiedTime,
    }),
    input,
  );
  const TrainingJobSummaries = page.map((job) => ({
    TrainingJobName: job.TrainingJobName,
    TrainingJobArn: job.TrainingJobArn,
    CreationTime: job.CreationTime,
    TrainingEndTime: job.TrainingEndTime,
    LastModifiedTime: job.LastModifiedTime,
    TrainingJobStatus: job.TrainingJobStatus,
    SecondaryStatus: job.SecondaryStatus,
  }));
  return { TrainingJobSummaries, ...next };
});
