import Type from 'typebox';
import { operation } from '../wire/operation.ts';
import { listInput } from '../wire/shapes.ts';
import { listPage } from './list-page.ts';

const Input = listInput(['Name', 'CreationTime', 'Status'], {
  StatusEquals: Type.Optional(Type.Enum(['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped'])),
});

export const listTransformJobs = operation(Input, (input, account) => {
  const { page, ...next } = listPage(
    account.transformJobs.values(),
    (job) => ({
      name: job.TransformJobName,
      status: job.TransformJobStatus,
      created: job.CreationTime,
      modified: job.LastModifiedTime,
    }),
    input,
  );
  const TransformJobSummaries = page.map((job) => ({
    TransformJobName: job.TransformJobName,
    TransformJobArn: job.TransformJobArn,
    CreationTime: job.CreationTime,
    TransformEndTime: job.TransformEndTime,
    LastModifiedTime: job.LastModifiedTime,
    TransformJobStatus: job.TransformJobStatus,
    FailureReason: job.FailureReason,
  }));
  return { TransformJobSummaries, ...next };
});
