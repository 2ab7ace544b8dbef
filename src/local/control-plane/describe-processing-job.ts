import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findProcessingJob } from './find.ts';
import { withoutTags } from './without-tags.ts';

export const describeProcessingJob = (input: Inputs['DescribeProcessingJob'], account: Account) =>
  withoutTags(findProcessingJob(account, input.ProcessingJobName));
